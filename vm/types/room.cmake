find_package(absl REQUIRED)
target_link_libraries(vm_types PUBLIC absl::flat_hash_map absl::hash)
