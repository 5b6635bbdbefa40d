(module
  (table (;0;) 16 39 externref ref.null any extern.convert_any)
  (export "" (table 0))
  (elem (;0;) declare exnref)
  (elem (;1;) (table 0) (i32.const 0) nullexternref)
  (elem (;2;) declare funcref)
)
