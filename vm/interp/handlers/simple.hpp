// The family of simple operations: result = Semantics<op>::Eval(operands), operands of any class; and the same with NaN
// results made canonical.
#pragma once

#include <tuple>

#include "vm/interp/handlers/family.hpp"

namespace cvm {

// What becomes of a result: nothing.
template <Opcode kOp>
struct AsComputed {
  template <class T>
  static CVM_INLINE T Of(T result) {
    return result;
  }
};

template <Opcode kOp, template <Opcode> class Finish = AsComputed>
struct SimpleFamily {
  using Traits = EvalTraits<decltype(&Semantics<kOp>::Eval)>;
  using Returned = typename Traits::Result;
  using Result = typename UnwrapOrTrap<Returned>::Type;
  static constexpr bool kTraps = UnwrapOrTrap<Returned>::kTraps;
  // A trailing uint8_t is the lane, an immediate.
  static constexpr bool HasLane() {
    if constexpr (Traits::kArgs == 0) {
      return false;
    } else {
      return std::is_same_v<typename Traits::template Arg<Traits::kArgs - 1>, uint8_t>;
    }
  }
  static constexpr size_t kOperands = Traits::kArgs - (HasLane() ? 1 : 0);

  template <size_t kIndex>
  static constexpr Bank BankOfOperand() {
    if constexpr (kIndex < kOperands) {
      return kBankOf<typename Traits::template Arg<kIndex>>;
    } else {
      return Bank::kNone;
    }
  }
  static constexpr Shape kShape{Format::kOp, kBankOf<Result>,
                                {BankOfOperand<0>(), BankOfOperand<1>(), BankOfOperand<2>()}};

  // Immediates: at most one, in the second operand unless the operation does not commute and is not a comparison (whose
  // operands the compiler swaps). Traps and comparisons do not write to pins: rare, and a move away.
  static constexpr bool kIsCompare = kOperands == 2 && kOp >= Opcode::kI32Eq && kOp <= Opcode::kF64Ge;
  static constexpr bool Commutes() {
    switch (kOp) {
      case Opcode::kI32Add:
      case Opcode::kI32Mul:
      case Opcode::kI32And:
      case Opcode::kI32Or:
      case Opcode::kI32Xor:
      case Opcode::kI64Add:
      case Opcode::kI64Mul:
      case Opcode::kI64And:
      case Opcode::kI64Or:
      case Opcode::kI64Xor: return true;
      default: return false;
    }
  }
  static constexpr bool Exists(Variant v) {
    if (kOperands == 1 && v.a == Src::kImm) return false;
    if (kOperands == 3) return v.a == Src::kSlot && v.b == Src::kSlot && v.c == Src::kSlot;
    if (kOperands == 2) {
      if (v.a == Src::kImm && v.b == Src::kImm) return false;
      if (kShape.src[0] == kShape.src[1] && v.a == Src::kAcc && v.b == Src::kAcc && kBankOf<Result> == Bank::kVec) return false;
      if (v.a == Src::kImm && (Commutes() || kIsCompare)) return false;
      // Mixed banks (vector and integer: shifts, replace_lane) take their immediates from slots.
      if (kShape.src[0] != kShape.src[1] && (v.a == Src::kImm || v.b == Src::kImm)) return false;
    }
    if ((kTraps || kIsCompare) && (v.dst == Dst::kPin0 || v.dst == Dst::kPin1)) return false;
    return true;
  }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const Returned result = Finish<kOp>::Of(Compute(r, std::make_index_sequence<kOperands>()));
      if constexpr (kTraps) {
        if (result.trap != TrapKind::kNone) [[unlikely]] return TrapFlow(r, result.trap);
        WriteResult<kV.dst, Result>(r, result.value);
      } else {
        WriteResult<kV.dst, Result>(r, result);
      }
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }

   private:
    static constexpr Src kClasses[3] = {kV.a, kV.b, kV.c};
    template <size_t kIndex>
    static CVM_INLINE auto Operand(const Regs& r) {
      // An integer immediate takes fields 2 and 3: a second operand then lies in field 1.
      constexpr bool kShifted = kIndex == 1 && kV.a == Src::kImm && kShape.src[0] == Bank::kInt;
      return ReadOperand<kClasses[kIndex], typename Traits::template Arg<kIndex>>(r, kShifted ? kField1 : kField1 + 2 * kIndex);
    }
    template <size_t... kIndices>
    static CVM_INLINE Returned Compute(const Regs& r, std::index_sequence<kIndices...>) {
      if constexpr (HasLane()) {
        return Semantics<kOp>::Eval(Operand<kIndices>(r)..., static_cast<uint8_t>(ReadField(r.ip, kField3)));
      } else {
        return Semantics<kOp>::Eval(Operand<kIndices>(r)...);
      }
    }
  };
};

// Adds the simple operations among [kFirst, kLast].
template <Opcode kFirst, Opcode kLast>
void AddSimple(HandlerTable& table) {
  ForEachOpcode<kFirst, kLast>([&]<Opcode kOp>() {
    if constexpr (HasSemantics<kOp>) AddFamily<ToRegOp(kOp), SimpleFamily<kOp>>(table);
  });
}

}  // namespace cvm
