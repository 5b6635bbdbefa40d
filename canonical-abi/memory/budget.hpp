// HostBudget: how many bytes of host memory one call may make the host allocate for values that come from a guest.
//
// A byte of guest memory can stand for many bytes here (a list of enums: one for one against sizeof(Value)), so what is
// charged is the host's size, and it is charged before it is allocated (security.md ABI-06). A budget belongs to one
// call; when the call is over, its values are the embedder's.
#pragma once

#include <cstdint>
#include <string>

#include "cvm/result.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {

inline constexpr uint64_t kDefaultHostBytesPerCall = uint64_t{16} << 20;

class HostBudget {
 public:
  explicit HostBudget(uint64_t bytes = kDefaultHostBytesPerCall) : limit_(bytes), left_(bytes) {}

  Result<void> Charge(uint64_t bytes) {
    if (bytes > left_) {
      const uint64_t used = limit_ - left_;
      return LimitReached("values of one call too large for the host", bytes > UINT64_MAX - used ? UINT64_MAX : used + bytes,
                          limit_, "max-host-bytes-per-call");
    }
    left_ -= bytes;
    return {};
  }
  // `count` things of `size` bytes each.
  Result<void> Charge(uint64_t count, uint64_t size) {
    return Charge(size != 0 && count > UINT64_MAX / size ? UINT64_MAX : count * size);
  }
  uint64_t left() const { return left_; }

 private:
  uint64_t limit_;
  uint64_t left_;
};

}  // namespace cvm::abi
