(component
    (core module $M (memory (export "mem") 1) (func (export "f") (result i32 i32) unreachable))
    (core instance $m (instantiate $M))
    (func (result (tuple u32 u32)) (canon lift (core func $m "f") (memory (core memory $m "mem")))))
