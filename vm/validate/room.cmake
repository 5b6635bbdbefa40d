find_package(absl REQUIRED)
target_link_libraries(vm_validate PUBLIC absl::flat_hash_set)
