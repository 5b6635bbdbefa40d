// Cells: how an operation and its operands lie in the code stream. One set of rules, used by the encoder in compile/, the
// handlers in interp/ and the disassembler.
//
// A cell begins with an 8-byte handler pointer and is 8-byte aligned. Then come four signed 16-bit fields 0…3 at bytes 8,
// 10, 12, 14: byte offsets of slots from fp, or small immediates. A 32-bit immediate lies over fields 2 and 3 (byte 12);
// 64-bit immediates and targets follow from byte 16. Where a metered cell has its charge: ChargeOffset.
//
//   format     field 0    field 1   field 2       field 3       byte 12      byte 16             size
//   kOp        dst        a         b             c or lane     imm32 of a/b imm64 of a float    16, 24 with imm64
//   kLoad      dst        address                               offset32                         16
//   kStore     value      address                               offset32                         16 (value kImm: imm16 in field 0)
//   kLoadX     dst        a         b             offset16      imm32 of b                       16
//   kStoreX    value c    a         b             offset16      imm32 of b                       16 (value kImm: imm16 in field 0)
//   kSelect    dst        c         a or imm16    b or imm16                                     16
//   kConst64   dst                                                           imm64 (imm128)      24 (32 for ConstV)
//   kShuffle   dst        a         b                                        imm128              32
//   kBranch               a         b                           imm32 of b   [imm64] target      24, 32 with float imm64
//   kBranchLp             a         b                           imm32 of b                       16
//   kAddBranch a          imm16     b or imm16                               target              24
//   kAddBranchLp                                                                                 16
//   kJump                                                       [charge]     target              24
//   kFuel                                                       charge                           16
//   kNone                                                                                        8
//   kCall                                                       imm32        target              24
//   kGlobal    dst        a or imm16                            imm32                            16
//   kReturn               a                                     imm32 of a   imm64 of a float    16, 24 with imm64
//   kBrTable              a                                     count        count+1 targets     16 + 8 × (count + 1)
//   kEnter     pin0 slot  pin1 slot fpin slot                                frame bytes u32, zeroed slots u32   24
//   kStack     base slot  imm16                                 imm32        imm64               24
//   kWide      near slot                                        far offset                       16
//   kGather    dst        count                                 imm32        count × offset16    16 + 8 × ceil(count / 4)
//
// kOp with an integer a that is kImm: b lies in field 1, its usual field being taken by the immediate. Operations with a lane
// never have a kImm integer. kLoad, kStore with an address that is kImm: the offset alone is the address.
// kLoadX, kStoreX with a b that is kImm: the offset is 0. Immediates are sign-extended; where the operation is typeless (Move, Select, ReturnInt) they are never those of a negative i32.
// kStack where `small` below is not used: the base slot is a signed 32-bit offset over fields 0 and 1, so that calls and
// instructions with many operands work in frames of any size. kStack cells may change acc and facc (not the pins, nor LP);
// those of imported globals do not.
//
// kGather: an offset of 0 is no slot but the value 0.
// The dst field is there even where the result goes to the accumulator alone: a producer is redirected later by rewriting its
// handler and this field. GlobalAddI32 has its addend in field 1; GlobalSetAddI32 in field 0.
#pragma once

#include <cstring>

#include "vm/regcode/regop.hpp"

namespace cvm {

inline constexpr int kField0 = 8, kField1 = 10, kField2 = 12, kField3 = 14;
inline constexpr int kImm32 = 12;
inline constexpr int kImm64 = 16;

constexpr bool HasFloatImm(const Shape& s, const Variant& v) {
  return (s.src[0] == Bank::kFloat && v.a == Src::kImm) || (s.src[1] == Bank::kFloat && v.b == Src::kImm);
}

// Bytes of the variant's cell (of a kBrTable's without its targets).
constexpr int CellSize(const Shape& s, const Variant& v) {
  switch (s.format) {
    case Format::kOp:
    case Format::kReturn: return HasFloatImm(s, v) ? 24 : 16;
    case Format::kBranch: return HasFloatImm(s, v) ? 32 : 24;
    case Format::kNone: return 8;
    case Format::kShuffle: return 32;
    case Format::kConst64: return s.dst == Bank::kVec ? 32 : 24;
    case Format::kStack:
    case Format::kAddBranch:
    case Format::kJump:
    case Format::kCall:
    case Format::kEnter: return 24;
    default: return 16;
  }
}
// Byte offset of the branch target in a cell that has one.
constexpr int TargetOffset(const Shape& s, const Variant& v) {
  return s.format == Format::kBranch && HasFloatImm(s, v) ? 24 : 16;
}

// What kStack cells carry beyond the base slot. Wasm instructions: index in imm32 and index2 in field 1 where it fits or
// else in imm64; memory accesses: memory index in imm32 (lane in field 1), offset in imm64. All as given by these:
struct StackImm {
  int16_t small = 0;    // field 1
  uint32_t word = 0;    // byte 12
  uint64_t wide = 0;    // byte 16
};
//   instruction                          small   word              wide
//   one index (table.get, memory.grow…)          index
//   two indices (table.copy, memory.init…)       first in binary order    second
//   memory access, slow form             lane    memory            offset
//   Trap                                         TrapKind
//   CallImport, ReturnCallImport                 function index    window bytes of the callee; ReturnCall*: see below
//   CallIndirect                                 table             canonical type id, CompileEnv::type_ids (low half), slot of the table index
//                                                                  as signed byte offset (high half)
//   CallRef                                                        slot of the reference (high half)
//   ReturnCall          own window slots  function index    window bytes of the callee
//   ReturnCallImport    own window slots  function index    window bytes of the callee
//   ReturnCallIndirect, ReturnCallRef     as CallIndirect, CallRef; own window slots in `small`
//   For ReturnCall* the base slot is where the callee's record would be for an ordinary call (its arguments lie below); the
//   handler moves the window down to the start of this frame's own.
//   GlobalGet/SetImported                        global index

// Byte offset of the charge in a metered cell: of 32 bits in a kJump or kFuel, of 16 in others.
constexpr bool HasWideCharge(Format format) { return format == Format::kJump || format == Format::kFuel; }
constexpr int ChargeOffset(Format format) {
  if (HasWideCharge(format)) return kImm32;
  return format == Format::kAddBranch || format == Format::kAddBranchLp ? kField3 : kField0;
}

inline int16_t ReadField(const uint8_t* cell, int at) {
  int16_t v;
  std::memcpy(&v, cell + at, 2);
  return v;
}
inline int32_t ReadImm32(const uint8_t* cell) {
  int32_t v;
  std::memcpy(&v, cell + kImm32, 4);
  return v;
}
inline int32_t ReadCharge(const uint8_t* cell, Format format) {
  return HasWideCharge(format) ? ReadImm32(cell) : ReadField(cell, ChargeOffset(format));
}
inline uint64_t ReadImm64(const uint8_t* cell, int at = kImm64) {
  uint64_t v;
  std::memcpy(&v, cell + at, 8);
  return v;
}

}  // namespace cvm
