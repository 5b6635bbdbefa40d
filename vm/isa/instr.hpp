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
Result<BlockType> ReadBlockType(Reader& in, const Features& features);
void WriteBlockType(Writer& out, const BlockType& type);

Result<void> ReadInstrSlow(Reader& in, const Features& features, Instr* instr);

// Reads the next instruction. Refuses unknown codes ("illegal opcode …") and those whose feature is off (by its name).
inline Result<void> ReadInstr(Reader& in, const Features& features, Instr* instr) {
  if (in.remaining() < 3) return ReadInstrSlow(in, features, instr);
  const uint8_t* p = in.pos();
  const FastOp fast = kFastOps[*p];
  instr->op = fast.op;
  instr->offset = in.offset();
  switch (fast.shape) {
    case FastShape::kPlain:
      in.Seek(p + 1);
      return {};
    case FastShape::kIndex:
      if (p[1] >= 0x80) break;
      instr->index = p[1];
      in.Seek(p + 2);
      return {};
    case FastShape::kMemArg:
      if (p[1] >= 0x40 || p[2] >= 0x80) break;
      instr->mem = {p[1], MemoryIndex(0), p[2]};
      in.Seek(p + 3);
      return {};
    case FastShape::kI32:
      if (p[1] >= 0x80) break;
      instr->bits = static_cast<uint64_t>(static_cast<int64_t>(p[1] ^ 0x40) - 0x40);  // sign of 7 bits
      in.Seek(p + 2);
      return {};
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
