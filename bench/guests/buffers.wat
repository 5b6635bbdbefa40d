;; Growing buffers and rows of numbers: a step fills a buffer of bytes that doubles up to `size` bytes, and multiplies a
;; matrix, an array of arrays of f64, by a vector.
(module
  (type $bytes (array (mut i8)))
  (type $row (array (mut f64)))
  (type $matrix (array (mut (ref null $row))))
  (global $size (mut i32) (i32.const 0))
  (func $fill (param $i i32) (result i32) (local $b (ref $bytes)) (local $c (ref $bytes)) (local $n i32) (local $h i32)
    (local.set $b (array.new_default $bytes (i32.const 16)))
    (loop $more
      (array.fill $bytes (local.get $b) (local.get $n) (local.get $i) (i32.sub (array.len (local.get $b)) (local.get $n)))
      (local.set $n (array.len (local.get $b)))
      (local.set $h (i32.add (local.get $h) (array.get_u $bytes (local.get $b) (i32.shr_u (local.get $n) (i32.const 1)))))
      (if (i32.lt_u (local.get $n) (global.get $size)) (then
        (local.set $c (array.new_default $bytes (i32.shl (local.get $n) (i32.const 1))))
        (array.copy $bytes $bytes (local.get $c) (i32.const 0) (local.get $b) (i32.const 0) (local.get $n))
        (local.set $b (local.get $c))
        (br $more))))
    (local.get $h))
  (func $times (param $n i32) (param $x f64) (result f64)
    (local $m (ref $matrix)) (local $r (ref $row)) (local $i i32) (local $j i32) (local $sum f64)
    (local.set $m (array.new_default $matrix (local.get $n)))
    (loop $rows
      (array.set $matrix (local.get $m) (local.get $i) (array.new $row (local.get $x) (local.get $n)))
      (local.set $x (f64.mul (local.get $x) (f64.const 1.0009765625)))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.set $i (i32.const 0))
    (loop $rows
      (local.set $r (ref.as_non_null (array.get $matrix (local.get $m) (local.get $i))))
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $sum (f64.add (local.get $sum) (array.get $row (local.get $r) (local.get $j))))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n))))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $sum))
  (func (export "setup") (param $size i32) (global.set $size (local.get $size)))
  (func (export "step") (param $i i32) (result i32)
    (i32.add (call $fill (local.get $i)) (i32.trunc_sat_f64_s (call $times (i32.const 100) (f64.const 0.5))))))
