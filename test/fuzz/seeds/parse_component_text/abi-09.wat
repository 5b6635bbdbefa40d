(component
    (core module $M (func (export "dtor") (param i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (type (resource (rep i32) (dtor (core func $m "dtor")))))
