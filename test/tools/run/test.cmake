# The parsers are compiled into their test; the program itself is run by cvm_run_test.py.
set(CVM_RUN_PARTS options metering settings wasi_options core_values input module_input report component_names)
list(TRANSFORM CVM_RUN_PARTS PREPEND ${cvm_SOURCE_DIR}/tools/run/)
list(TRANSFORM CVM_RUN_PARTS APPEND .cpp)
target_sources(test_tools_run PRIVATE ${CVM_RUN_PARTS})
target_include_directories(test_tools_run PRIVATE ${cvm_SOURCE_DIR}/vm/include ${cvm_SOURCE_DIR}/component/include
                           ${cvm_SOURCE_DIR}/wasi/include)
target_link_libraries(test_tools_run PRIVATE vm_engine component_host)

find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME unit.tools/run.program
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/cvm_run_test.py $<TARGET_FILE:tools_run>)
  add_test(NAME unit.tools/run.compose
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/compose_test.py $<TARGET_FILE:tools_run>)
  set_tests_properties(unit.tools/run.program unit.tools/run.compose PROPERTIES LABELS unit TIMEOUT 300)
endif()
