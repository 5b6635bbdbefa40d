# Packages go through bytes, components come from text.
find_package(Threads REQUIRED)
target_link_libraries(test_component_wit_binary PRIVATE component_binary component_text Threads::Threads)
