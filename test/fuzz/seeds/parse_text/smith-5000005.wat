(module
  (memory (;0;) 0 1)
  (memory (;1;) i64 69550 237518 shared (pagesize 0x1))
  (export ";" (memory 0))
  (export "" (memory 1))
)
