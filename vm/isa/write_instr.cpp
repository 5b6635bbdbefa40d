// Writing instructions, by immediate kind: the mirror image of instr.cpp.
#include "vm/isa/instr.hpp"

namespace cvm {
namespace {

void WriteMemArg(Writer& out, const MemArg& mem) {
  if (mem.memory.value == 0) {
    out.U32(mem.align);
  } else {
    out.U32(mem.align | 0x40);
    out.U32(mem.memory.value);
  }
  out.U64(mem.offset);
}

void WriteTryTable(Writer& out, const Instr& instr) {
  WriteBlockType(out, instr.block);
  out.U64(instr.catches.size());
  for (const CatchClause& clause : instr.catches) {
    out.U8(static_cast<uint8_t>(clause.kind));
    if (clause.kind <= CatchClause::Kind::kCatchRef) out.U32(clause.tag.value);
    out.U32(clause.label);
  }
}

void WriteLabelList(Writer& out, const Instr& instr) {
  out.U64(instr.labels.size() - 1);
  for (const uint32_t label : instr.labels) out.U32(label);
}

void WriteBrOnCast(Writer& out, const Instr& instr) {
  out.U8(instr.flags);
  out.U32(instr.index);
  WriteHeapType(out, instr.heap);
  WriteHeapType(out, instr.heap2);
}

// Constants and lanes.
void WriteBits(Writer& out, ImmKind kind, const Instr& instr) {
  switch (kind) {
    case ImmKind::kI32:
      out.S32(static_cast<int32_t>(instr.bits));
      break;
    case ImmKind::kI64:
      out.S64(static_cast<int64_t>(instr.bits));
      break;
    case ImmKind::kF32:
      out.FixedU32(static_cast<uint32_t>(instr.bits));
      break;
    case ImmKind::kF64:
      out.FixedU64(instr.bits);
      break;
    default:
      out.Raw(instr.v128);
      break;
  }
}

// How many plain indices the immediates consist of; 0 for those of another form.
int IndexCount(ImmKind kind) {
  switch (kind) {
    case ImmKind::kLabel:
    case ImmKind::kFunc:
    case ImmKind::kType:
    case ImmKind::kTable:
    case ImmKind::kElem:
    case ImmKind::kData:
    case ImmKind::kMemory:
    case ImmKind::kLocal:
    case ImmKind::kGlobal:
    case ImmKind::kTag:
      return 1;
    case ImmKind::kTypeTable:
    case ImmKind::kTypeField:
    case ImmKind::kType2:
    case ImmKind::kTypeCount:
    case ImmKind::kTypeData:
    case ImmKind::kTypeElem:
    case ImmKind::kTable2:
    case ImmKind::kElemTable:
    case ImmKind::kDataMemory:
    case ImmKind::kMemory2:
      return 2;
    default:
      return 0;
  }
}

void WriteSelectTypes(Writer& out, const Instr& instr) {
  out.U64(instr.types.size());
  for (const ValType type : instr.types) WriteValType(out, type);
}

void WriteImmediates(Writer& out, ImmKind kind, const Instr& instr) {
  const int indices = IndexCount(kind);
  if (indices > 0) out.U32(instr.index);
  if (indices > 1) out.U32(instr.index2);
  if (indices > 0) return;
  switch (kind) {
    case ImmKind::kNone:
      return;
    case ImmKind::kBlock:
      return WriteBlockType(out, instr.block);
    case ImmKind::kTryTable:
      return WriteTryTable(out, instr);
    case ImmKind::kLabelList:
      return WriteLabelList(out, instr);
    case ImmKind::kBrOnCast:
      return WriteBrOnCast(out, instr);
    case ImmKind::kLane:
      return out.U8(static_cast<uint8_t>(instr.index));
    case ImmKind::kMemArg:
      return WriteMemArg(out, instr.mem);
    case ImmKind::kMemArgLane:
      WriteMemArg(out, instr.mem);
      return out.U8(static_cast<uint8_t>(instr.index));
    case ImmKind::kHeapType:
      return WriteHeapType(out, instr.heap);
    case ImmKind::kSelectTypes:
      return WriteSelectTypes(out, instr);
    case ImmKind::kFence:
      return out.U8(0);
    default:
      return WriteBits(out, kind, instr);
  }
}

}  // namespace

void WriteInstr(Writer& out, const Instr& instr) {
  const OpcodeInfo& row = instr.info();
  if (row.prefix != 0) {
    out.U8(row.prefix);
    out.U32(row.code);
  } else {
    out.U8(static_cast<uint8_t>(row.code));
  }
  WriteImmediates(out, row.imm, instr);
}

}  // namespace cvm
