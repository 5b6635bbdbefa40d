(module
  (table (;0;) 139 194 funcref ref.null func)
  (export "" (table 0))
)
