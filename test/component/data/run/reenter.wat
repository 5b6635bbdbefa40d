;; A resource whose destructor enters the component while it is on the stack: from a component within it, and by the host.
(component
  (import "test:host/back@0.1.0" (instance $back (export "call" (func))))
  (core module $d
    (global $dropped (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
    (func (export "dropped") (result i32) (global.get $dropped)))
  (core instance $d (instantiate $d))
  (type $r' (resource (rep i32) (dtor (core func $d "dtor"))))
  (component $child
    (import "r" (type $r (sub resource)))
    (core func $drop (canon resource.drop $r))
    (func (export "take") (param "r" (own $r)) (canon lift (core func $drop))))
  (instance $child (instantiate $child (with "r" (type $r'))))
  (core func $new (canon resource.new $r'))
  (core func $call (canon lower (func $back "call")))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "call" (func $call))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "call") (call $call)))
  (core instance $i (instantiate $m (with "" (instance
    (export "new" (func $new)) (export "call" (func $call))))))
  (export $r "r" (type $r'))
  (alias export $child "take" (func $take))
  (export "take" (func $take) (func (param "r" (own $r))))
  (func (export "make") (param "rep" u32) (result (own $r)) (canon lift (core func $i "make")))
  (func (export "call") (canon lift (core func $i "call")))
  (func (export "dropped") (result u32) (canon lift (core func $d "dropped")))
)
