# cvm_bindgen(<target> <wit folder or file> [PACKAGES] [NAMESPACES wasi=cvm::wasi ...] [ARGS ...])
#
# Generates the host headers of a set of WIT packages with cvm-bindgen before <target> is compiled, and lets <target>
# include them as "gen/<namespace>/<package>/<interface>.hpp", all in snake case:
#
#   cvm_bindgen(wasi_clocks ${CMAKE_SOURCE_DIR}/wasi/wit/0.2 PACKAGES NAMESPACES wasi=cvm::wasi ARGS --all-features)
#   #include "gen/wasi/clocks/monotonic_clock.hpp"
#
# Programs that find the installed package (find_package(cvm)) have cvm_bindgen too; there a relative path is one from the
# current source folder, and the program is linked to cvm::cvm:
#
#   target_link_libraries(shop PRIVATE cvm::cvm)
#   cvm_bindgen(shop shop.wit)
#   #include "gen/demo/shop/rates.hpp"
#
# PACKAGES: the folder holds one package a file (or folder) instead of being one. Several targets may name the same
# folder: it is generated once. To know the headers before they exist, `package` and `interface` are looked for at the
# beginning of lines.
#
# cvm_wasi_headers(<target>) is the first call, for the rooms of wasi/:
#
#   include(CvmBindgen)
#   cvm_wasi_headers(wasi_clocks)
include_guard(GLOBAL)

function(cvm_bindgen_outputs out wit_files)
  set(headers "")
  foreach(file IN LISTS wit_files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(STRINGS ${file} package REGEX "^package [a-z]" LIMIT_COUNT 1)
    if(package MATCHES "^package ([^;@ ]+)")
      string(REGEX REPLACE "[:/]" "/" folder "${CMAKE_MATCH_1}")
    endif()
    file(STRINGS ${file} interfaces REGEX "^interface ")
    foreach(interface IN LISTS interfaces)
      string(REGEX REPLACE "^interface %?([A-Za-z0-9-]+).*" "\\1" name "${interface}")
      string(TOLOWER "${folder}/${name}" path)
      string(REPLACE "-" "_" path "${path}")
      # The words that names.cpp adds `_` to, as far as they are interfaces here.
      string(REGEX REPLACE "/(stdin|stdout|stderr)$" "/\\1_" path "${path}")
      list(APPEND headers ${CMAKE_BINARY_DIR}/gen/${path}.hpp)
    endforeach()
  endforeach()
  set(${out} ${headers} PARENT_SCOPE)
endfunction()

function(cvm_bindgen target wit)
  cmake_parse_arguments(BINDGEN "PACKAGES" "" "NAMESPACES;ARGS" ${ARGN})
  get_filename_component(wit ${wit} ABSOLUTE)
  # In cvm's own tree the tool's target may come later.
  set(tool tools_bindgen)
  if(TARGET cvm::bindgen)
    set(tool cvm::bindgen)
  endif()
  string(MD5 key "${wit};${ARGN}")
  string(SUBSTRING ${key} 0 8 key)
  set(generate cvm_bindgen_${key})
  if(NOT TARGET ${generate})
    if(IS_DIRECTORY ${wit})
      file(GLOB_RECURSE files CONFIGURE_DEPENDS ${wit}/*.wit)
      set(list ${wit}/bindgen.txt)
    else()
      set(files ${wit})
      get_filename_component(list ${wit} DIRECTORY)
      set(list ${list}/bindgen.txt)
    endif()
    if(EXISTS ${list})
      list(APPEND files ${list})
    endif()
    set(wit_files ${files})
    list(FILTER wit_files INCLUDE REGEX "\\.wit$")
    cvm_bindgen_outputs(headers "${wit_files}")
    set(options --out ${CMAKE_BINARY_DIR}/gen --include-prefix gen/ ${BINDGEN_ARGS})
    if(BINDGEN_PACKAGES)
      list(APPEND options --packages)
    endif()
    foreach(mapping IN LISTS BINDGEN_NAMESPACES)
      list(APPEND options --namespace ${mapping})
    endforeach()
    # A stamp, as headers that do not change are not written; they are byproducts, so that ninja looks at them again.
    set(stamp ${CMAKE_BINARY_DIR}/gen/${key}.stamp)
    add_custom_command(
      OUTPUT ${stamp}
      BYPRODUCTS ${headers}
      COMMAND ${tool} ${options} ${wit}
      COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
      DEPENDS ${tool} ${files}
      COMMENT "Generating C++ from ${wit}"
      VERBATIM)
    add_custom_target(${generate} DEPENDS ${stamp})
  endif()
  add_dependencies(${target} ${generate})
  get_target_property(type ${target} TYPE)
  set(scope PUBLIC)
  if(type STREQUAL "INTERFACE_LIBRARY")
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_BINARY_DIR})
  if(NOT TARGET cvm::bindgen)
    target_include_directories(${target} ${scope} ${cvm_SOURCE_DIR}/component/include ${cvm_SOURCE_DIR}/vm/include)
  endif()
endfunction()

function(cvm_wasi_headers target)
  cvm_bindgen(${target} ${cvm_SOURCE_DIR}/wasi/wit/0.2 PACKAGES NAMESPACES wasi=cvm::wasi ARGS --all-features)
endfunction()
