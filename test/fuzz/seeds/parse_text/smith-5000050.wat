(module
  (table (;0;) i64 9 63 structref ref.null struct)
  (global (;0;) i32 i32.const 1604687083)
  (export "" (table 0))
  (export "1" (global 0))
)
