# Components are read from text, and called as an embedder calls them.
find_package(Threads REQUIRED)
target_link_libraries(test_component_runtime PRIVATE component_host Threads::Threads)
