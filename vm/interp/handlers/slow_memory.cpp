// Slow forms: accesses to any memory, with 32- or 64-bit addresses and any offset, checked in code; operands on the frame.
// And the lane accesses of SIMD, which have no other form.
#include "vm/interp/handlers/access.hpp"
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/family.hpp"
#include "vm/runtime/memory.hpp"

namespace cvm {
namespace {

// nullptr: out of bounds. The address lies in the base slot.
template <uint32_t kBytes>
CVM_INLINE uint8_t* CheckedAddress(const Regs& r, const uint8_t* base_slot) {
  const rt::Memory& memory = *r.ctx->memories[ReadImm32(r.ip)];
  const uint64_t address = LoadAs<uint64_t>(base_slot);
  const uint64_t offset = ReadImm64(r.ip);
  const uint64_t size = memory.size();
  if (offset > size || address > size - offset || kBytes > size - offset - address) [[unlikely]] return nullptr;
  return memory.data() + address + offset;
}

template <class T>
CVM_INLINE void WriteSlot(uint8_t* slot, T value) {
  if constexpr (sizeof(T) == 4) {
    StoreAs<uint64_t>(slot, __builtin_bit_cast(uint32_t, value));
  } else {
    StoreAs(slot, value);
  }
}

template <Opcode kOp>
struct SlowBody {
  using A = Access<kOp>;
  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* slot = StackBase(r);
    uint8_t* p = CheckedAddress<A::kBytes>(r, slot);
    if (p == nullptr) [[unlikely]] return TrapFlow(r, TrapKind::kMemoryOutOfBounds);
    if constexpr (IsLoad<kOp>) {
      WriteSlot(slot, A::Load(p));
    } else {
      A::Store(p, LoadAs<typename A::Type>(slot + kSlotBytes));
    }
    r.ip += 24;
    return Flow::kNext;
  }
};

// v128.loadN_lane and v128.storeN_lane: address, vector -> vector.
template <class Lane, bool kLoad>
struct LaneBody {
  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* slot = SlotAt(r, kField0);
    uint8_t* p = CheckedAddress<sizeof(Lane)>(r, slot);
    if (p == nullptr) [[unlikely]] return TrapFlow(r, TrapKind::kMemoryOutOfBounds);
    uint8_t* lane = slot + kSlotBytes + sizeof(Lane) * static_cast<uint16_t>(ReadField(r.ip, kField1));
    if constexpr (kLoad) {
      StoreAs(lane, LoadGuest<Lane>(p));
      StoreAs(slot, LoadAs<V128>(slot + kSlotBytes));
    } else {
      StoreGuest(p, LoadAs<Lane>(lane));
    }
    r.ip += 24;
    return Flow::kNext;
  }
};

template <class Body>
void AddSlow(HandlerTable& table, Opcode op) {
  AddHandler<Body>(table, {SlowForm(op)});
}

template <Opcode kOp, class Lane, bool kLoad>
void AddLane(HandlerTable& table) {
  AddHandler<LaneBody<Lane, kLoad>>(table, {SlowForm(kOp)});
}

}  // namespace

void AddSlowMemoryHandlers(HandlerTable& table) {
  const auto add = [&]<Opcode kOp>() {
    if constexpr (IsLoad<kOp> || IsStore<kOp>) AddSlow<SlowBody<kOp>>(table, kOp);
  };
  ForEachOpcode<Opcode::kI32Load, Opcode::kI64Store32>(add);
  ForEachOpcode<Opcode::kV128Load, Opcode::kV128Store>(add);
  ForEachOpcode<Opcode::kV128Load32Zero, Opcode::kV128Load64Zero>(add);
  AddLane<Opcode::kV128Load8Lane, uint8_t, true>(table);
  AddLane<Opcode::kV128Load16Lane, uint16_t, true>(table);
  AddLane<Opcode::kV128Load32Lane, uint32_t, true>(table);
  AddLane<Opcode::kV128Load64Lane, uint64_t, true>(table);
  AddLane<Opcode::kV128Store8Lane, uint8_t, false>(table);
  AddLane<Opcode::kV128Store16Lane, uint16_t, false>(table);
  AddLane<Opcode::kV128Store32Lane, uint32_t, false>(table);
  AddLane<Opcode::kV128Store64Lane, uint64_t, false>(table);
}

}  // namespace cvm
