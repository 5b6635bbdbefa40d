// GuestMemory: the linear memory of a guest as the Canonical ABI sees it.
//
// realloc and everything else that runs guest code may grow the memory and so move it. Therefore nothing here keeps a
// pointer or a size: bytes() is asked at every access (security.md INT-03, ABI-01). The runtime implements it over its
// memory object; tests over a vector. Belongs to the thread of its store.
#pragma once

#include <cstdint>
#include <span>

#include "canonical-abi/types/ptr_type.hpp"

namespace cvm::abi {

class GuestMemory {
 public:
  explicit GuestMemory(PtrType ptr_type) : ptr_type_(ptr_type) {}
  virtual ~GuestMemory() = default;
  GuestMemory(const GuestMemory&) = delete;
  GuestMemory& operator=(const GuestMemory&) = delete;

  // The whole memory as it is now; good until guest code runs.
  virtual std::span<uint8_t> bytes() = 0;
  PtrType ptr_type() const { return ptr_type_; }

 private:
  const PtrType ptr_type_;
};

// True if [ptr, ptr + length) lies inside the memory; an empty range may begin at its very end. No sum wraps.
inline bool InBounds(std::span<const uint8_t> memory, uint64_t ptr, uint64_t length) {
  return length <= memory.size() && ptr <= memory.size() - length;
}

}  // namespace cvm::abi
