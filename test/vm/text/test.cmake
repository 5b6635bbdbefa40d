# The suite test goes from text to binary and back.
target_link_libraries(test_vm_text PRIVATE vm_binary)
