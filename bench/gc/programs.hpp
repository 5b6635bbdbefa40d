// Guests that live by allocation. Each exports `run`, which takes a size and returns a number that tells whether it was right.
#pragma once

namespace cvm::bench {

// Binary trees: build and count trees of a depth, one long-lived tree beside many short-lived ones.
inline constexpr const char* kTrees = R"((module
  (type $tree (struct (field (ref null $tree)) (field (ref null $tree))))
  (func $make (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (i32.eqz (local.get $depth))
      (then (struct.new $tree (ref.null $tree) (ref.null $tree)))
      (else (struct.new $tree (call $make (i32.sub (local.get $depth) (i32.const 1)))
                              (call $make (i32.sub (local.get $depth) (i32.const 1)))))))
  (func $count (param $t (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get $t)) (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (i32.add (call $count (struct.get $tree 0 (local.get $t))) (call $count (struct.get $tree 1 (local.get $t))))))))
  (func (export "run") (param $depth i32) (result i32) (local $kept (ref null $tree)) (local $i i32) (local $sum i32)
    (local.set $kept (call $make (local.get $depth)))
    (local.set $i (i32.const 64))
    (loop $more
      (local.set $sum (i32.add (local.get $sum) (call $count (call $make (i32.sub (local.get $depth) (i32.const 4))))))
      (br_if $more (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (i32.add (local.get $sum) (call $count (local.get $kept)))))
)";

// A hash map from numbers to boxed numbers with chained buckets: insert, look up, replace.
inline constexpr const char* kMap = R"((module
  (type $box (struct (field i64)))
  (type $entry (struct (field $key i32) (field $value (mut (ref $box))) (field $next (ref null $entry))))
  (type $table (array (mut (ref null $entry))))
  (func $find (param $t (ref $table)) (param $key i32) (result (ref null $entry)) (local $e (ref null $entry))
    (local.set $e (array.get $table (local.get $t)
      (i32.and (i32.mul (local.get $key) (i32.const 0x9e3779b1)) (i32.sub (array.len (local.get $t)) (i32.const 1)))))
    (block $done
      (loop $more
        (br_on_null $done (local.get $e))
        (drop)
        (br_if $done (i32.eq (struct.get $entry $key (local.get $e)) (local.get $key)))
        (local.set $e (struct.get $entry $next (local.get $e)))
        (br $more)))
    (local.get $e))
  (func $put (param $t (ref $table)) (param $key i32) (param $v i64) (local $e (ref null $entry)) (local $at i32)
    (local.set $e (call $find (local.get $t) (local.get $key)))
    (if (ref.is_null (local.get $e))
      (then
        (local.set $at (i32.and (i32.mul (local.get $key) (i32.const 0x9e3779b1)) (i32.sub (array.len (local.get $t)) (i32.const 1))))
        (array.set $table (local.get $t) (local.get $at)
          (struct.new $entry (local.get $key) (struct.new $box (local.get $v)) (array.get $table (local.get $t) (local.get $at)))))
      (else (struct.set $entry $value (local.get $e) (struct.new $box (local.get $v))))))
  (func (export "run") (param $n i32) (result i32) (local $t (ref null $table)) (local $i i32) (local $sum i64)
    (local.set $t (array.new_default $table (i32.const 65536)))
    (loop $more
      (call $put (ref.as_non_null (local.get $t)) (i32.rem_u (local.get $i) (i32.const 50000)) (i64.extend_i32_u (local.get $i)))
      (local.set $sum (i64.add (local.get $sum)
        (struct.get $box 0 (struct.get $entry $value (call $find (ref.as_non_null (local.get $t)) (i32.rem_u (local.get $i) (i32.const 50000)))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (i32.wrap_i64 (local.get $sum))))
)";

// Strings as byte arrays: numbers are written out, joined, compared.
inline constexpr const char* kStrings = R"((module
  (type $string (array (mut i8)))
  (func $of (param $n i32) (result (ref $string)) (local $s (ref null $string)) (local $digits i32) (local $rest i32)
    (local.set $rest (local.get $n))
    (loop $more
      (local.set $digits (i32.add (local.get $digits) (i32.const 1)))
      (br_if $more (local.tee $rest (i32.div_u (local.get $rest) (i32.const 10)))))
    (local.set $s (array.new_default $string (local.get $digits)))
    (loop $more
      (local.set $digits (i32.sub (local.get $digits) (i32.const 1)))
      (array.set $string (local.get $s) (local.get $digits) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
      (local.set $n (i32.div_u (local.get $n) (i32.const 10)))
      (br_if $more (local.get $digits)))
    (ref.as_non_null (local.get $s)))
  (func $join (param $a (ref $string)) (param $b (ref $string)) (result (ref $string)) (local $s (ref null $string))
    (local.set $s (array.new_default $string (i32.add (array.len (local.get $a)) (array.len (local.get $b)))))
    (array.copy $string $string (local.get $s) (i32.const 0) (local.get $a) (i32.const 0) (array.len (local.get $a)))
    (array.copy $string $string (local.get $s) (array.len (local.get $a)) (local.get $b) (i32.const 0) (array.len (local.get $b)))
    (ref.as_non_null (local.get $s)))
  (func $hash (param $s (ref $string)) (result i32) (local $h i32) (local $i i32)
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (local.get $i) (array.len (local.get $s))))
        (local.set $h (i32.add (i32.mul (local.get $h) (i32.const 31)) (array.get_u $string (local.get $s) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))
    (local.get $h))
  (func (export "run") (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (loop $more
      (local.set $sum (i32.xor (local.get $sum)
        (call $hash (call $join (call $join (call $of (local.get $i)) (call $of (i32.mul (local.get $i) (i32.const 7919)))) (call $of (local.get $i))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $sum)))
)";

}  // namespace cvm::bench
