// SharedMemory of the public API.
#include "cvm/shared_memory.hpp"

#include "vm/engine/api_impl.hpp"
#include "vm/runtime/parking.hpp"

namespace cvm {
namespace {

constexpr uint64_t kMostPages = 65536;

rt::MemoryStorage& StorageOf(const SharedMemory& memory) {
  return *static_cast<rt::MemoryStorage*>(memory.storage().get());
}

}  // namespace

Result<SharedMemory> SharedMemory::Create(const Engine& engine, uint64_t min_pages, uint64_t max_pages) {
  if (!engine.impl()->state->features.Has(Feature::kThreads)) {
    return UsageError("threads support is not enabled in this engine");
  }
  if (max_pages > kMostPages || min_pages > max_pages) {
    return UsageError("a shared memory has at most " + std::to_string(kMostPages) +
                      " pages, and not more at first than at last");
  }
  MemoryType type;
  type.limits = {AddrKind::kI32, min_pages, max_pages, true};
  CVM_ASSIGN_OR_RETURN(
      std::shared_ptr<rt::MemoryStorage> storage,
      rt::MemoryStorage::Create(type, max_pages << type.page_size_log2, engine.impl()->state->guard_pages));
  return SharedMemory(std::move(storage));
}

std::span<uint8_t> SharedMemory::data() const { return {StorageOf(*this).data(), StorageOf(*this).size()}; }
uint64_t SharedMemory::pages() const { return StorageOf(*this).pages(); }

Result<uint64_t> SharedMemory::Grow(uint64_t delta) const {
  const int64_t previous = StorageOf(*this).Grow(delta);
  if (previous < 0) return LimitError("the memory cannot grow by " + std::to_string(delta) + " pages");
  return static_cast<uint64_t>(previous);
}

Result<uint32_t> SharedMemory::Notify(uint64_t address, uint32_t count) const {
  const std::span<uint8_t> bytes = data();
  if (address % 4 != 0 || bytes.size() < 4 || address > bytes.size() - 4) {
    return UsageError("there are no four aligned bytes at " + std::to_string(address));
  }
  return rt::ParkingLot::OfProcess().Unpark(bytes.data() + address, count);
}

Result<SharedMemory> Memory::shared() const {
  const rt::Memory& memory = *static_cast<rt::Memory*>(memory_);
  if (!memory.shared()) return UsageError("the memory is not shared");
  return SharedMemory(memory.storage());
}

}  // namespace cvm
