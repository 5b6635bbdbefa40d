# Modules are written as text where that is possible.
target_link_libraries(test_vm_binary PRIVATE vm_text)
