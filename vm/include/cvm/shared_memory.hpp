// SharedMemory: a linear memory that belongs to no store (proposal threads). Stores on different threads import the
// same one; guests talk to each other through its bytes, and wait for each other with memory.atomic.wait and notify. A
// shared handle; thread-safe. Its address never changes, growing or not.
//
//     cvm::SharedMemory memory = cvm::SharedMemory::Create(engine, 1, 16).value();
//     linker.DefineMemory("env", "memory", memory);     // one linker for all threads, a store for each
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "cvm/engine.hpp"

namespace cvm {

class SharedMemory {
 public:
  // A memory of 32-bit addresses with `min_pages` to `max_pages` pages of 64 KiB: what `(memory min max shared)`
  // imports.
  static Result<SharedMemory> Create(const Engine& engine, uint64_t min_pages, uint64_t max_pages);

  // The bytes at this moment; the span stays valid, a later one may be longer. Guests of other threads write to them:
  // what is not ordered by the protocol between host and guests is to be read and written atomically.
  std::span<uint8_t> data() const;
  uint64_t pages() const;
  // Grows by `delta` pages for all users; the previous number, or an Error of kind kLimit.
  Result<uint64_t> Grow(uint64_t delta) const;
  // As memory.atomic.notify: wakes up to `count` of the threads that wait on `address`; how many there were. An Error
  // of kind kUsage if the address is not that of four aligned bytes of the memory.
  Result<uint32_t> Notify(uint64_t address, uint32_t count) const;

  explicit SharedMemory(std::shared_ptr<void> storage) : storage_(std::move(storage)) {}  // for cvm's own layers
  const std::shared_ptr<void>& storage() const { return storage_; }

 private:
  std::shared_ptr<void> storage_;
};

}  // namespace cvm
