(module
  (global (;0;) (mut nullfuncref) ref.null nofunc)
  (export "pd\u{1f}" (global 0))
)
