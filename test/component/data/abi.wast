;; security.md ABI-07: the core function behind a lift and behind each canonical option and destructor has one type, and
;; every other is refused. Each case is wrong in arity or in type, on one side.

;; the same with nothing wrong
(component
  (core module $M
    (memory (export "mem") 1)
    (func (export "f") (param i32 i32) (result i32) unreachable)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "post") (param i32))
    (func (export "dtor") (param i32)))
  (core instance $m (instantiate $M))
  (type $R (resource (rep i32) (dtor (core func $m "dtor"))))
  (func (export "f") (param "s" string) (result string)
    (canon lift (core func $m "f") (memory (core memory $m "mem")) (realloc (core func $m "realloc"))
      (post-return (core func $m "post")))))

;; the lifted function: parameters
(assert_invalid
  (component
    (core module $M (func (export "f") (param i32 i32)))
    (core instance $m (instantiate $M))
    (func (param "a" u32) (canon lift (core func $m "f"))))
  "lowered parameter types `[I32]` do not match parameter types `[I32, I32]`")
(assert_invalid
  (component
    (core module $M (func (export "f")))
    (core instance $m (instantiate $M))
    (func (param "a" u32) (canon lift (core func $m "f"))))
  "lowered parameter types `[I32]` do not match parameter types `[]`")
(assert_invalid
  (component
    (core module $M (func (export "f") (param i64)))
    (core instance $m (instantiate $M))
    (func (param "a" u32) (canon lift (core func $m "f"))))
  "lowered parameter types `[I32]` do not match parameter types `[I64]`")
(assert_invalid
  (component
    (core module $M (func (export "f") (param i32)))
    (core instance $m (instantiate $M))
    (func (param "a" f32) (canon lift (core func $m "f"))))
  "lowered parameter types `[F32]` do not match parameter types `[I32]`")
(assert_invalid
  (component
    (core module $M (func (export "f") (param i32 f32)))
    (core instance $m (instantiate $M))
    (func (param "a" (result u64 (error f32))) (canon lift (core func $m "f"))))
  "lowered parameter types `[I32, I64]` do not match parameter types `[I32, F32]`")

;; the lifted function: results
(assert_invalid
  (component
    (core module $M (func (export "f")))
    (core instance $m (instantiate $M))
    (func (result u32) (canon lift (core func $m "f"))))
  "lowered result types `[I32]` do not match result types `[]`")
(assert_invalid
  (component
    (core module $M (func (export "f") (result i64) unreachable))
    (core instance $m (instantiate $M))
    (func (result u32) (canon lift (core func $m "f"))))
  "lowered result types `[I32]` do not match result types `[I64]`")
(assert_invalid
  (component
    (core module $M (memory (export "mem") 1) (func (export "f") (result i32 i32) unreachable))
    (core instance $m (instantiate $M))
    (func (result (tuple u32 u32)) (canon lift (core func $m "f") (memory (core memory $m "mem")))))
  "lowered result types `[I32]` do not match result types `[I32, I32]`")

;; realloc
(assert_invalid
  (component
    (core module $M (memory (export "mem") 1) (func (export "f") (param i32 i32))
      (func (export "realloc") (param i32 i32 i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (param "a" string)
      (canon lift (core func $m "f") (memory (core memory $m "mem")) (realloc (core func $m "realloc")))))
  "canonical option `realloc` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M (memory (export "mem") 1) (func (export "f") (param i32 i32))
      (func (export "realloc") (param i32 i32 i32 i32)))
    (core instance $m (instantiate $M))
    (func (param "a" string)
      (canon lift (core func $m "f") (memory (core memory $m "mem")) (realloc (core func $m "realloc")))))
  "canonical option `realloc` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M (memory (export "mem") 1) (func (export "f") (param i32 i32))
      (func (export "realloc") (param i32 i32 i32 i64) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (param "a" string)
      (canon lift (core func $m "f") (memory (core memory $m "mem")) (realloc (core func $m "realloc")))))
  "canonical option `realloc` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (import "f" (func $f (result string)))
    (core module $M (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i64) unreachable))
    (core instance $m (instantiate $M))
    (core func (canon lower (func $f) (memory (core memory $m "mem")) (realloc (core func $m "realloc")))))
  "canonical option `realloc` uses a core function with an incorrect signature")

;; post-return takes what the lifted function returned
(assert_invalid
  (component
    (core module $M (func (export "f") (result i32) unreachable) (func (export "post") (param i64)))
    (core instance $m (instantiate $M))
    (func (result u32) (canon lift (core func $m "f") (post-return (core func $m "post")))))
  "canonical option `post-return` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M (func (export "f") (result i32) unreachable) (func (export "post") (param i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (result u32) (canon lift (core func $m "f") (post-return (core func $m "post")))))
  "canonical option `post-return` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M (func (export "f")) (func (export "post") (param i32)))
    (core instance $m (instantiate $M))
    (func (canon lift (core func $m "f") (post-return (core func $m "post")))))
  "canonical option `post-return` uses a core function with an incorrect signature")
(assert_invalid
  (component
    (core module $M (func (export "f")))
    (core instance $m (instantiate $M))
    (func (canon lift (core func $m "f") (post-return 7))))
  "function index out of bounds")

;; destructors
(assert_invalid
  (component
    (core module $M (func (export "dtor") (param i64)))
    (core instance $m (instantiate $M))
    (type (resource (rep i32) (dtor (core func $m "dtor")))))
  "wrong signature for a destructor")
(assert_invalid
  (component
    (core module $M (func (export "dtor") (param i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (type (resource (rep i32) (dtor (core func $m "dtor")))))
  "wrong signature for a destructor")

;; memory: a shared one is none
(assert_invalid
  (component
    (import "f" (func $f (param "a" string)))
    (core module $M (memory (export "mem") 1 1 shared))
    (core instance $m (instantiate $M))
    (core func (canon lower (func $f) (memory (core memory $m "mem")))))
  "canonical option `memory`")

;; what is lowered has the flattened type where it is used
(component
  (component
    (import "f" (func $f (param "a" u64) (result f32)))
    (core func $f' (canon lower (func $f)))
    (core module $M (import "" "f" (func (param i64) (result f32))))
    (core instance (instantiate $M (with "" (instance (export "f" (func $f'))))))))
(assert_invalid
  (component
    (component
      (import "f" (func $f (param "a" u64) (result f32)))
      (core func $f' (canon lower (func $f)))
      (core module $M (import "" "f" (func (param i32) (result f32))))
      (core instance (instantiate $M (with "" (instance (export "f" (func $f'))))))))
  "expected: (func (param i32) (result f32)), found: (func (param i64) (result f32))")
;; seventeen parameters go through memory, as one pointer
(component
  (component
    (import "f" (func $f (param "a" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8))))
    (core module $L (memory (export "mem") 1))
    (core instance $l (instantiate $L))
    (core func $f' (canon lower (func $f) (memory (core memory $l "mem"))))
    (core module $M (import "" "f" (func (param i32))))
    (core instance (instantiate $M (with "" (instance (export "f" (func $f'))))))))
;; resource built-ins
(component
  (component
    (type $R (resource (rep i32)))
    (core func $new (canon resource.new $R))
    (core func $rep (canon resource.rep $R))
    (core func $drop (canon resource.drop $R))
    (core module $M
      (import "" "new" (func (param i32) (result i32)))
      (import "" "rep" (func (param i32) (result i32)))
      (import "" "drop" (func (param i32))))
    (core instance (instantiate $M (with "" (instance
      (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))))
(assert_invalid
  (component
    (component
      (type $R (resource (rep i32)))
      (core func $drop (canon resource.drop $R))
      (core module $M (import "" "drop" (func (param i32) (result i32))))
      (core instance (instantiate $M (with "" (instance (export "drop" (func $drop))))))))
  "expected: (func (param i32) (result i32)), found: (func (param i32))")
