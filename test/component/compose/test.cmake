# Parts come from text, and wholes are printed and checked.
find_package(Threads REQUIRED)
target_link_libraries(test_component_compose PRIVATE component_text component_validate component_binary Threads::Threads)
