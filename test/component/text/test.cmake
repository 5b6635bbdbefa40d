#What is parsed is encoded, decoded and validated too.
find_package(Threads REQUIRED)
    target_link_libraries(test_component_text PRIVATE component_binary component_validate Threads::Threads)
