// Work whose size the guest chooses at run time: it is paid for before it begins, all or nothing (MEM-03), and done in
// pieces, between which the store may stop. Private to vm/interp.
//
// An interruption between two pieces leaves what has been written: a prefix, or of an overlapping copy upwards a
// suffix.
#pragma once

#include <algorithm>
#include <cstring>

#include "vm/interp/guest_memory.hpp"
#include "vm/interp/host_calls.hpp"
#include "vm/runtime/heap.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {

inline constexpr uint64_t kPieceBytes = uint64_t{1} << 20;

// Takes fuel where the engine is metered.
inline TrapKind TakeFuel(rt::Context* ctx, uint64_t units) {
  rt::Fuel& fuel = ctx->instance->store.fuel();
  return fuel.costs == nullptr || fuel.Take(units) ? TrapKind::kNone : TrapKind::kOutOfFuel;
}
inline TrapKind PayForBytes(rt::Context* ctx, uint64_t bytes) {
  const rt::Fuel& fuel = ctx->instance->store.fuel();
  return fuel.costs == nullptr ? TrapKind::kNone : TakeFuel(ctx, fuel.BulkUnits(bytes));
}

// Calls step(from, n) for pieces of [0, count) items of `item_bytes` each, in rising order.
template <class Step>
TrapKind InPieces(const rt::Context* ctx, uint64_t count, uint64_t item_bytes, Step step) {
  const uint64_t piece = kPieceBytes / item_bytes;
  for (uint64_t from = 0; from < count; from += piece) {
    if (from != 0) {
      if (const TrapKind stop = PendingStop(ctx); stop != TrapKind::kNone) return stop;
    }
    step(from, std::min(piece, count - from));
  }
  return TrapKind::kNone;
}

// memmove.
inline TrapKind MoveInPieces(const rt::Context* ctx, uint8_t* to, const uint8_t* from, uint64_t bytes) {
  const bool upwards = to > from && to < from + bytes;
  return InPieces(ctx, bytes, 1, [&](uint64_t at, uint64_t n) {
    const uint64_t place = upwards ? bytes - at - n : at;
    MoveGuest(to + place, from + place, n);
  });
}

// The same for references that the collector may know.
inline TrapKind MoveRefsInPieces(rt::Context* ctx, rt::Ref* to, const rt::Ref* from, uint64_t count) {
  const bool upwards = to > from && to < from + count;
  return InPieces(ctx, count, sizeof(rt::Ref), [&](uint64_t at, uint64_t n) {
    const uint64_t place = upwards ? count - at - n : at;
    ctx->heap->WillOverwrite(to + place, n);
    std::memmove(to + place, from + place, n * sizeof(rt::Ref));
  });
}

}  // namespace cvm
