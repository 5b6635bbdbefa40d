(module
  (table (;0;) 60 90 arrayref ref.null array)
  (memory (;0;) 7 7)
  (export ")" (table 0))
  (export "" (memory 0))
  (elem (;0;) declare eqref)
  (elem (;1;) nullref)
)
