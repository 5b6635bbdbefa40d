# Components are read from either format.
find_package(Threads REQUIRED)
target_link_libraries(test_component_validate PRIVATE component_binary component_text Threads::Threads)
