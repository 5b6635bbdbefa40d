# Modules are written as text and validated before they are compiled. The machines share the interpreter's table of accesses
# (a header).
target_link_libraries(test_vm_compile PRIVATE vm_text vm_runtime)
