;; A host function that waits, called through one component by another.
(component
  (import "test:host/clock@0.2.3" (instance $clock
    (export "wait" (func (param "n" u32) (result u32)))
    (export "unused" (func (param "text" string)))))
  (component $inner
    (import "wait" (func $wait (param "n" u32) (result u32)))
    (core func $wait' (canon lower (func $wait)))
    (core module $m
      (import "" "wait" (func $wait (param i32) (result i32)))
      (func (export "twice") (param i32) (result i32)
        (i32.add (call $wait (local.get 0)) (call $wait (local.get 0)))))
    (core instance $i (instantiate $m (with "" (instance (export "wait" (func $wait'))))))
    (func (export "twice") (param "n" u32) (result u32) (canon lift (core func $i "twice"))))
  (instance $inner (instantiate $inner (with "wait" (func $clock "wait"))))
  (component $outer
    (import "twice" (func $twice (param "n" u32) (result u32)))
    (core func $twice' (canon lower (func $twice)))
    (core module $m
      (import "" "twice" (func $twice (param i32) (result i32)))
      (func (export "run") (param i32) (result i32) (i32.add (i32.const 1) (call $twice (local.get 0)))))
    (core instance $i (instantiate $m (with "" (instance (export "twice" (func $twice'))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $outer (instantiate $outer (with "twice" (func $inner "twice"))))
  (export "run" (func $outer "run"))
)
