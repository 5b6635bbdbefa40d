// StoreWork: what instantiation does for a store by the module's measure: paid for with the store's fuel, where it is
// metered, before it is done, and ended by an interruption between pieces.
#pragma once

#include <algorithm>
#include <cstdint>

#include "vm/base/try.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {

class StoreWork {
 public:
  explicit StoreWork(rt::Store& store) : store_(store) {}

  // Takes fuel; an Error (kTrap) if there is not enough.
  Result<void> Pay(uint64_t units);
  Result<void> PayForBytes(uint64_t bytes) { return metered() ? Pay(store_.fuel().BulkUnits(bytes)) : Result<void>(); }
  // Of simple instructions.
  Result<void> PayForInstructions(uint64_t count) {
    return metered() ? Pay(count * store_.fuel().costs->simple) : Result<void>();
  }
  // Asks whether the store is to stop, after each MiB or so of work.
  Result<void> Poll(uint64_t bytes);
  Result<void> PollNow();

  // Calls step(from, n) for pieces of [0, count) items of `item_bytes` each.
  template <class Step>
  Result<void> InPieces(uint64_t count, uint64_t item_bytes, Step step) {
    const uint64_t piece = kPieceBytes / item_bytes;
    for (uint64_t from = 0; from < count; from += piece) {
      const uint64_t n = std::min(piece, count - from);
      CVM_RETURN_IF_ERROR(Poll(n * item_bytes));
      step(from, n);
    }
    return {};
  }

 private:
  static constexpr uint64_t kPieceBytes = uint64_t{1} << 20;
  bool metered() const { return store_.fuel().costs != nullptr; }

  rt::Store& store_;
  uint64_t since_poll_ = 0;
};

}  // namespace cvm
