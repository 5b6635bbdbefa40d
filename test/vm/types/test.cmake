find_package(Threads REQUIRED)
target_link_libraries(test_vm_types PRIVATE Threads::Threads)
