// The second half of the vector instructions: 32- and 64-bit lanes, floats, conversions, relaxed ones; and i8x16.shuffle.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/simple.hpp"

namespace cvm {
namespace {

struct ShuffleFamily {
  static constexpr Shape kShape{Format::kShuffle, Bank::kVec, {Bank::kVec, Bank::kVec, Bank::kNone}};
  static constexpr bool Exists(Variant v) { return v.a != Src::kAcc || v.b != Src::kAcc; }

  template <Variant kV>
  struct Body {
    static CVM_INLINE Flow Run(Regs& r) {
      const V128 a = ReadOperand<kV.a, V128>(r, kField1);
      const V128 b = ReadOperand<kV.b, V128>(r, kField2);
      WriteResult<kV.dst, V128>(r, Semantics<Opcode::kI8x16Shuffle>::Eval(a, b, LoadAs<V128>(r.ip + kImm64)));
      r.ip += CellSize(kShape, kV);
      return Flow::kNext;
    }
  };
};

}  // namespace

void AddSimdOtherHandlers(HandlerTable& table) {
  AddFamily<RegOp::kShuffle, ShuffleFamily>(table);
  AddSimple<Opcode::kI32x4Abs, Opcode::kI32x4RelaxedDotI8x16I7x16AddS>(table);
}

}  // namespace cvm
