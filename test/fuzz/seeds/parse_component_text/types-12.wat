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
