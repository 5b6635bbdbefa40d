// Memory: a linear memory instance as one store sees it; its bytes are a MemoryStorage, whose base address never changes,
// growing or not. Owned by a Store; single-threaded.
//
// The storage of a shared memory (proposal threads) belongs to all that hold it: Memory objects of any stores, on any
// threads, and handles of the host. Guest code reads and writes it without synchronization but for its own atomics.
//
// With guard pages (the default on 64-bit hosts) a memory with 32-bit addresses reserves its whole index range and
// kGuardBytes beyond it: any access by a zero-extended i32 address and a constant offset below kGuardBytes stays within the
// reservation, and one past the memory's size faults, which the interpreter turns into a trap. All others (memory64, no
// room for the reservation) are checked in code.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "vm/base/account.hpp"
#include "vm/base/pages.hpp"
#include "vm/base/try.hpp"
#include "vm/types/types.hpp"

namespace cvm::rt {

struct Context;

// The bytes of a memory: one reservation, of which the first size() bytes are accessible. Thread-safe.
class MemoryStorage {
 public:
  // Bytes past the 4 GiB index range that are never accessible; plain accesses have offsets (plus width) below it.
  static constexpr uint64_t kGuardBytes = uint64_t{32} << 20;

  // A memory of type.limits.min pages. `max_bytes` bounds its size besides its own maximum.
  static Result<std::shared_ptr<MemoryStorage>> Create(const MemoryType& type, uint64_t max_bytes, bool guarded);
  MemoryStorage(const MemoryType& type, uint64_t max_bytes, bool guarded);
  ~MemoryStorage();
  MemoryStorage(const MemoryStorage&) = delete;
  MemoryStorage& operator=(const MemoryStorage&) = delete;

  uint8_t* data() const { return reservation_.data(); }
  uint64_t size() const { return bytes_.load(std::memory_order_acquire); }
  uint64_t pages() const { return size() >> type_.page_size_log2; }
  // As it was made: limits.min is the initial size.
  const MemoryType& declared_type() const { return type_; }
  bool guarded() const { return guarded_; }

  // Pages that its maximum leaves to grow by.
  uint64_t room() const { return (max_bytes_ >> type_.page_size_log2) - pages(); }
  // Grows by `delta` pages; the previous size in pages, or -1 and no change.
  int64_t Grow(uint64_t delta);
  // See Memory.
  void SetImage(uint64_t offset, std::span<const uint8_t> bytes, const PageImage* image);

 private:
  const MemoryType type_;
  uint64_t max_bytes_;
  const bool guarded_;
  Reservation reservation_;
  std::mutex growing_;
  std::atomic<uint64_t> bytes_{0};
};

class Memory {
 public:
  static constexpr uint64_t kGuardBytes = MemoryStorage::kGuardBytes;
  // The widest access of one instruction.
  static constexpr uint64_t kMaxAccessBytes = 16;

  // Creates a memory of type.limits.min pages. `max_bytes` bounds its size besides its own maximum; `total`, what all
  // memories of the store share, is charged before bytes are made accessible, and outlives the memory.
  static Result<std::unique_ptr<Memory>> Create(const MemoryType& type, uint64_t max_bytes, bool guarded, Account* total);
  // A view of a storage that others hold too: nobody is charged.
  explicit Memory(std::shared_ptr<MemoryStorage> storage) : storage_(std::move(storage)), data_(storage_->data()) {}

  uint8_t* data() const { return data_; }
  uint64_t size() const { return storage_->size(); }
  uint64_t pages() const { return storage_->pages(); }
  // The type with the present size as minimum (core/exec/modules: what an import is matched against).
  MemoryType type() const;
  bool guarded() const { return storage_->guarded(); }
  bool shared() const { return storage_->declared_type().limits.shared; }
  const std::shared_ptr<MemoryStorage>& storage() const { return storage_; }
  std::span<uint8_t> bytes() const { return {data(), size()}; }
  // Pages that its maximum and the limits leave to grow by.
  uint64_t room() const;
  // Grows by `delta` pages; the previous size in pages, or -1 and no change.
  int64_t Grow(uint64_t delta);
  // Contexts whose memory 0 this is, to be kept informed of the size. Of a shared memory they are told it once: others grow
  // it too, so that code which checks bounds asks the memory itself.
  void AddUser(Context* context);
  void RemoveUser(Context* context);

  // Initial contents: `bytes` at `offset`, REQUIRES: in bounds; or `image` of the whole memory, mapped copy-on-write.
  void SetImage(uint64_t offset, std::span<const uint8_t> bytes, const PageImage* image) {
    storage_->SetImage(offset, bytes, image);
  }

 private:
  std::shared_ptr<MemoryStorage> storage_;
  uint8_t* data_;
  Account* total_ = nullptr;
  std::vector<Context*> users_;
};

// True if `address` lies in the reservation of some guarded memory of the process. Safe in a signal handler that was raised by
// guest code.
bool IsGuardedMemoryAddress(const void* address);

}  // namespace cvm::rt
