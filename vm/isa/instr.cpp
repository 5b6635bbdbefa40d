// Reading instructions: one small reader an immediate kind, chosen by table (core/binary/instructions).
#include "vm/isa/instr.hpp"

namespace cvm {
namespace {

// At least two digits, and an even number of them.
std::string Hex(uint32_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    if (shift != 0 && value >> shift == 0) continue;
    text += kDigits[(value >> (shift + 4)) & 15];
    text += kDigits[(value >> shift) & 15];
  }
  return text;
}

using ReadFn = Result<void> (*)(Reader&, const Features&, Instr*);

Result<void> ReadNothing(Reader&, const Features&, Instr*) { return {}; }

Result<void> ReadIndex(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->index, in.U32());
  return {};
}

Result<void> ReadTwoIndices(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->index, in.U32());
  CVM_ASSIGN_OR_RETURN(instr->index2, in.U32());
  return {};
}

// Before a proposal made room for an index there stood one zero byte, of which no longer form was allowed.
Result<uint32_t> ReadIndexOrZero(Reader& in, bool index_allowed) {
  if (index_allowed) return in.U32();
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  if (byte != 0) return MalformedError(in.offset() - 1, "zero byte expected");
  return uint32_t{0};
}

Result<void> ReadTypeTable(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->index, in.U32());
  CVM_ASSIGN_OR_RETURN(instr->index2, ReadIndexOrZero(in, features.Has(Feature::kReferenceTypes)));
  return {};
}

Result<void> ReadMemory(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->index, ReadIndexOrZero(in, features.Has(Feature::kMultiMemory)));
  return {};
}

Result<void> ReadMemory2(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->index, ReadIndexOrZero(in, features.Has(Feature::kMultiMemory)));
  CVM_ASSIGN_OR_RETURN(instr->index2, ReadIndexOrZero(in, features.Has(Feature::kMultiMemory)));
  return {};
}

Result<void> ReadDataMemory(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->index, in.U32());
  CVM_ASSIGN_OR_RETURN(instr->index2, ReadIndexOrZero(in, features.Has(Feature::kMultiMemory)));
  return {};
}

Result<void> ReadBlock(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->block, ReadBlockType(in, features));
  return {};
}

Result<CatchClause> ReadCatchClause(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const uint8_t kind, in.U8());
  if (kind > 3) return MalformedError(in.offset() - 1, "malformed catch clause");
  CatchClause clause{static_cast<CatchClause::Kind>(kind), TagIndex(0), 0};
  if (kind < 2) {
    CVM_ASSIGN_OR_RETURN(clause.tag.value, in.U32());
  }
  CVM_ASSIGN_OR_RETURN(clause.label, in.U32());
  return clause;
}

Result<void> ReadTryTable(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->block, ReadBlockType(in, features));
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count(2));
  instr->catches.clear();
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(CatchClause clause, ReadCatchClause(in));
    instr->catches.push_back(clause);
  }
  return {};
}

Result<void> ReadLabelList(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count());
  instr->labels.resize(size_t{count} + 1);
  for (uint32_t& label : instr->labels) {
    CVM_ASSIGN_OR_RETURN(label, in.U32());
  }
  return {};
}

Result<void> ReadBrOnCast(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->flags, in.U8());
  if (instr->flags & 0xfc) return MalformedError(in.offset() - 1, "malformed br_on_cast flags");
  CVM_ASSIGN_OR_RETURN(instr->index, in.U32());
  CVM_ASSIGN_OR_RETURN(instr->heap, ReadHeapType(in, features));
  CVM_ASSIGN_OR_RETURN(instr->heap2, ReadHeapType(in, features));
  return {};
}

Result<void> ReadI32(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(const int32_t value, in.S32());
  instr->bits = static_cast<uint64_t>(int64_t{value});
  return {};
}
Result<void> ReadI64(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(const int64_t value, in.S64());
  instr->bits = static_cast<uint64_t>(value);
  return {};
}
Result<void> ReadF32(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->bits, in.FixedU32());
  return {};
}
Result<void> ReadF64(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->bits, in.FixedU64());
  return {};
}
Result<void> ReadV128(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(const Bytes bytes, in.Take(16));
  std::memcpy(instr->v128.data(), bytes.data(), 16);
  return {};
}
Result<void> ReadLane(Reader& in, const Features&, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->index, in.U8());
  return {};
}
Result<void> ReadFence(Reader& in, const Features&, Instr*) {
  CVM_RETURN_IF_ERROR(ReadIndexOrZero(in, false));
  return {};
}

// Bit 6 of the first field says that a memory index follows (core/binary/instructions#binary-memarg).
Result<void> ReadMemArg(Reader& in, const Features& features, Instr* instr) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t flags, in.U32());
  if (flags >= (features.Has(Feature::kMultiMemory) ? 0x80u : 0x40u))
    return MalformedError(at, "malformed memop flags");
  instr->mem.align = flags & 0x3f;
  instr->mem.memory = MemoryIndex(0);
  if (flags & 0x40) {
    CVM_ASSIGN_OR_RETURN(instr->mem.memory.value, in.U32());
  }
  if (features.Has(Feature::kMemory64)) {
    CVM_ASSIGN_OR_RETURN(instr->mem.offset, in.U64());
  } else {
    CVM_ASSIGN_OR_RETURN(instr->mem.offset, in.U32());
  }
  return {};
}

Result<void> ReadMemArgLane(Reader& in, const Features& features, Instr* instr) {
  CVM_RETURN_IF_ERROR(ReadMemArg(in, features, instr));
  return ReadLane(in, features, instr);
}

Result<void> ReadHeap(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(instr->heap, ReadHeapType(in, features));
  return {};
}

Result<void> ReadSelectTypes(Reader& in, const Features& features, Instr* instr) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count());
  instr->types.clear();
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const ValType type, ReadValType(in, features));
    instr->types.push_back(type);
  }
  return {};
}

struct Kinded {
  ImmKind kind;
  ReadFn read;
};
constexpr Kinded kReaders[] = {
    {ImmKind::kNone, ReadNothing},
    {ImmKind::kBlock, ReadBlock},
    {ImmKind::kTryTable, ReadTryTable},
    {ImmKind::kLabel, ReadIndex},
    {ImmKind::kLabelList, ReadLabelList},
    {ImmKind::kBrOnCast, ReadBrOnCast},
    {ImmKind::kFunc, ReadIndex},
    {ImmKind::kType, ReadIndex},
    {ImmKind::kTypeTable, ReadTypeTable},
    {ImmKind::kTypeField, ReadTwoIndices},
    {ImmKind::kType2, ReadTwoIndices},
    {ImmKind::kTypeCount, ReadTwoIndices},
    {ImmKind::kTypeData, ReadTwoIndices},
    {ImmKind::kTypeElem, ReadTwoIndices},
    {ImmKind::kTable, ReadIndex},
    {ImmKind::kTable2, ReadTwoIndices},
    {ImmKind::kElemTable, ReadTwoIndices},
    {ImmKind::kElem, ReadIndex},
    {ImmKind::kData, ReadIndex},
    {ImmKind::kDataMemory, ReadDataMemory},
    {ImmKind::kMemory, ReadMemory},
    {ImmKind::kMemory2, ReadMemory2},
    {ImmKind::kLocal, ReadIndex},
    {ImmKind::kGlobal, ReadIndex},
    {ImmKind::kTag, ReadIndex},
    {ImmKind::kI32, ReadI32},
    {ImmKind::kI64, ReadI64},
    {ImmKind::kF32, ReadF32},
    {ImmKind::kF64, ReadF64},
    {ImmKind::kV128, ReadV128},
    {ImmKind::kLane, ReadLane},
    {ImmKind::kShuffle, ReadV128},
    {ImmKind::kMemArg, ReadMemArg},
    {ImmKind::kMemArgLane, ReadMemArgLane},
    {ImmKind::kHeapType, ReadHeap},
    {ImmKind::kSelectTypes, ReadSelectTypes},
    {ImmKind::kFence, ReadFence},
};
consteval bool ReadersStandAtTheirKinds() {
  for (size_t i = 0; i < std::size(kReaders); ++i) {
    if (kReaders[i].kind != static_cast<ImmKind>(i)) return false;
  }
  return std::size(kReaders) == static_cast<size_t>(ImmKind::kFence) + 1;
}
static_assert(ReadersStandAtTheirKinds(), "an immediate kind has no reader");

}  // namespace

bool IsEnabled(const OpcodeInfo& row, const Features& features) {
  if (features.Has(row.feature)) return true;
  return row.op == Opcode::kThrow && features.Has(Feature::kLegacyExceptions);
}

Error FeatureError(uint64_t offset, Feature feature) {
  return UnsupportedError(std::string(FeatureKey(feature)) + " support is not enabled").AtOffset(offset);
}

Result<void> ReadInstrSlow(Reader& in, const Features& features, Instr* instr) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t byte, in.U8());
  const OpcodeInfo* row;
  if (byte >= 0xfb && byte <= 0xfe) {
    CVM_ASSIGN_OR_RETURN(const uint32_t code, in.U32());
    row = FindOpcode(byte, code);
    if (row == nullptr) return MalformedError(at, "illegal opcode " + Hex(byte) + " " + Hex(code));
  } else {
    row = FindOpcode(0, byte);
    if (row == nullptr) return MalformedError(at, "illegal opcode " + Hex(byte));
  }
  if (!IsEnabled(*row, features)) return FeatureError(at, row->feature);
  instr->op = row->op;
  instr->offset = at;
  return kReaders[static_cast<size_t>(row->imm)].read(in, features, instr);
}

}  // namespace cvm
