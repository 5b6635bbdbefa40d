# Modules are written as text and validated before they are compiled.
target_link_libraries(test_vm_compile PRIVATE vm_text)
