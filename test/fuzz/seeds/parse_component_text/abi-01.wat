(component
    (core module $M (func (export "f")))
    (core instance $m (instantiate $M))
    (func (param "a" u32) (canon lift (core func $m "f"))))
