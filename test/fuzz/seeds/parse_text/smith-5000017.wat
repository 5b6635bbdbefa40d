(module
  (table (;0;) i64 5 140 funcref)
  (export "'" (table 0))
  (data (;0;) "\d0\c4\dc")
  (data (;1;) "")
)
