// One decoded instruction, and reading and writing it in the binary encoding, by immediate kind.
//
// An Instr is meant to be reused from instruction to instruction: only the fields of its immediate kind are set, the
// vectors keep their storage.
#pragma once

#include <array>
#include <vector>

#include "vm/base/reader.hpp"
#include "vm/isa/opcode.hpp"

namespace cvm {

struct BlockType {
  enum class Kind : uint8_t { kEmpty, kValue, kType } kind = Kind::kEmpty;
  ValType value;   // kValue: the one result
  TypeIndex type;  // kType
};

struct MemArg {
  uint32_t align = 0;  // log2
  MemoryIndex memory;
  uint64_t offset = 0;
};

// One clause of try_table (core/syntax/instructions#control-instructions).
struct CatchClause {
  enum class Kind : uint8_t { kCatch, kCatchRef, kCatchAll, kCatchAllRef } kind;
  TagIndex tag;  // kCatch, kCatchRef
  uint32_t label;
};

struct Instr {
  Opcode op = Opcode::kNop;
  uint64_t offset = 0;  // of the opcode, in the file
  // Indices: func/type/table/memory/local/global/tag/elem/data/label/field/lane by immediate kind, in binary order.
  uint32_t index = 0;
  uint32_t index2 = 0;
  uint64_t bits = 0;                  // kI32 (sign-extended), kI64, kF32, kF64
  MemArg mem;                         // kMemArg, kMemArgLane (lane in index)
  std::array<uint8_t, 16> v128 = {};  // kV128, kShuffle
  BlockType block;                    // kBlock, kTryTable
  HeapType heap;                      // kHeapType; kBrOnCast: source
  HeapType heap2;                     // kBrOnCast: target
  uint8_t flags = 0;                  // kBrOnCast: bit 0 source nullable, bit 1 target nullable
  std::vector<uint32_t> labels;       // kLabelList: the default is last
  std::vector<ValType> types;         // kSelectTypes
  std::vector<CatchClause> catches;   // kTryTable

  const OpcodeInfo& info() const { return Info(op); }
};

// Reads a value type / heap type in the binary encoding. Malformed encodings are errors of kind kMalformed; whether an
// index exists is validation's affair.
Result<ValType> ReadValType(Reader& in, const Features& features);
Result<HeapType> ReadHeapType(Reader& in, const Features& features);
void WriteValType(Writer& out, ValType type);
void WriteHeapType(Writer& out, HeapType type);

// Reads and writes a block type (core/binary/instructions#binary-blocktype).
inline constexpr uint8_t kEmptyBlockByte = 0x40;
Result<BlockType> ReadBlockType(Reader& in, const Features& features);
void WriteBlockType(Writer& out, const BlockType& type);

Result<void> ReadInstrSlow(Reader& in, const Features& features, Instr* instr);

// Reads the next instruction. Refuses unknown codes ("illegal opcode …") and those whose feature is off (by its name).
// Inline is what nearly all of real code consists of: codes of one byte with immediates of one or two bytes each;
// reading instructions is what validation spends much of its time on.
inline Result<void> ReadInstr(Reader& in, const Features& features, Instr* instr) {
  if (in.remaining() < 4) return ReadInstrSlow(in, features, instr);
  const uint8_t* p = in.pos();
  const FastOp fast = kFastOps[*p];
  instr->op = fast.op;
  instr->offset = in.offset();
  // A LEB128 of two bytes, where the first says that there is a second and the second that there is no third.
  const auto two_bytes = [](const uint8_t* at) { return static_cast<uint32_t>((at[0] & 0x7f) | at[1] << 7); };
  switch (fast.shape) {
    case FastShape::kPlain:
      return in.Seek(p + 1), Result<void>();
    case FastShape::kIndex:
      if (p[1] < 0x80) return instr->index = p[1], in.Seek(p + 2), Result<void>();
      if (p[2] < 0x80) return instr->index = two_bytes(p + 1), in.Seek(p + 3), Result<void>();
      break;
    case FastShape::kMemArg:
      if (p[1] >= 0x40) break;
      instr->mem = {p[1], MemoryIndex(0), p[2]};
      if (p[2] < 0x80) return in.Seek(p + 3), Result<void>();
      if (p[3] >= 0x80) break;
      instr->mem.offset = two_bytes(p + 2);
      return in.Seek(p + 4), Result<void>();
    case FastShape::kI32:
      // The sign is bit 6 of the last byte.
      if (p[1] < 0x80) {
        instr->bits = static_cast<uint64_t>(int64_t{p[1] ^ 0x40} - 0x40);
        return in.Seek(p + 2), Result<void>();
      }
      if (p[2] >= 0x80) break;
      instr->bits = static_cast<uint64_t>(int64_t{two_bytes(p + 1) ^ 0x2000} - 0x2000);
      return in.Seek(p + 3), Result<void>();
    case FastShape::kBlock:
      if (p[1] != kEmptyBlockByte) break;
      instr->block = BlockType();
      return in.Seek(p + 2), Result<void>();
    case FastShape::kSlow:
      break;
  }
  return ReadInstrSlow(in, features, instr);
}
// Appends `instr` in the binary encoding.
void WriteInstr(Writer& out, const Instr& instr);

// True if some proposal that is on has this instruction; `throw` belongs to two.
bool IsEnabled(const OpcodeInfo& row, const Features& features);
// "… support is not enabled".
Error FeatureError(uint64_t offset, Feature feature);

}  // namespace cvm
