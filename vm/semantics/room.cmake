# The specification's float operations round one by one: no fused multiply-add where the source has none. And a square
# root is one instruction: no call that would set errno. Every room that inlines the semantics needs both.
target_compile_options(vm_semantics PUBLIC -ffp-contract=off -fno-math-errno)
