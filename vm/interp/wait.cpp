// memory.atomic.wait32, wait64 and notify (proposal threads).
#include <algorithm>
#include <chrono>

#include "vm/interp/host_calls.hpp"
#include "vm/interp/machine.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/memory.hpp"
#include "vm/runtime/parking.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {
namespace {

using std::chrono_literals::operator""ns;

uint64_t Operand(const uint8_t* slots, int i) { return LoadAs<uint64_t>(slots + kSlotBytes * i); }

// The address of operand 0 for an access of `bytes`: aligned and in bounds.
TrapKind WaitAddress(const rt::Memory& memory, const uint8_t* slots, const uint8_t* cell, uint64_t bytes,
                     const uint8_t** address) {
  const uint64_t base = Operand(slots, 0);
  const uint64_t offset = ReadImm64(cell);
  if ((base + offset) % bytes != 0) return TrapKind::kUnalignedAtomic;
  const uint64_t size = memory.size();
  if (offset > size || base > size - offset || bytes > size - offset - base) return TrapKind::kMemoryOutOfBounds;
  *address = memory.data() + base + offset;
  return TrapKind::kNone;
}

// Waits; an interruption ends it with its trap.
TrapKind Park(rt::Interruption& interruption, const uint8_t* address, uint64_t expected, uint32_t bytes,
              int64_t timeout, rt::ParkResult* result) {
  const auto begin = std::chrono::steady_clock::now();
  int64_t left = timeout;
  // No code of the store runs meanwhile.
  interruption.LeaveGuest();
  do {
    *result = rt::ParkingLot::OfProcess().Park(address, expected, bytes, left, interruption.stop());
    // Or it goes on, if the request was withdrawn.
    if (timeout > 0) left = std::max<int64_t>(0, timeout - (std::chrono::steady_clock::now() - begin) / 1ns);
  } while (*result == rt::ParkResult::kStopped && interruption.requested() == 0);
  return interruption.EnterGuest() ? TrapKind::kNone : interruption.Pending();
}

TrapKind Wait(rt::Context* ctx, uint8_t* slots, const uint8_t* cell, uint32_t bytes) {
  const rt::Memory& memory = *ctx->memories[ReadImm32(cell)];
  const uint8_t* address;
  if (const TrapKind trap = WaitAddress(memory, slots, cell, bytes, &address); trap != TrapKind::kNone) return trap;
  if (!memory.shared()) return TrapKind::kExpectedSharedMemory;
  const auto timeout = static_cast<int64_t>(Operand(slots, 2));
  rt::ParkResult result;
  const TrapKind stop = Park(*ctx->instance->store.interruption(), address, Operand(slots, 1), bytes, timeout, &result);
  StoreAs(slots, static_cast<uint64_t>(result));
  return stop;
}

}  // namespace

TrapKind AtomicWait32(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) { return Wait(ctx, slots, cell, 4); }
TrapKind AtomicWait64(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) { return Wait(ctx, slots, cell, 8); }

// On a memory that is not shared nobody can wait.
TrapKind AtomicNotify(rt::Context* ctx, uint8_t* slots, const uint8_t* cell) {
  const rt::Memory& memory = *ctx->memories[ReadImm32(cell)];
  const uint8_t* address;
  if (const TrapKind trap = WaitAddress(memory, slots, cell, 4, &address); trap != TrapKind::kNone) return trap;
  uint64_t woken = 0;
  if (memory.shared()) woken = rt::ParkingLot::OfProcess().Unpark(address, static_cast<uint32_t>(Operand(slots, 1)));
  StoreAs(slots, woken);
  return TrapKind::kNone;
}

}  // namespace cvm
