(module
  (memory (;0;) i64 131 520821 (pagesize 0x1))
  (export "x" (memory 0))
  (elem (;0;) funcref)
  (elem (;1;) anyref)
  (elem (;2;) declare nullexternref)
  (data (;0;) "\df")
)
