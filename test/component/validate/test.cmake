# Components are read from the binary format.
find_package(Threads REQUIRED)
target_link_libraries(test_component_validate PRIVATE component_binary Threads::Threads)
