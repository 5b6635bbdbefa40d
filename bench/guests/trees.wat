;; Binary trees: one that lives on, of depth `size`, beside many that do not. A step builds one of depth 14, counts it, and
;; counts a branch of the one that lives.
(module
  (type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree))))
  (global $kept (mut (ref null $tree)) (ref.null $tree))
  (func $make (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (i32.eqz (local.get $depth))
      (then (struct.new $tree (ref.null $tree) (ref.null $tree)))
      (else (struct.new $tree (call $make (i32.sub (local.get $depth) (i32.const 1)))
                              (call $make (i32.sub (local.get $depth) (i32.const 1)))))))
  (func $count (param $t (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get $t)) (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (i32.add (call $count (struct.get $tree $left (local.get $t)))
                 (call $count (struct.get $tree $right (local.get $t))))))))
  ;; The tree at the end of the path that the bits of `path` say.
  (func $branch (param $t (ref null $tree)) (param $path i32) (param $depth i32) (result (ref null $tree))
    (loop $down
      (if (local.get $depth) (then
        (local.set $t
          (if (result (ref null $tree)) (i32.and (local.get $path) (i32.const 1))
            (then (struct.get $tree $left (local.get $t)))
            (else (struct.get $tree $right (local.get $t)))))
        (local.set $path (i32.shr_u (local.get $path) (i32.const 1)))
        (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
        (br $down))))
    (local.get $t))
  (func (export "setup") (param $size i32) (global.set $kept (call $make (local.get $size))))
  (func (export "step") (param $i i32) (result i32)
    (i32.add (call $count (call $make (i32.const 14)))
             (call $count (call $branch (global.get $kept) (local.get $i) (i32.const 8))))))
