// The instruction table. opcodes.def is the only list of WebAssembly instructions in the tree; this header expands it
// to the enum Opcode, opcode.cpp to the table of OpcodeInfo. Everybody else loops over the table or works by immediate
// kind and signature. Immutable; safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "vm/types/features.hpp"
#include "vm/types/types.hpp"

namespace cvm {

enum class Opcode : uint16_t {
#define OP(id, prefix, code, text, imm, sig, feature) k##id,
#include "vm/isa/opcodes.def"
};

inline constexpr size_t kOpcodeCount = 0
#define OP(id, prefix, code, text, imm, sig, feature) +1
#include "vm/isa/opcodes.def"
    ;

// What follows an instruction's code in the binary, and its operands in the text (core/binary/instructions).
enum class ImmKind : uint8_t {
  kNone,
  kBlock,      // a block type: block, loop, if, try
  kTryTable,   // a block type and catch clauses
  kLabel,      // br, br_if, br_on_null, delegate, rethrow …
  kLabelList,  // br_table: labels and a default
  kBrOnCast,   // flags, label, two heap types
  kFunc,
  kType,       // call_ref, struct.new, array.get …
  kTypeTable,  // call_indirect: type, table (text: table first)
  kTypeField,  // struct.get: type, field
  kType2,      // array.copy: destination type, source type
  kTypeCount,  // array.new_fixed: type, u32
  kTypeData,   // array.new_data: type, data segment
  kTypeElem,   // array.new_elem: type, element segment
  kTable,
  kTable2,     // table.copy: destination, source
  kElemTable,  // table.init: element segment, table (text: table first)
  kElem,
  kData,
  kDataMemory,  // memory.init: data segment, memory (text: memory first)
  kMemory,
  kMemory2,  // memory.copy: destination, source
  kLocal,
  kGlobal,
  kTag,
  kI32,
  kI64,
  kF32,
  kF64,
  kV128,
  kLane,
  kShuffle,  // 16 lanes
  kMemArg,
  kMemArgLane,
  kHeapType,  // ref.null, ref.test, ref.cast (whose text is a reference type)
  kSelectTypes,
  kFence,  // atomic.fence: one zero byte
};

struct OpcodeInfo {
  Opcode op;
  uint8_t prefix;  // 0, 0xfb, 0xfc, 0xfd or 0xfe
  uint16_t code;   // after the prefix (LEB128 there)
  std::string_view text;
  ImmKind imm;
  // "params:results", one letter an operand: i l f d v = i32 i64 f32 f64 v128; a = the address type of the memory or
  // table named (b = of the second one; c = of the smaller of the two, for lengths); "*" = validated by code of its
  // own.
  std::string_view sig;
  Feature feature;

  constexpr bool is_custom() const { return sig == "*"; }
};

extern const OpcodeInfo kOpcodeTable[kOpcodeCount];  // by (prefix, code), strictly rising
inline const OpcodeInfo& Info(Opcode op) { return kOpcodeTable[static_cast<size_t>(op)]; }
inline std::span<const OpcodeInfo> AllOpcodes() { return kOpcodeTable; }

// The row with this code, whatever features are on; nullptr if there is none.
const OpcodeInfo* FindOpcode(uint8_t prefix, uint32_t code);

// What ReadInstr does inline, by the first byte of an instruction.
enum class FastShape : uint8_t { kSlow, kPlain, kIndex, kMemArg, kI32, kBlock };
struct FastOp {
  Opcode op;
  FastShape shape;
};
extern const std::array<FastOp, 256> kFastOps;  // by first byte

// The first row with this mnemonic; a mnemonic may have two rows (select, ref.test, ref.cast): the text parser picks by
// what follows. nullptr if there is none.
const OpcodeInfo* FindOpcode(std::string_view text);

// The natural alignment (log2 of bytes) and width of a memory instruction's access: "i32.load16_s" -> 1. REQUIRES: the
// immediate kind is kMemArg or kMemArgLane.
extern const std::array<uint8_t, kOpcodeCount> kAccessSizeLog2;  // derived from the mnemonics
inline uint32_t AccessSizeLog2(Opcode op) { return kAccessSizeLog2[static_cast<size_t>(op)]; }

}  // namespace cvm
