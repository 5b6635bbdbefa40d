(component
    (core module $M (memory (export "mem") 1) (func (export "f") (param i32 i32))
      (func (export "realloc") (param i32 i32 i32 i32)))
    (core instance $m (instantiate $M))
    (func (param "a" string)
      (canon lift (core func $m "f") (memory (core memory $m "mem")) (realloc (core func $m "realloc")))))
