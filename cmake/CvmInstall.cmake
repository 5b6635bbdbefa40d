# The installed package: one static library of all rooms, target cvm::cvm, with the public headers, cvm-run, cvm-bindgen,
# cvmConfig.cmake (which brings the function cvm_bindgen) and cvm.pc. Everything is relocatable.
#
#   find_package(cvm 0.1 REQUIRED)
#   target_link_libraries(app PRIVATE cvm::cvm)
include(CMakePackageConfigHelpers)

# Abseil's parts that rooms use; none of them is in a public header, so the consumer only links them.
set(CVM_ABSL_PARTS flat_hash_map flat_hash_set inlined_vector strings str_format span hash)

set(objects "")
foreach(room IN LISTS CVM_ROOMS)
  cvm_room_target(${room} target)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY" AND NOT room MATCHES "^(tools|spec-tests)/")
    list(APPEND objects $<TARGET_OBJECTS:${target}>)
  endif()
endforeach()
add_library(cvm STATIC ${objects})
add_library(cvm::cvm ALIAS cvm)
set_target_properties(cvm PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME cvm)
target_compile_features(cvm INTERFACE cxx_std_20)
list(TRANSFORM CVM_ABSL_PARTS PREPEND absl:: OUTPUT_VARIABLE absl_targets)
target_link_libraries(cvm PRIVATE Threads::Threads PkgConfig::xxhash ${absl_targets})
foreach(top vm canonical-abi component wasi)
  if(IS_DIRECTORY ${cvm_SOURCE_DIR}/${top}/include)
    target_include_directories(cvm INTERFACE $<BUILD_INTERFACE:${cvm_SOURCE_DIR}/${top}/include>)
    install(DIRECTORY ${top}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cvm)
install(TARGETS cvm EXPORT cvmTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET tools_bindgen)
  set_target_properties(tools_bindgen PROPERTIES EXPORT_NAME bindgen)
  install(TARGETS tools_bindgen EXPORT cvmTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${cvm_SOURCE_DIR}/cmake/CvmBindgen.cmake DESTINATION ${package_dir})
endif()
install(EXPORT cvmTargets NAMESPACE cvm:: DESTINATION ${package_dir})
configure_package_config_file(${cvm_SOURCE_DIR}/cmake/cvmConfig.cmake.in ${CMAKE_BINARY_DIR}/package/cvmConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/cvmConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/package/cvmConfig.cmake ${CMAKE_BINARY_DIR}/package/cvmConfigVersion.cmake
        DESTINATION ${package_dir})

list(TRANSFORM CVM_ABSL_PARTS PREPEND absl_ OUTPUT_VARIABLE absl_packages)
list(JOIN absl_packages " " CVM_PC_REQUIRES)
file(RELATIVE_PATH CVM_PC_INCLUDE ${CMAKE_INSTALL_FULL_LIBDIR} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${cvm_SOURCE_DIR}/cmake/cvm.pc.in ${CMAKE_BINARY_DIR}/package/cvm.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/cvm.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(TARGET tools_run)
  install(TARGETS tools_run RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(EXISTS ${cvm_SOURCE_DIR}/LICENSE)
  install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
