(component
    (core module $M
      (func (export "f") (result i32) unreachable)
      (func (export "cb") (param i32 i32 i64) (result i32) unreachable))
    (core instance $m (instantiate $M))
    (func (export "f") async (canon lift (core func $m "f") async (callback (core func $m "cb")))))
