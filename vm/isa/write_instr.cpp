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

void WriteTwoIndices(Writer& out, const Instr& instr) {
  out.U32(instr.index);
  out.U32(instr.index2);
}

void WriteImmediates(Writer& out, ImmKind kind, const Instr& instr) {
  switch (kind) {
    case ImmKind::kNone:
      break;
    case ImmKind::kBlock:
      WriteBlockType(out, instr.block);
      break;
    case ImmKind::kTryTable:
      WriteTryTable(out, instr);
      break;
    case ImmKind::kLabelList:
      WriteLabelList(out, instr);
      break;
    case ImmKind::kBrOnCast:
      WriteBrOnCast(out, instr);
      break;
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
      out.U32(instr.index);
      break;
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
      WriteTwoIndices(out, instr);
      break;
    case ImmKind::kI32:
    case ImmKind::kI64:
    case ImmKind::kF32:
    case ImmKind::kF64:
    case ImmKind::kV128:
    case ImmKind::kShuffle:
      WriteBits(out, kind, instr);
      break;
    case ImmKind::kLane:
      out.U8(static_cast<uint8_t>(instr.index));
      break;
    case ImmKind::kMemArg:
      WriteMemArg(out, instr.mem);
      break;
    case ImmKind::kMemArgLane:
      WriteMemArg(out, instr.mem);
      out.U8(static_cast<uint8_t>(instr.index));
      break;
    case ImmKind::kHeapType:
      WriteHeapType(out, instr.heap);
      break;
    case ImmKind::kSelectTypes:
      out.U64(instr.types.size());
      for (const ValType type : instr.types) WriteValType(out, type);
      break;
    case ImmKind::kFence:
      out.U8(0);
      break;
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
