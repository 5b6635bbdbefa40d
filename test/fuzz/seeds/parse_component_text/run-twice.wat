;; One component instantiated twice: two resource types, two states.
(component
  (component $c
    (type $r' (resource (rep i32)))
    (core func $new (canon resource.new $r'))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (global $n (mut i32) (i32.const 0))
      (func (export "make") (result i32) (call $new (i32.const 5)))
      (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
      (func (export "use") (param i32)))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (export $r "r" (type $r'))
    (func (export "make") (result (own $r)) (canon lift (core func $i "make")))
    (func (export "next") (result u32) (canon lift (core func $i "next")))
    (func (export "use") (param "r" (own $r)) (canon lift (core func $i "use")))
    (func (export "unused") (param "r" (own $r)) (canon lift (core func $i "use"))))
  (instance $a (instantiate $c))
  (instance $b (instantiate $c))
  (export "a" (instance $a))
  (export "b" (instance $b))
)
