// Atomic accesses (proposal threads), in stack form: to any memory, checked in code, shared or not. All are
// sequentially consistent. Results are zero-extended whatever their type, so that only the width of an access matters.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/stack_form.hpp"
#include "vm/runtime/memory.hpp"

namespace cvm {
namespace {

// The address lies in the base slot. A misaligned access traps wherever it goes.
template <class T>
CVM_INLINE TrapKind AtomicAddress(const Regs& r, const uint8_t* base_slot, T** address) {
  const rt::Memory& memory = *r.ctx->memories[ReadImm32(r.ip)];
  const uint64_t base = LoadAs<uint64_t>(base_slot);
  const uint64_t offset = ReadImm64(r.ip);
  if ((base + offset) % sizeof(T) != 0) [[unlikely]]
    return TrapKind::kUnalignedAtomic;
  const uint64_t size = memory.size();
  if (offset > size || base > size - offset || sizeof(T) > size - offset - base) [[unlikely]] {
    return TrapKind::kMemoryOutOfBounds;
  }
  *address = reinterpret_cast<T*>(memory.data() + base + offset);
  return TrapKind::kNone;
}

// kDo(address, operand slots) -> result, which takes the place of the operands.
template <Opcode kOp, class T, auto kDo>
struct AtomicBody {
  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* slot = StackBase(r);
    T* address;
    const TrapKind trap = AtomicAddress(r, slot, &address);
    if (trap != TrapKind::kNone) [[unlikely]]
      return TrapFlow(r, trap);
    if constexpr (std::is_void_v<decltype(kDo(address, slot))>) {
      kDo(address, slot + kSlotBytes);
    } else {
      StoreAs<uint64_t>(slot, kDo(address, slot + kSlotBytes));
    }
    r.ip += 24;
    return Flow::kNext;
  }
};

struct FenceBody {
  static CVM_INLINE Flow Run(Regs& r) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    r.ip += 24;
    return Flow::kNext;
  }
};

// Operands wrap to the width of the access.
template <class T>
struct Do {
  static CVM_INLINE T Value(const uint8_t* slot) { return static_cast<T>(LoadAs<uint64_t>(slot)); }

  static CVM_INLINE T Load(T* p, const uint8_t*) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }
  static CVM_INLINE void Store(T* p, const uint8_t* v) { __atomic_store_n(p, Value(v), __ATOMIC_SEQ_CST); }
  static CVM_INLINE T Add(T* p, const uint8_t* v) { return __atomic_fetch_add(p, Value(v), __ATOMIC_SEQ_CST); }
  static CVM_INLINE T Sub(T* p, const uint8_t* v) { return __atomic_fetch_sub(p, Value(v), __ATOMIC_SEQ_CST); }
  static CVM_INLINE T And(T* p, const uint8_t* v) { return __atomic_fetch_and(p, Value(v), __ATOMIC_SEQ_CST); }
  static CVM_INLINE T Or(T* p, const uint8_t* v) { return __atomic_fetch_or(p, Value(v), __ATOMIC_SEQ_CST); }
  static CVM_INLINE T Xor(T* p, const uint8_t* v) { return __atomic_fetch_xor(p, Value(v), __ATOMIC_SEQ_CST); }
  static CVM_INLINE T Xchg(T* p, const uint8_t* v) { return __atomic_exchange_n(p, Value(v), __ATOMIC_SEQ_CST); }
  static CVM_INLINE T Cmpxchg(T* p, const uint8_t* v) {
    T expected = Value(v);
    __atomic_compare_exchange_n(p, &expected, Value(v + kSlotBytes), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
  }
};

template <Opcode kOp, class T, auto kDo>
void Add(HandlerTable& table) {
  AddHandler<AtomicBody<kOp, T, kDo>>(table, {SlowForm(kOp)});
}

constexpr Opcode Next(Opcode op, int by) { return static_cast<Opcode>(static_cast<int>(op) + by); }

}  // namespace

void AddAtomicHandlers(HandlerTable& table) {
  // The seven rows of an operation: i32, i64, i32 of 8 and 16 bits, i64 of 8, 16 and 32 bits.
#define ROWS(op, function)                                              \
  Add<Opcode::k##op, uint32_t, Do<uint32_t>::function>(table);          \
  Add<Next(Opcode::k##op, 1), uint64_t, Do<uint64_t>::function>(table); \
  Add<Next(Opcode::k##op, 2), uint8_t, Do<uint8_t>::function>(table);   \
  Add<Next(Opcode::k##op, 3), uint16_t, Do<uint16_t>::function>(table); \
  Add<Next(Opcode::k##op, 4), uint8_t, Do<uint8_t>::function>(table);   \
  Add<Next(Opcode::k##op, 5), uint16_t, Do<uint16_t>::function>(table); \
  Add<Next(Opcode::k##op, 6), uint32_t, Do<uint32_t>::function>(table);
  ROWS(I32AtomicLoad, Load)
  ROWS(I32AtomicStore, Store)
  ROWS(I32AtomicRmwAdd, Add)
  ROWS(I32AtomicRmwSub, Sub)
  ROWS(I32AtomicRmwAnd, And)
  ROWS(I32AtomicRmwOr, Or)
  ROWS(I32AtomicRmwXor, Xor)
  ROWS(I32AtomicRmwXchg, Xchg)
  ROWS(I32AtomicRmwCmpxchg, Cmpxchg)
#undef ROWS
  AddHandler<FenceBody>(table, {ToRegOp(Opcode::kAtomicFence)});
  AddHandler<StackBody<&AtomicNotify>>(table, {SlowForm(Opcode::kMemoryAtomicNotify)});
  AddHandler<StackBody<&AtomicWait32>>(table, {SlowForm(Opcode::kMemoryAtomicWait32)});
  AddHandler<StackBody<&AtomicWait64>>(table, {SlowForm(Opcode::kMemoryAtomicWait64)});
}

}  // namespace cvm
