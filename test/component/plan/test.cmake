# Components are read from the binary format.
target_link_libraries(test_component_plan PRIVATE component_binary)
