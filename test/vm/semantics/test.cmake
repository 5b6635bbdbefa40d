# The references and tables beside the tests; and the same tests once more for the other forms of the operations: the
# portable ones, and those for processors with SSE4.1.
file(GLOB CVM_SEMANTICS_TEST_PARTS CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
set(CVM_SEMANTICS_TEST_REST ${CVM_SEMANTICS_TEST_PARTS})
list(FILTER CVM_SEMANTICS_TEST_REST EXCLUDE REGEX "_test\\.cpp$")
target_sources(test_vm_semantics PRIVATE ${CVM_SEMANTICS_TEST_REST})

function(cvm_add_semantics_variant name)
  add_executable(test_vm_semantics_${name} ${CVM_SEMANTICS_TEST_PARTS} $<TARGET_OBJECTS:cvm_test_main>)
  target_link_libraries(test_vm_semantics_${name} PRIVATE vm_semantics Catch2::Catch2)
  target_compile_options(test_vm_semantics_${name} PRIVATE ${ARGN})
  add_test(NAME unit.vm/semantics.${name} COMMAND test_vm_semantics_${name})
  set_tests_properties(unit.vm/semantics.${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

cvm_add_semantics_variant(portable -DCVM_SEMANTICS_PORTABLE=1)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  cvm_add_semantics_variant(sse4 -march=x86-64-v2)
endif()
