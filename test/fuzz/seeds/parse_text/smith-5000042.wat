(module
  (table (;0;) 2 107 exnref)
  (table (;1;) 122 133 nullexternref)
  (memory (;0;) i64 0 7 (pagesize 0x10000))
  (export "" (memory 0))
  (export "\u{1}Y" (memory 0))
  (elem (;0;) (table 1) (i32.const 8) nullexternref)
  (elem (;1;) (table 1) (i32.const 0) nullexternref)
)
