(component
    (component $C (import "c" (component (export "a" (func)))))
    (component $D)
    (instance (instantiate $C (with "c" (component $D)))))
