(component
  (component
    (import "f" (func $f (param "a" (tuple u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8))))
    (core module $L (memory (export "mem") 1))
    (core instance $l (instantiate $L))
    (core func $f' (canon lower (func $f) (memory (core memory $l "mem"))))
    (core module $M (import "" "f" (func (param i32))))
    (core instance (instantiate $M (with "" (instance (export "f" (func $f'))))))))
