(component
    (import "f" (func $f (param "x" (list u8 3))))
    (component $c (import "f" (func (param "x" (list u8 4)))))
    (instance (instantiate $c (with "f" (func $f)))))
