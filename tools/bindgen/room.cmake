# The generator is a library of its own, so that tests can call it; the tool adds the command line and files.
find_package(CLI11 REQUIRED)
file(GLOB bindgen_sources CONFIGURE_DEPENDS ${cvm_SOURCE_DIR}/tools/bindgen/generate/*.cpp)
add_library(tools_bindgen_generate STATIC ${bindgen_sources})
target_link_libraries(tools_bindgen_generate PUBLIC cvm_flags vm_base component_names component_wit)
target_include_directories(tools_bindgen_generate PUBLIC ${cvm_SOURCE_DIR}/vm/include)
target_link_libraries(tools_bindgen PRIVATE tools_bindgen_generate CLI11::CLI11)
set_target_properties(tools_bindgen PROPERTIES OUTPUT_NAME cvm-bindgen)
include(CvmBindgen)
