(component
    (core module $M (func (export "f") (param i32)))
    (core instance $m (instantiate $M))
    (func (param "a" f32) (canon lift (core func $m "f"))))
