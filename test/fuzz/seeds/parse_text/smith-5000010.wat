(module
  (memory (;0;) i64 0 0 (pagesize 0x10000))
  (export "\u{9}" (memory 0))
  (data (;0;) "\d0\ff_7\98\f4I5.")
)
