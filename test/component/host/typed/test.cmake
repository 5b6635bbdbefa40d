include(CvmBindgen)
target_link_libraries(test_component_host_typed PRIVATE component_host)
cvm_wasi_headers(test_component_host_typed)
foreach(golden shapes resources)
  cvm_bindgen(test_component_host_typed ${cvm_SOURCE_DIR}/test/golden/bindgen/${golden}.wit
              ARGS --suspending ${cvm_SOURCE_DIR}/test/golden/bindgen/${golden}.txt)
endforeach()
