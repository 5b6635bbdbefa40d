// memory.atomic.wait32, wait64 and notify (proposal threads).
#include "vm/interp/host_calls.hpp"
#include "vm/interp/machine.hpp"
#include "vm/runtime/memory.hpp"
#include "vm/runtime/parking.hpp"

namespace cvm {
namespace {

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

TrapKind Wait(rt::Context* ctx, uint8_t* slots, const uint8_t* cell, uint32_t bytes) {
  const rt::Memory& memory = *ctx->memories[ReadImm32(cell)];
  const uint8_t* address;
  if (const TrapKind trap = WaitAddress(memory, slots, cell, bytes, &address); trap != TrapKind::kNone) return trap;
  if (!memory.shared()) return TrapKind::kExpectedSharedMemory;
  const auto timeout = static_cast<int64_t>(Operand(slots, 2));
  const rt::ParkResult result = rt::ParkingLot::OfProcess().Park(address, Operand(slots, 1), bytes, timeout);
  if (result == rt::ParkResult::kStopped) return TrapKind::kInterrupted;
  StoreAs(slots, static_cast<uint64_t>(result));
  return TrapKind::kNone;
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
