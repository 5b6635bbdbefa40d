# Modules are written as text, or read from the official suite.
target_link_libraries(test_vm_validate PRIVATE vm_text vm_binary)
find_package(Threads REQUIRED)
target_link_libraries(test_vm_validate PRIVATE Threads::Threads)
