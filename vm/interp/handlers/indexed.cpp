// Accesses to memory 0 at a computed address: a + b + offset16, a + imm32, and a + (b << log2 of the width) + offset16.
#include "vm/interp/handlers/access.hpp"
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/family.hpp"

namespace cvm {
namespace {

// The sum of base and index wraps at 32 bits, as the i32.add that was folded away did.
template <Variant kV, int kShift>
CVM_INLINE uint32_t IndexedBase(const Regs& r) {
  return ReadOperand<kV.a, uint32_t>(r, kField1) + (ReadOperand<kV.b, uint32_t>(r, kField2) << kShift);
}

// A constant addend takes the place of the offset.
template <Variant kV>
CVM_INLINE uint64_t IndexedOffset(const Regs& r) {
  return kV.b == Src::kImm ? 0 : static_cast<uint16_t>(ReadField(r.ip, kField3));
}

template <Opcode kOp, int kShift>
struct IndexedLoadFamily {
  using A = Access<kOp>;
  static constexpr Shape kShape{Format::kLoadX, kBankOf<typename A::Type>, {Bank::kInt, Bank::kInt, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kImm && (kShift == 0 || v.b != Src::kImm); }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      uint8_t* p;
      if (!PlainAddress<A::kBytes>(r, IndexedBase<kV, kShift>(r), IndexedOffset<kV>(r), &p)) {
        return TrapFlow(r, TrapKind::kMemoryOutOfBounds);
      }
      WriteResult<kV.dst, typename A::Type>(r, A::Load(p));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

template <Opcode kOp>
struct IndexedStoreFamily {
  using A = Access<kOp>;
  using Type = typename A::Type;
  static constexpr Shape kShape{Format::kStoreX, Bank::kNone, {Bank::kInt, Bank::kInt, kBankOf<Type>}};
  static constexpr bool Exists(Variant v) {
    return v.a != Src::kImm && (kBankOf<Type> == Bank::kInt || v.c != Src::kImm);
  }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const Type value = ReadOperand16<kV.c, Type>(r, kField0);
      uint8_t* p;
      if (!PlainAddress<A::kBytes>(r, IndexedBase<kV, 0>(r), IndexedOffset<kV>(r), &p)) {
        return TrapFlow(r, TrapKind::kMemoryOutOfBounds);
      }
      A::Store(p, value);
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

}  // namespace

void AddIndexedHandlers(HandlerTable& table) {
#define LOAD(op) AddFamily<RegOp::k##op##X, IndexedLoadFamily<Opcode::k##op, 0>>(table)
  LOAD(I32Load), LOAD(I64Load), LOAD(I32Load8S), LOAD(I32Load8U), LOAD(I32Load16S), LOAD(I32Load16U);
  LOAD(F32Load), LOAD(F64Load);
#undef LOAD
#define SCALED(op, shift) AddFamily<RegOp::k##op##Scaled, IndexedLoadFamily<Opcode::k##op, shift>>(table)
  SCALED(I32Load, 2), SCALED(I64Load, 3), SCALED(I32Load16S, 1), SCALED(I32Load16U, 1);
  SCALED(F32Load, 2), SCALED(F64Load, 3);
#undef SCALED
#define STORE(op) AddFamily<RegOp::k##op##X, IndexedStoreFamily<Opcode::k##op>>(table)
  STORE(I32Store), STORE(I64Store), STORE(I32Store8), STORE(I32Store16), STORE(F32Store), STORE(F64Store);
#undef STORE
}

}  // namespace cvm
