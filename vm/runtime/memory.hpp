// Memory: a linear memory instance. Its base address never changes, growing or not. Owned by a Store; single-threaded.
//
// With guard pages (the default on 64-bit hosts) a memory with 32-bit addresses reserves its whole index range and
// kGuardBytes beyond it: any access by a zero-extended i32 address and a constant offset below kGuardBytes stays within the
// reservation, and one past the memory's size faults, which the interpreter turns into a trap. All others (memory64, no
// room for the reservation) are checked in code.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vm/base/pages.hpp"
#include "vm/base/try.hpp"
#include "vm/types/types.hpp"

namespace cvm::rt {

struct Context;

class Memory {
 public:
  // Bytes past the 4 GiB index range that are never accessible; plain accesses have offsets (plus width) below it.
  static constexpr uint64_t kGuardBytes = uint64_t{32} << 20;
  // The widest access of one instruction.
  static constexpr uint64_t kMaxAccessBytes = 16;

  // Creates a memory of type.limits.min pages. `max_bytes` bounds its size besides its own maximum.
  static Result<std::unique_ptr<Memory>> Create(const MemoryType& type, uint64_t max_bytes, bool guarded);
  ~Memory();

  uint8_t* data() const { return reservation_.data(); }
  uint64_t size() const { return bytes_; }
  uint64_t pages() const { return bytes_ >> type_.page_size_log2; }
  // The type with the present size as minimum (core/exec/modules: what an import is matched against).
  MemoryType type() const;
  bool guarded() const { return guarded_; }
  std::span<uint8_t> bytes() const { return {data(), bytes_}; }

  // Grows by `delta` pages; the previous size in pages, or -1 and no change.
  int64_t Grow(uint64_t delta);
  // Contexts whose memory 0 this is, to be kept informed of the size.
  void AddUser(Context* context);
  void RemoveUser(Context* context);

  // Initial contents: `bytes` at `offset`, REQUIRES: in bounds; or `image` of the whole memory, mapped copy-on-write.
  void SetImage(uint64_t offset, std::span<const uint8_t> bytes, const PageImage* image);

 private:
  Memory(const MemoryType& type, uint64_t max_bytes, bool guarded);

  MemoryType type_;
  uint64_t max_bytes_;
  bool guarded_;
  uint64_t bytes_ = 0;
  Reservation reservation_;
  std::vector<Context*> users_;
};

// True if `address` lies in the reservation of some guarded memory of the process. Safe in a signal handler that was raised by
// guest code.
bool IsGuardedMemoryAddress(const void* address);

}  // namespace cvm::rt
