;; Type checking beyond the official suite's cases.

;; components: imports the other way round
(component
  (component $C
    (import "c" (component
      (import "a" (func (param "x" u32)))
      (import "b" (func))
      (export "r" (func)))))
  (component $less
    (import "a" (func (param "x" u32)))
    (import "unused" (func))
    (export "r" (func 1)))
  (component $fits
    (import "b" (func $b))
    (export "r" (func $b))
    (export "more" (func $b)))
  (instance (instantiate $C (with "c" (component $fits)))))
(assert_invalid
  (component
    (component $C (import "c" (component (import "a" (func)))))
    (component $D (import "a" (func)) (import "b" (func)))
    (instance (instantiate $C (with "c" (component $D)))))
  "missing expected import `b`")
(assert_invalid
  (component
    (component $C (import "c" (component (import "a" (func (param "x" u32))))))
    (component $D (import "a" (func (param "x" u64))))
    (instance (instantiate $C (with "c" (component $D)))))
  "type mismatch in import `a`")
(assert_invalid
  (component
    (component $C (import "c" (component (export "a" (func)))))
    (component $D)
    (instance (instantiate $C (with "c" (component $D)))))
  "missing expected export `a`")

;; resources bound by component types on both sides
(component
  (component $C
    (import "c" (component
      (import "r" (type $r (sub resource)))
      (export "s" (type $s (sub resource)))
      (export "f" (func (param "r" (borrow $r)) (result (own $s)))))))
  (component $D
    (import "r" (type $r (sub resource)))
    (type $S' (resource (rep i32)))
    (export $S "s" (type $S'))
    (core module $M (func (export "f") (param i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (export "f") (param "r" (borrow $r)) (result (own $S)) (canon lift (core func $m "f"))))
  (instance (instantiate $C (with "c" (component $D)))))
(assert_invalid
  (component
    (component $C
      (import "c" (component
        (import "r" (type $r (sub resource)))
        (export "s" (type $s (sub resource)))
        (export "f" (func (result (own $r)))))))
    (component $D
      (import "r" (type $r (sub resource)))
      (type $S' (resource (rep i32)))
      (export $S "s" (type $S'))
      (core module $M (func (export "f") (result i32) unreachable))
      (core instance $m (instantiate $M))
      (func (export "f") (result (own $S)) (canon lift (core func $m "f"))))
    (instance (instantiate $C (with "c" (component $D)))))
  "resource types are not the same")

;; what a component defines is new in each instance, also through two levels
(assert_invalid
  (component
    (component $Outer
      (component $Inner
        (type $r (resource (rep i32)))
        (export "r" (type $r)))
      (instance $i (instantiate $Inner))
      (export "i" (instance $i)))
    (instance $a (instantiate $Outer))
    (instance $b (instantiate $Outer))
    (component $eq (import "x" (type $x (sub resource))) (import "y" (type (eq $x))))
    (instance (instantiate $eq (with "x" (type $a "i" "r")) (with "y" (type $b "i" "r")))))
  "resource types are not the same")
(component
  (component $Outer
    (component $Inner
      (type $r (resource (rep i32)))
      (export "r" (type $r)))
    (instance $i (instantiate $Inner))
    (export "i" (instance $i))
    (export "j" (instance $i)))
  (instance $a (instantiate $Outer))
  (component $eq (import "x" (type $x (sub resource))) (import "y" (type (eq $x))))
  (instance (instantiate $eq (with "x" (type $a "i" "r")) (with "y" (type $a "j" "r")))))

;; a resource that an ascription hides is another one outside
(assert_invalid
  (component
    (component $C
      (type $r (resource (rep i32)))
      (instance $i (export "r" (type $r)))
      (export "a" (instance $i))
      (export "b" (instance $i) (instance (export "r" (type (sub resource))))))
    (instance $c (instantiate $C))
    (component $eq (import "x" (type $x (sub resource))) (import "y" (type (eq $x))))
    (instance (instantiate $eq (with "x" (type $c "a" "r")) (with "y" (type $c "b" "r")))))
  "resource types are not the same")

;; functions are compared for equality, async included; and lists by length
(assert_invalid
  (component
    (import "f" (func $f (param "x" (list u8 3))))
    (component $c (import "f" (func (param "x" (list u8 4)))))
    (instance (instantiate $c (with "f" (func $f)))))
  "type mismatch in function parameter `x`")
(assert_invalid
  (component
    (import "f" (func $f (param "x" (map string u8))))
    (component $c (import "f" (func (param "x" (map string u16)))))
    (instance (instantiate $c (with "f" (func $f)))))
  "type mismatch in map value")
(assert_invalid (component (type (list u8 0))) "more than 0 elements")
(assert_invalid (component (type (map f32 u8))) "invalid map key type")

;; element size: less than 2^28
(component (type (list u8 268435455)))
(assert_invalid (component (type (list u8 268435456))) "exceeds maximum byte size")
(assert_invalid (component (type (list u64 536870912))) "exceeds maximum byte size")

;; an argument that is not asked for is no error; one given twice is
(component
  (import "f" (func $f))
  (component $c)
  (instance (instantiate $c (with "f" (func $f)))))
(assert_invalid
  (component
    (import "f" (func $f))
    (component $c)
    (instance (instantiate $c (with "f" (func $f)) (with "f" (func $f)))))
  "instantiation argument `f` conflicts with previous argument `f`")

;; core: kinds, mutability and tables
(assert_invalid
  (component
    (core module $A (import "" "g" (global (mut i32))))
    (core module $B (global (export "g") i32 (i32.const 0)))
    (core instance $b (instantiate $B))
    (core instance (instantiate $A (with "" (instance $b)))))
  "global types differ in mutability")
(assert_invalid
  (component
    (core module $A (import "" "g" (memory 1)))
    (core module $B (global (export "g") i32 (i32.const 0)))
    (core instance $b (instantiate $B))
    (core instance (instantiate $A (with "" (instance $b)))))
  "expected memory, found global")
(assert_invalid
  (component
    (core module $A (import "a" "g" (memory 1)))
    (core instance (instantiate $A)))
  "missing module instantiation argument named `a`")
