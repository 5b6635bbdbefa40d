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
