# cvm-run sees public headers alone, and the header of the script runner. Its parsers are a library of their own, so that
# tests can call them.
set_target_properties(tools_run PROPERTIES OUTPUT_NAME cvm-run)
target_compile_definitions(tools_run PRIVATE CVM_VERSION="${PROJECT_VERSION}")
