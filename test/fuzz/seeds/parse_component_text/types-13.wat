(component
    (component $C (import "c" (component (import "a" (func)))))
    (component $D (import "a" (func)) (import "b" (func)))
    (instance (instantiate $C (with "c" (component $D)))))
