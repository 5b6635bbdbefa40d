include(CvmBindgen)
target_link_libraries(test_tools_bindgen PRIVATE tools_bindgen_generate component_wit)
cvm_wasi_headers(test_tools_bindgen)
foreach(golden shapes resources)
  cvm_bindgen(test_tools_bindgen ${cvm_SOURCE_DIR}/test/golden/bindgen/${golden}.wit
              ARGS --suspending ${cvm_SOURCE_DIR}/test/golden/bindgen/${golden}.txt)
endforeach()
