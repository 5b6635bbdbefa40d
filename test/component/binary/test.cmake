find_package(Threads REQUIRED)
target_link_libraries(test_component_binary PRIVATE component_text Threads::Threads)
