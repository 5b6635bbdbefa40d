// Wide arithmetic: 128-bit results in two slots, low half first. Stack form.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/family.hpp"

namespace cvm {
namespace {

template <Opcode kOp>
struct WideBody {
  static constexpr size_t kOperands = EvalTraits<decltype(&Semantics<kOp>::Eval)>::kArgs;

  static CVM_INLINE Flow Run(Regs& r) {
    uint8_t* slots = StackBase(r);
    const I64Pair result = [&]<size_t... kIndices>(std::index_sequence<kIndices...>) {
      return Semantics<kOp>::Eval(LoadAs<uint64_t>(slots + kSlotBytes * kIndices)...);
    }(std::make_index_sequence<kOperands>());
    StoreAs(slots, result.low);
    StoreAs(slots + kSlotBytes, result.high);
    r.ip += 24;
    return Flow::kNext;
  }
};

}  // namespace

void AddWideHandlers(HandlerTable& table) {
  ForEachOpcode<Opcode::kI64Add128, Opcode::kI64MulWideU>(
      [&]<Opcode kOp>() { AddHandler<WideBody<kOp>>(table, {ToRegOp(kOp)}); });
}

}  // namespace cvm
