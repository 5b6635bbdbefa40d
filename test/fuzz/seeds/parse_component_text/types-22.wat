(component
    (import "f" (func $f (param "x" (map string u8))))
    (component $c (import "f" (func (param "x" (map string u16)))))
    (instance (instantiate $c (with "f" (func $f)))))
