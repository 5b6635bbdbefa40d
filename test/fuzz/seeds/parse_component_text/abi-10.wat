(component
  (component
    (import "f" (func $f (param "a" u64) (result f32)))
    (core func $f' (canon lower (func $f)))
    (core module $M (import "" "f" (func (param i64) (result f32))))
    (core instance (instantiate $M (with "" (instance (export "f" (func $f'))))))))
