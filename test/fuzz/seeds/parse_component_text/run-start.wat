;; A start function that does what the host says: trap in a built-in, trap by itself, or nothing wrong.
(component
  (import "test:host/start@1.0.0" (instance $host (export "which" (func (result u32)))))
  (type $r (resource (rep i32)))
  (core func $which (canon lower (func $host "which")))
  (core func $new (canon resource.new $r))
  (core func $rep (canon resource.rep $r))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "" "which" (func $which (result i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func $start
      (local $which i32)
      (local.set $which (call $which))
      (if (i32.eq (local.get $which) (i32.const 1)) (then (call $drop (i32.const 7))))
      (if (i32.eq (local.get $which) (i32.const 2)) (then (drop (call $rep (i32.const 9)))))
      (if (i32.eq (local.get $which) (i32.const 3)) (then unreachable))
      (if (i32.eq (local.get $which) (i32.const 4)) (then (call $drop (call $new (i32.const 5))))))
    (start $start))
  (core instance $i (instantiate $m (with "" (instance
    (export "which" (func $which)) (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
)
