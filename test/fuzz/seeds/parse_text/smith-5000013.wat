(module
  (elem (;0;) declare anyref)
  (elem (;1;) declare externref)
  (elem (;2;) nullfuncref)
  (elem (;3;) anyref)
)
