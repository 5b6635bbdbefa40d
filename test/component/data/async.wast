;; Async parts: decoded always, refused by name while they are off (see the test), and checked as far as they are known
;; when they are on. ABI-07: the callback's type.
(component
  (core module $M
    (func (export "f") (result i32) unreachable)
    (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
  (core instance $m (instantiate $M))
  (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "cb")))))
(component (type (stream u8)))
(component (type (future string)))
(component (type (func async)))
(component (core func (canon backpressure.inc)))
(component (core func (canon task.return)))
(component (core func (canon context.get i32 0)))
(component (core func (canon waitable-set.new)))
(component (core func (canon subtask.drop)))
(component (import "f" (func $f async)) (core func (canon lower (func $f))))

(assert_invalid
  (component
    (core module $M
      (func (export "f") (result i32) unreachable)
      (func (export "cb") (param i32 i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "cb")))))
  "canonical option `callback` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M
      (func (export "f") (result i32) unreachable)
      (func (export "cb") (param i32 i32 i64) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "cb")))))
  "canonical option `callback` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M
      (func (export "f") (result i32) unreachable)
      (func (export "cb") (param i32 i32 i32)))
    (core instance $m (instantiate $M))
    (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "cb")))))
  "canonical option `callback` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M
      (func (export "f"))
      (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "cb")))))
  "lowered result types `[I32]` do not match result types `[]`")
(assert_invalid
  (component
    (core module $M
      (func (export "f"))
      (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (export "f") (canon lift (core func $m "f") (callback (core func $m "cb")))))
  "cannot specify callback without async")
(assert_invalid (component (core func (canon context.get i32 2))) "immediate must be less than 2")
(assert_invalid (component (type $t u8) (core func (canon stream.new $t))) "is not a stream type")
(assert_invalid
  (component (type $R (resource (rep i32))) (type (stream (borrow $R))))
  "cannot contain a `borrow` type")
