;; A component that traps in another that it calls, and calls the host, which calls back.
(component
  (import "test:host/back@0.1.0" (instance $back (export "call" (func (result u32)))))
  (component $inner
    (core module $m
      (func (export "trap") unreachable)
      (func (export "fine") (result i32) (i32.const 3)))
    (core instance $i (instantiate $m))
    (func (export "trap") (canon lift (core func $i "trap")))
    (func (export "fine") (result u32) (canon lift (core func $i "fine"))))
  (instance $inner (instantiate $inner))
  (component $outer
    (import "trap" (func $trap))
    (import "fine" (func $fine (result u32)))
    (import "call" (func $call (result u32)))
    (core func $trap' (canon lower (func $trap)))
    (core func $fine' (canon lower (func $fine)))
    (core func $call' (canon lower (func $call)))
    (core module $m
      (import "" "trap" (func $trap))
      (import "" "fine" (func $fine (result i32)))
      (import "" "call" (func $call (result i32)))
      (func (export "trap") (call $trap))
      (func (export "fine") (result i32) (call $fine))
      (func (export "call") (result i32) (call $call)))
    (core instance $i (instantiate $m (with "" (instance
      (export "trap" (func $trap')) (export "fine" (func $fine')) (export "call" (func $call'))))))
    (func (export "trap") (canon lift (core func $i "trap")))
    (func (export "fine") (result u32) (canon lift (core func $i "fine")))
    (func (export "call") (result u32) (canon lift (core func $i "call"))))
  (instance $outer (instantiate $outer
    (with "trap" (func $inner "trap")) (with "fine" (func $inner "fine")) (with "call" (func $back "call"))))
  (export "trap" (func $outer "trap"))
  (export "fine" (func $outer "fine"))
  (export "call" (func $outer "call"))
  (export "inner" (instance $inner))
)
