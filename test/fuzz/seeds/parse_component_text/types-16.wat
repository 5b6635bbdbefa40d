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
