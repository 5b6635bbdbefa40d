(component
    (component $C
      (type $r (resource (rep i32)))
      (instance $i (export "r" (type $r)))
      (export "a" (instance $i))
      (export "b" (instance $i) (instance (export "r" (type (sub resource))))))
    (instance $c (instantiate $C))
    (component $eq (import "x" (type $x (sub resource))) (import "y" (type (eq $x))))
    (instance (instantiate $eq (with "x" (type $c "a" "r")) (with "y" (type $c "b" "r")))))
