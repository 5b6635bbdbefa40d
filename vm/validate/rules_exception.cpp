// Rules of exceptions: throw, throw_ref, try_table, and the legacy proposal's try, catch, catch_all, delegate, rethrow
// (proposals/exception-handling/legacy).
#include "vm/validate/rules.hpp"

namespace cvm {
namespace {

bool TagParams(FunctionValidator& v, uint32_t tag, PackedSpan* params) {
  if (tag >= v.module().tag_types.size()) return v.Unknown("tag", tag);
  *params = v.validated().ParamsOf(v.module().tag_types[tag].type.value);
  return true;
}

bool Throw(FunctionValidator& v, const Instr& instr, const Rule&) {
  PackedSpan params;
  return TagParams(v, instr.index, &params) && v.PopAll(params) && v.MarkUnreachable();
}

bool ThrowRef(FunctionValidator& v, const Instr&, const Rule&) {
  return v.Pop(PackedRef(HeapKind::kExn, true)) && v.MarkUnreachable();
}

// A clause hands the tag's values, and the exception itself for the _ref kinds, to a label outside the block.
bool CheckClause(FunctionValidator& v, const CatchClause& clause) {
  std::vector<Packed>& carried = v.scratch();
  carried.clear();
  if (clause.kind == CatchClause::Kind::kCatch || clause.kind == CatchClause::Kind::kCatchRef) {
    PackedSpan params;
    if (!TagParams(v, clause.tag.value, &params)) return false;
    carried.assign(params.begin(), params.end());
  }
  if (clause.kind == CatchClause::Kind::kCatchRef || clause.kind == CatchClause::Kind::kCatchAllRef) {
    carried.push_back(PackedRef(HeapKind::kExn, false));
  }
  PackedSpan label;
  if (!v.Label(clause.label, &label)) return false;
  return v.MatchesAll(carried, label) ||
         v.TypeMismatch("catch handler requires " + ToString(label) + " but label has " + ToString(carried));
}

bool TryTable(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (!v.CheckBlockType(instr.block)) return false;
  for (const CatchClause& clause : instr.catches) {
    if (!CheckClause(v, clause)) return false;
  }
  return v.OpenBlock(instr.op, instr.block);
}

bool Try(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.CheckBlockType(instr.block) && v.OpenBlock(instr.op, instr.block);
}

bool InTryOrCatch(FunctionValidator& v) { return v.frame().op == Opcode::kTry || v.frame().op == Opcode::kCatch; }

bool Catch(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (!InTryOrCatch(v)) return v.Malformed("unexpected token: catch without try");
  PackedSpan params;
  return TagParams(v, instr.index, &params) && v.CloseArm() && v.OpenArm(Opcode::kCatch, params);
}

bool CatchAll(FunctionValidator& v, const Instr&, const Rule&) {
  if (!InTryOrCatch(v)) return v.Malformed("unexpected token: catch_all without try");
  return v.CloseArm() && v.OpenArm(Opcode::kCatchAll, {});
}

// Ends the try; its label is counted from outside.
bool Delegate(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (v.frame().op != Opcode::kTry) return v.Malformed("unexpected token: delegate without try");
  if (!v.CloseArm() || !v.CloseBlock()) return false;
  PackedSpan ignored;
  return v.Label(instr.index, &ignored);
}

bool Rethrow(FunctionValidator& v, const Instr& instr, const Rule&) {
  PackedSpan ignored;
  if (!v.Label(instr.index, &ignored)) return false;
  const Opcode target = v.frames()[v.frames().size() - 1 - instr.index].op;
  if (target != Opcode::kCatch && target != Opcode::kCatchAll) {
    return v.Invalid("invalid rethrow label " + std::to_string(instr.index));
  }
  return v.MarkUnreachable();
}

constexpr CustomRule kRules[] = {
    {Opcode::kThrow, Throw}, {Opcode::kThrowRef, ThrowRef}, {Opcode::kTryTable, TryTable}, {Opcode::kTry, Try},
    {Opcode::kCatch, Catch}, {Opcode::kCatchAll, CatchAll}, {Opcode::kDelegate, Delegate}, {Opcode::kRethrow, Rethrow},
};

}  // namespace

std::span<const CustomRule> ExceptionRules() { return kRules; }

}  // namespace cvm
