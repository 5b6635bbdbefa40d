// The register instruction set. A RegOp is a WebAssembly instruction executed as it stands, its slow-memory form, or one
// of the operations of our own in regops.def (moves, fused operations, calls, frame entry).
//
// Most operations exist in many variants, one for each combination of where its operands lie (operand classes). A
// variant's cell is laid out by fixed rules that depend on the operation's format and on the classes (cell.hpp); its
// handler is found in the interpreter's handler table by HandlerId.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "vm/isa/opcode.hpp"

namespace cvm {

// How the operands of a cell are laid out; see cell.hpp for the offsets.
enum class Format : uint8_t {
  kStack,      // operands and results at consecutive frame slots from one base slot; immediates in the cell
  kOp,         // result = f(a, b, c), simple operation; lane number, if any, in field 3
  kLoad,       // result = memory[a + offset32]
  kStore,      // memory[a + offset32] = value
  kLoadX,      // result = memory[a + b + offset16]; the …Scaled operations shift b by the access size
  kStoreX,     // memory[a + b + offset16] = value
  kSelect,     // result = c ? a : b
  kConst64,    // result = 64-bit immediate
  kShuffle,    // result = lanes of a and b picked by a 128-bit immediate
  kBranch,     // if (a ? b) goto target
  kBranchLp,   // if (a ? b) goto the loop head in the LP register
  kAddBranch,  // a += imm16; if (a ? b) goto target
  kAddBranchLp,
  kJump,     // goto target
  kFuel,     // imm32
  kNone,     // no operands
  kCall,     // new frame at fp + imm32; target
  kGlobal,   // result = global, or global = a, or both; imm32 = offset in the context or index, imm16 addend
  kReturn,   // a = the value returned, if any
  kBrTable,  // a = index; count32; targets follow, default last
  kEnter,    // frame entry
  kWide,     // near slot, 32-bit slot offset
  kGather,   // result = f(any number of slots)
};

// Where a source operand lies. Integers: all five. Floats: kSlot, kAcc, kImm, kPin0 (the one float pin). Vectors: kSlot, kAcc.
enum class Src : uint8_t { kSlot = 0, kAcc = 1, kImm = 2, kPin0 = 3, kPin1 = 4 };
// Where a result goes: kBoth = slot and accumulator. Floats have no kPin1, vectors no pins.
enum class Dst : uint8_t { kAcc = 0, kSlot = 1, kBoth = 2, kPin0 = 3, kPin1 = 4 };

// Which register file an operand belongs to. References are integers (pointers) here.
enum class Bank : uint8_t { kNone, kInt, kFloat, kVec };
constexpr Bank BankOf(ValType type) {
  switch (type.kind) {
    case ValKind::kF32:
    case ValKind::kF64: return Bank::kFloat;
    case ValKind::kV128: return Bank::kVec;
    default: return Bank::kInt;
  }
}
constexpr uint32_t SrcCount(Bank bank) { return bank == Bank::kInt ? 5 : bank == Bank::kFloat ? 4 : bank == Bank::kVec ? 2 : 1; }
constexpr uint32_t DstCount(Bank bank) { return bank == Bank::kInt ? 5 : bank == Bank::kFloat ? 4 : bank == Bank::kVec ? 3 : 1; }

// First come all WebAssembly instructions under their own numbers, then regops.def, then the slow-memory forms.
enum class RegOp : uint16_t {
  kFirstOwn_ = kOpcodeCount - 1,
#define REGOP(id, format, dst, a, b, c) k##id,
#include "vm/regcode/regops.def"
  kOwnEnd_,
};
inline constexpr uint32_t kFirstSlow = static_cast<uint32_t>(RegOp::kOwnEnd_);
inline constexpr uint32_t kRegOpCount = kFirstSlow + kOpcodeCount;

constexpr RegOp ToRegOp(Opcode op) { return static_cast<RegOp>(op); }
// Memory access of any memory, address width and offset, fully checked in code; all operands on the frame (kStack).
constexpr RegOp SlowForm(Opcode op) { return static_cast<RegOp>(kFirstSlow + static_cast<uint32_t>(op)); }
constexpr bool IsWasm(RegOp op) { return static_cast<uint32_t>(op) < kOpcodeCount; }
constexpr bool IsSlow(RegOp op) { return static_cast<uint32_t>(op) >= kFirstSlow; }
// REQUIRES: IsWasm(op) || IsSlow(op).
constexpr Opcode ToOpcode(RegOp op) {
  return static_cast<Opcode>(static_cast<uint32_t>(op) - (IsSlow(op) ? kFirstSlow : 0));
}

// The metered form of an operation; kOwnEnd_ where there is none. And back; an operation that is not metered is itself.
constexpr RegOp Metered(RegOp op) {
  if (op >= RegOp::kBrI32Eq && op <= RegOp::kAddBrLpGeU) {
    return static_cast<RegOp>(static_cast<int>(op) - static_cast<int>(RegOp::kBrI32Eq) +
                              static_cast<int>(RegOp::kMeteredBrI32Eq));
  }
  switch (op) {
    case RegOp::kJump:
      return RegOp::kMeteredJump;
    case RegOp::kJumpLp:
      return RegOp::kMeteredJumpLp;
    case RegOp::kBrTable:
      return RegOp::kMeteredBrTable;
    case RegOp::kCall:
      return RegOp::kMeteredCall;
    case RegOp::kCallEnter:
      return RegOp::kMeteredCallEnter;
    case RegOp::kReturn:
      return RegOp::kMeteredReturn;
    case RegOp::kReturnInt:
      return RegOp::kMeteredReturnInt;
    case RegOp::kReturnFloat:
      return RegOp::kMeteredReturnFloat;
    case RegOp::kReturnVec:
      return RegOp::kMeteredReturnVec;
    default:
      return RegOp::kOwnEnd_;
  }
}
constexpr RegOp Unmetered(RegOp op) {
  if (op >= RegOp::kMeteredBrI32Eq && op <= RegOp::kMeteredAddBrLpGeU) {
    return static_cast<RegOp>(static_cast<int>(op) - static_cast<int>(RegOp::kMeteredBrI32Eq) +
                              static_cast<int>(RegOp::kBrI32Eq));
  }
  for (const RegOp plain : {RegOp::kJump, RegOp::kJumpLp, RegOp::kBrTable, RegOp::kCall, RegOp::kCallEnter,
                            RegOp::kReturn, RegOp::kReturnInt, RegOp::kReturnFloat, RegOp::kReturnVec}) {
    if (Metered(plain) == op) return plain;
  }
  return op;
}
constexpr bool IsMetered(RegOp op) { return Unmetered(op) != op; }

struct Shape {
  Format format = Format::kStack;
  Bank dst = Bank::kNone;
  std::array<Bank, 3> src = {Bank::kNone, Bank::kNone, Bank::kNone};

  constexpr uint32_t variant_count() const {
    return DstCount(dst) * SrcCount(src[0]) * SrcCount(src[1]) * SrcCount(src[2]);
  }
};

// Simple instructions (numeric signature, no immediate or a lane) have format kOp; accesses to memory 0 by i32 addresses
// kLoad and kStore; everything else that is a WebAssembly instruction, and every slow form, kStack.
const Shape& ShapeOf(RegOp op);
std::string RegOpName(RegOp op);   // "i32.add", "Move", "i32.load/slow"

// One variant of one operation.
struct Variant {
  RegOp op;
  Dst dst = Dst::kAcc;              // kAcc where the operation has no result
  Src a = Src::kSlot;               // kSlot where there is no such operand
  Src b = Src::kSlot;
  Src c = Src::kSlot;

  constexpr bool operator==(const Variant&) const = default;
};

// Position of a variant among those of its operation: 0 … variant_count()-1, dst fastest, then c, b, a.
constexpr uint32_t VariantIndex(const Shape& s, const Variant& v) {
  const auto pick = [](Bank bank, auto value) { return bank == Bank::kNone ? 0u : static_cast<uint32_t>(value); };
  return ((pick(s.src[0], v.a) * SrcCount(s.src[1]) + pick(s.src[1], v.b)) * SrcCount(s.src[2]) + pick(s.src[2], v.c)) *
             DstCount(s.dst) +
         pick(s.dst, v.dst);
}
constexpr Variant VariantAt(RegOp op, const Shape& s, uint32_t index) {
  Variant v{op};
  v.dst = static_cast<Dst>(index % DstCount(s.dst)), index /= DstCount(s.dst);
  v.c = static_cast<Src>(index % SrcCount(s.src[2])), index /= SrcCount(s.src[2]);
  v.b = static_cast<Src>(index % SrcCount(s.src[1])), index /= SrcCount(s.src[1]);
  v.a = static_cast<Src>(index);
  return v;
}

}  // namespace cvm
