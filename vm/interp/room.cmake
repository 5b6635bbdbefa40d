# Handlers: straight machine code without unwind tables, stack protectors or frame pointers, aligned for the jump predictor.
if(CVM_DISPATCH_USED STREQUAL "tail")
  file(GLOB handlers CONFIGURE_DEPENDS ${cvm_SOURCE_DIR}/vm/interp/handlers/*.cpp)
  # With counters of what is run (CVM_COVERAGE) that takes minutes a file, for nothing.
  set(optimized "-O3")
  if("vm" IN_LIST CVM_COVERAGE OR "vm/interp" IN_LIST CVM_COVERAGE)
    set(optimized "-O1")
  endif()
  set_source_files_properties(${handlers} PROPERTIES COMPILE_OPTIONS
    "${optimized};-fno-plt;-fomit-frame-pointer;-fcf-protection=none;-fno-stack-protector;-fno-asynchronous-unwind-tables;-fno-exceptions;-falign-functions=32")
endif()
# The instruction set that handlers may use, as -march= takes it; Handlers() refuses a processor without it.
if(CVM_MARCH)
  target_compile_options(vm_interp PRIVATE -march=${CVM_MARCH})
endif()
# Of this room alone, so that builds with other numbers share the rest in a compiler cache.
target_compile_definitions(vm_interp PRIVATE CVM_HANDLER_COPIES=${CVM_HANDLER_COPIES})
