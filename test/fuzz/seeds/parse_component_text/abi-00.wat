(component
  (core module $M
    (memory (export "mem") 1)
    (func (export "f") (param i32 i32) (result i32) unreachable)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "post") (param i32))
    (func (export "dtor") (param i32)))
  (core instance $m (instantiate $M))
  (type $R (resource (rep i32) (dtor (core func $m "dtor"))))
  (func (export "f") (param "s" string) (result string)
    (canon lift (core func $m "f") (memory (core memory $m "mem")) (realloc (core func $m "realloc"))
      (post-return (core func $m "post")))))
