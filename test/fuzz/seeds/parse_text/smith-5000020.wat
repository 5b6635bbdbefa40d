(module
  (table (;0;) 1 6 i31ref)
  (memory (;0;) i64 0 6 shared)
  (global (;0;) (mut i32) i32.const 1000)
  (export "+ " (table 0))
  (export "" (memory 0))
  (export "cvm:fuel" (global 0))
  (elem (;0;) declare exnref)
)
