// Rules of variable and parametric instructions (core/valid/instructions#variable-instructions,
// #parametric-instructions).
#include "vm/validate/rules.hpp"

namespace cvm {
namespace {

bool LocalGet(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (instr.index >= v.local_count()) return v.Unknown("local", instr.index);
  if (v.IsUnset(instr.index)) return v.Invalid("uninitialized local " + std::to_string(instr.index));
  return v.Push(v.LocalType(instr.index));
}

bool LocalSet(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (instr.index >= v.local_count()) return v.Unknown("local", instr.index);
  if (!v.Pop(v.LocalType(instr.index))) return false;
  v.SetLocal(instr.index);
  return true;
}

bool LocalTee(FunctionValidator& v, const Instr& instr, const Rule& rule) {
  return LocalSet(v, instr, rule) && v.Push(v.LocalType(instr.index));
}

bool GlobalGet(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (instr.index >= v.visible_globals()) return v.Unknown("global", instr.index);
  return v.Push(Pack(v.module().global_types[instr.index].type));
}

bool GlobalSet(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (instr.index >= v.visible_globals()) return v.Unknown("global", instr.index);
  const GlobalType& global = v.module().global_types[instr.index];
  if (!global.mutable_) return v.Invalid("immutable global " + std::to_string(instr.index));
  return v.Pop(Pack(global.type));
}

bool Drop(FunctionValidator& v, const Instr&, const Rule&) {
  Packed ignored = kPackedBottom;
  return v.PopAny(&ignored);
}

// Without a type, both operands must be of one numeric or vector type.
bool Select(FunctionValidator& v, const Instr&, const Rule&) {
  Packed a = kPackedBottom, b = kPackedBottom;
  if (!v.Pop(kPackedI32) || !v.PopAny(&b) || !v.PopAny(&a)) return false;
  for (const Packed type : {a, b}) {
    if (IsPackedRef(type)) {
      return v.TypeMismatch("instruction requires numeric or vector type but stack has " + ToString({&type, 1}));
    }
  }
  if (a != b && a != kPackedBottom && b != kPackedBottom) {
    return v.TypeMismatch("select of " + ToString({&a, 1}) + " and " + ToString({&b, 1}));
  }
  return v.Push(a == kPackedBottom ? b : a);
}

bool SelectT(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (instr.types.size() != 1) return v.Invalid("invalid result arity: select takes one type");
  if (!v.CheckValType(instr.types[0])) return false;
  const Packed type = Pack(instr.types[0]);
  const Packed params[] = {type, type, kPackedI32};
  return v.Apply(params, {&type, 1});
}

constexpr CustomRule kRules[] = {
    {Opcode::kLocalGet, LocalGet},   {Opcode::kLocalSet, LocalSet},   {Opcode::kLocalTee, LocalTee},
    {Opcode::kGlobalGet, GlobalGet}, {Opcode::kGlobalSet, GlobalSet}, {Opcode::kDrop, Drop},
    {Opcode::kSelect, Select},       {Opcode::kSelectT, SelectT},
};

}  // namespace

std::span<const CustomRule> VariableRules() { return kRules; }

}  // namespace cvm
