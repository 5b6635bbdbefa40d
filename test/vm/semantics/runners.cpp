// Semantics<op>::Eval behind one function type, for every instruction that has it.
#include <cstddef>
#include <type_traits>
#include <utility>

#include "test/vm/semantics/harness.hpp"
#include "vm/semantics/semantics.hpp"

namespace cvm::semantics_test {
namespace {

Outcome ToOutcome(I64Pair pair) {
  Outcome outcome;
  outcome.values = {Value::Of(pair.low), Value::Of(pair.high)};
  return outcome;
}

template <class T>
Outcome ToOutcome(T result) {
  Outcome outcome;
  outcome.values[0] = Value::Of(result);
  return outcome;
}

template <class T>
Outcome ToOutcome(OrTrap<T> result) {
  return result.trap == TrapKind::kNone ? ToOutcome(result.value) : Outcome::Trap(result.trap);
}

template <Opcode kOp, class Result, class... Operands>
Outcome Call(Result (*)(Operands...), Args args) {
  return [args]<size_t... kIndex>(std::index_sequence<kIndex...>) {
    return ToOutcome(Semantics<kOp>::Eval(args[kIndex].template As<Operands>()...));
  }(std::index_sequence_for<Operands...>());
}

template <Opcode kOp>
Outcome Run(Args args) {
  return Call<kOp>(&Semantics<kOp>::Eval, args);
}

template <Opcode kOp>
constexpr Runner RunnerOf() {
  if constexpr (HasSemantics<kOp>) {
    return &Run<kOp>;
  } else {
    return nullptr;
  }
}

constexpr Runner kRunners[] = {
#define OP(id, prefix, code, text, imm, sig, feature) RunnerOf<Opcode::k##id>(),
#include "vm/isa/opcodes.def"
};

}  // namespace

Runner FindRunner(Opcode op) { return kRunners[static_cast<size_t>(op)]; }

}  // namespace cvm::semantics_test
