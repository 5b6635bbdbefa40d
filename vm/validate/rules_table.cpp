// Rules of table instructions whose operands depend on the table's element type
// (core/valid/instructions#table-instructions). Memory instructions and table.size, elem.drop need no code: their rows
// have signatures.
#include "vm/validate/rules.hpp"

namespace cvm {
namespace {

bool TableGet(FunctionValidator& v, const Instr& instr, const Rule&) {
  const TableType* table = nullptr;
  return v.TableAt(instr.index, &table) && v.Pop(PackedAddr(table->limits.addr)) && v.Push(Pack(table->element));
}

bool TableSet(FunctionValidator& v, const Instr& instr, const Rule&) {
  const TableType* table = nullptr;
  if (!v.TableAt(instr.index, &table)) return false;
  const Packed params[] = {PackedAddr(table->limits.addr), Pack(table->element)};
  return v.PopAll(params);
}

bool TableGrow(FunctionValidator& v, const Instr& instr, const Rule&) {
  const TableType* table = nullptr;
  if (!v.TableAt(instr.index, &table)) return false;
  const Packed addr = PackedAddr(table->limits.addr);
  const Packed params[] = {Pack(table->element), addr};
  return v.Apply(params, {&addr, 1});
}

bool TableFill(FunctionValidator& v, const Instr& instr, const Rule&) {
  const TableType* table = nullptr;
  if (!v.TableAt(instr.index, &table)) return false;
  const Packed addr = PackedAddr(table->limits.addr);
  const Packed params[] = {addr, Pack(table->element), addr};
  return v.PopAll(params);
}

bool TableCopy(FunctionValidator& v, const Instr& instr, const Rule&) {
  const TableType* to = nullptr;
  const TableType* from = nullptr;
  if (!v.TableAt(instr.index, &to) || !v.TableAt(instr.index2, &from)) return false;
  if (!MatchVal(v.types(), from->element, to->element)) {
    return v.TypeMismatch("source element type " + ToString(from->element) +
                          " does not match destination element type " + ToString(to->element));
  }
  const Packed to_addr = PackedAddr(to->limits.addr);
  const Packed from_addr = PackedAddr(from->limits.addr);
  // The length is of the smaller of the two address types.
  const Packed params[] = {to_addr, from_addr, to_addr == kPackedI64 ? from_addr : to_addr};
  return v.PopAll(params);
}

bool TableInit(FunctionValidator& v, const Instr& instr, const Rule&) {
  const TableType* table = nullptr;
  const ElementSegment* segment = nullptr;
  if (!v.TableAt(instr.index2, &table) || !v.ElemAt(instr.index, &segment)) return false;
  if (!MatchVal(v.types(), segment->type, table->element)) {
    return v.TypeMismatch("element segment's type " + ToString(segment->type) +
                          " does not match table's element type " + ToString(table->element));
  }
  const Packed params[] = {PackedAddr(table->limits.addr), kPackedI32, kPackedI32};
  return v.PopAll(params);
}

constexpr CustomRule kRules[] = {
    {Opcode::kTableGet, TableGet},   {Opcode::kTableSet, TableSet},   {Opcode::kTableGrow, TableGrow},
    {Opcode::kTableFill, TableFill}, {Opcode::kTableCopy, TableCopy}, {Opcode::kTableInit, TableInit},
};

}  // namespace

std::span<const CustomRule> TableRules() { return kRules; }

}  // namespace cvm
