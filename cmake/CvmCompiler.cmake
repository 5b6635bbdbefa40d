# Compiler flags and libraries that every room shares.
find_package(absl REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

find_program(CVM_CCACHE ccache)
option(CVM_CCACHE_SHARED "Clones of the tree share one compiler cache" ON)
if(CVM_CCACHE)
  set(launcher ${CVM_CCACHE})
  if(CVM_CCACHE_SHARED)
    # Paths below the source tree are taken as relative, so that every clone shares one cache.
    set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${cvm_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CVM_CCACHE})
  endif()
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(cvm_flags INTERFACE)
target_compile_options(cvm_flags INTERFACE -Wall -Wextra -Wpedantic -Wno-missing-field-initializers)
target_include_directories(cvm_flags INTERFACE ${cvm_SOURCE_DIR})
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(cvm_flags INTERFACE -Wno-c99-extensions -Wno-nested-anon-types -Wno-gnu-anonymous-struct)
endif()
if(CVM_SANITIZE)
  add_compile_options(-fsanitize=${CVM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CVM_SANITIZE})
endif()

# libFuzzer is guided by the coverage of all code, not of a target's own file alone.
if(CVM_BUILD_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Counters of what is run, for tools/coverage: in the rooms of CVM_COVERAGE's folders and in their tests, which are what
# instantiates the templates of the public headers. The rest is the same as in the preset release, and shares its cache.
if(CVM_COVERAGE)
  add_link_options(-fprofile-instr-generate)
endif()
function(cvm_count_coverage target room)
  string(REGEX MATCH "^[^/]+" top ${room})
  if(top IN_LIST CVM_COVERAGE)
    target_compile_options(${target} PRIVATE -O1 -fprofile-instr-generate -fcoverage-mapping)
  endif()
endfunction()

if(CVM_DISPATCH STREQUAL "auto")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19
     AND NOT CVM_SANITIZE AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|aarch64|arm64")
    set(CVM_DISPATCH_USED tail)
  else()
    set(CVM_DISPATCH_USED loop)
  endif()
else()
  set(CVM_DISPATCH_USED ${CVM_DISPATCH})
endif()
message(STATUS "cvm: dispatch ${CVM_DISPATCH_USED}, handler copies ${CVM_HANDLER_COPIES}")
if(CVM_DISPATCH_USED STREQUAL "tail")
  target_compile_definitions(cvm_flags INTERFACE CVM_DISPATCH_TAIL=1)
endif()
# The portable loop keeps its registers in memory, where a fault handler could not find them: it checks in code.
if(CVM_EXPLICIT_BOUNDS OR CVM_SANITIZE OR CVM_DISPATCH_USED STREQUAL "loop")
  target_compile_definitions(cvm_flags INTERFACE CVM_EXPLICIT_BOUNDS=1)
endif()
if(CVM_COUNT_DISPATCHES)
  target_compile_definitions(cvm_flags INTERFACE CVM_COUNT_DISPATCHES=1)
endif()
target_link_libraries(cvm_flags INTERFACE Threads::Threads PkgConfig::xxhash absl::flat_hash_map absl::flat_hash_set
                      absl::inlined_vector absl::strings absl::span)
