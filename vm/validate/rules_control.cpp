// Rules of control instructions and calls (core/valid/instructions#control-instructions).
#include "vm/validate/rules.hpp"

namespace cvm {
namespace {

bool Unreachable(FunctionValidator& v, const Instr&, const Rule&) { return v.MarkUnreachable(); }

bool Nop(FunctionValidator&, const Instr&, const Rule&) { return true; }

bool Block(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.CheckBlockType(instr.block) && v.OpenBlock(instr.op, instr.block);
}

bool If(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.CheckBlockType(instr.block) && v.Pop(kPackedI32) && v.OpenBlock(instr.op, instr.block);
}

bool Else(FunctionValidator& v, const Instr&, const Rule&) {
  if (v.frame().op != Opcode::kIf) return v.Malformed("unexpected token: else without if");
  return v.CloseArm() && v.OpenArm(Opcode::kElse, v.ParamsOf(v.frame()));
}

bool End(FunctionValidator& v, const Instr&, const Rule&) {
  if (!v.CloseArm()) return false;
  // An if without else has an empty other arm, which must make the results of the parameters.
  if (v.frame().op == Opcode::kIf) {
    if (!v.OpenArm(Opcode::kElse, v.ParamsOf(v.frame())) || !v.CloseArm()) return false;
  }
  return v.CloseBlock();
}

bool Br(FunctionValidator& v, const Instr& instr, const Rule&) {
  PackedSpan types;
  return v.Label(instr.index, &types) && v.PopAll(types) && v.MarkUnreachable();
}

bool BrIf(FunctionValidator& v, const Instr& instr, const Rule&) {
  PackedSpan types;
  return v.Label(instr.index, &types) && v.Pop(kPackedI32) && v.Apply(types, types);
}

// All labels take as many values as the default; each must match what is on the stack.
bool BrTable(FunctionValidator& v, const Instr& instr, const Rule&) {
  PackedSpan wanted;
  if (!v.Label(instr.labels.back(), &wanted) || !v.Pop(kPackedI32)) return false;
  uint32_t checked = instr.labels.back();
  for (const uint32_t label : instr.labels) {
    if (label == checked) continue;
    PackedSpan types;
    if (!v.Label(label, &types)) return false;
    if (types.size() != wanted.size()) {
      return v.TypeMismatch("label requires " + ToString(types) + " but the default label has " + ToString(wanted));
    }
    if (!v.CheckTop(types)) return false;
    checked = label;
  }
  return v.PopAll(wanted) && v.MarkUnreachable();
}

bool Return(FunctionValidator& v, const Instr&, const Rule&) {
  return v.PopAll(v.FunctionResults()) && v.MarkUnreachable();
}

// A call with its type's signature; a tail call instead asks that the results fit those of this function.
bool CallType(FunctionValidator& v, uint32_t type, bool tail) {
  const PackedSpan params = v.validated().ParamsOf(type);
  const PackedSpan results = v.validated().ResultsOf(type);
  if (!tail) return v.Apply(params, results);
  if (!v.MatchesAll(results, v.FunctionResults())) {
    return v.TypeMismatch("current function requires result type " + ToString(v.FunctionResults()) +
                          " but callee returns " + ToString(results));
  }
  return v.PopAll(params) && v.MarkUnreachable();
}

template <bool kTail>
bool Call(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (instr.index >= v.module().func_types.size()) return v.Unknown("function", instr.index);
  return CallType(v, v.module().func_types[instr.index].value, kTail);
}

template <bool kTail>
bool CallIndirect(FunctionValidator& v, const Instr& instr, const Rule&) {
  const TableType* table = nullptr;
  if (!v.TableAt(instr.index2, &table) || !v.FuncTypeAt(instr.index)) return false;
  if (!MatchVal(v.types(), table->element, ValType::FuncRef())) {
    return v.TypeMismatch("instruction requires table of function type but table has element type " +
                          ToString(table->element));
  }
  return v.Pop(PackedAddr(table->limits.addr)) && CallType(v, instr.index, kTail);
}

template <bool kTail>
bool CallRef(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.FuncTypeAt(instr.index) && v.Pop(PackedRef(HeapType::Concrete(TypeIndex(instr.index)), true)) &&
         CallType(v, instr.index, kTail);
}

constexpr CustomRule kRules[] = {
    {Opcode::kUnreachable, Unreachable},
    {Opcode::kNop, Nop},
    {Opcode::kBlock, Block},
    {Opcode::kLoop, Block},
    {Opcode::kIf, If},
    {Opcode::kElse, Else},
    {Opcode::kEnd, End},
    {Opcode::kBr, Br},
    {Opcode::kBrIf, BrIf},
    {Opcode::kBrTable, BrTable},
    {Opcode::kReturn, Return},
    {Opcode::kCall, Call<false>},
    {Opcode::kCallIndirect, CallIndirect<false>},
    {Opcode::kCallRef, CallRef<false>},
    {Opcode::kReturnCall, Call<true>},
    {Opcode::kReturnCallIndirect, CallIndirect<true>},
    {Opcode::kReturnCallRef, CallRef<true>},
};

}  // namespace

std::span<const CustomRule> ControlRules() { return kRules; }

}  // namespace cvm
