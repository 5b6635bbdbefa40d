# Components are loaded and linked by the layer above.
target_link_libraries(test_component_fused PRIVATE component_host)
