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
