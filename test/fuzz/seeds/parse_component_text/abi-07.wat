(component
    (core module $M (func (export "f") (result i32) unreachable) (func (export "post") (param i32) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (result u32) (canon lift (core func $m "f") (post-return (core func $m "post")))))
