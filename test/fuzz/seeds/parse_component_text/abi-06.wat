(component
    (import "f" (func $f (result string)))
    (core module $M (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i64) unreachable))
    (core instance $m (instantiate $M))
    (core func (canon lower (func $f) (memory (core memory $m "mem")) (realloc (core func $m "realloc")))))
