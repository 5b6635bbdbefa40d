# g++ 12 sees an overlap in every `"text" + std::string` that it inlines (GCC bug 105651, mended in 13).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(component_names PUBLIC -Wno-restrict)
endif()
