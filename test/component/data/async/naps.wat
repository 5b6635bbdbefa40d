;; Tasks that give way and go on, in an instance that also waits for the host in a call that is not async.
(component
  (import "wait" (func $wait (param "n" u32) (result u32)))
  (core func $wait' (canon lower (func $wait)))
  (core func $yield (canon thread.yield))
  (core module $m
    (import "" "wait" (func $wait (param i32) (result i32)))
    (import "" "yield" (func $yield (result i32)))
    (func (export "run") (param i32) (result i32) (call $wait (local.get 0)))
    (func (export "nap") (result i32) (drop (call $yield)) (i32.const 7)))
  (core instance $i (instantiate $m (with "" (instance
    (export "wait" (func $wait')) (export "yield" (func $yield))))))
  (func (export "run") (param "n" u32) (result u32) (canon lift (core func $i "run")))
  (func (export "nap") async (result u32) (canon lift (core func $i "nap"))))
