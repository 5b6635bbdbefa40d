(component
    (component $C (import "c" (component (import "a" (func (param "x" u32))))))
    (component $D (import "a" (func (param "x" u64))))
    (instance (instantiate $C (with "c" (component $D)))))
