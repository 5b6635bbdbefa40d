#include "wasi/p1/guest_memory.hpp"

#include "wasi/os/path.hpp"

namespace cvm::wasi::p1 {

Errno Path::Decode(const GuestMemory& memory, const uint64_t* slots) {
  const auto range = memory.Range(static_cast<uint32_t>(slots[0]), static_cast<uint32_t>(slots[1]));
  if (!range) return Errno::kFault;
  if (range->size() > kMaxPathLength) return Errno::kNametoolong;
  text_.assign(reinterpret_cast<const char*>(range->data()), range->size());
  return Errno::kSuccess;
}

Errno Iovecs::Decode(const GuestMemory& memory, const uint64_t* slots) {
  const auto count = static_cast<uint32_t>(slots[1]);
  const auto range = memory.Range(static_cast<uint32_t>(slots[0]), uint64_t{count} * kIovecSize);
  if (!range) return Errno::kFault;
  memory_ = &memory;
  list_ = *range;
  count_ = std::min(count, kMost);
  cut_ = count > kMost;
  for (uint32_t i = 0; i < count_; ++i) {
    if (!At(i)) return Errno::kFault;
  }
  return Errno::kSuccess;
}

std::optional<Bytes> Iovecs::At(uint32_t index) const {
  const size_t at = size_t{index} * kIovecSize;
  return memory_->Range(GetLe<uint32_t>(list_, at), GetLe<uint32_t>(list_, at + 4));
}

}  // namespace cvm::wasi::p1
