# The listing.
target_link_libraries(vm_compile PUBLIC absl::str_format)
