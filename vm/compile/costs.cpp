#include "vm/compile/costs.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "vm/base/try.hpp"

namespace cvm {
namespace {

using Cost = uint32_t FuelCosts::*;

// A run of rows of opcodes.def with one class; what stands in none goes by its signature (CostOf).
struct Run {
  Opcode first, last;
  Cost cost;  // nullptr: free
};

constexpr Run Single(Opcode op, Cost cost) { return {op, op, cost}; }

constexpr auto kRuns = std::to_array<Run>({
    Single(Opcode::kUnreachable, &FuelCosts::control),
    Single(Opcode::kNop, &FuelCosts::trivial),
    {Opcode::kBlock, Opcode::kLoop, nullptr},
    Single(Opcode::kIf, &FuelCosts::control),
    {Opcode::kElse, Opcode::kCatch, nullptr},
    {Opcode::kThrow, Opcode::kThrowRef, &FuelCosts::exception},
    Single(Opcode::kEnd, nullptr),
    {Opcode::kBr, Opcode::kReturn, &FuelCosts::control},
    Single(Opcode::kCall, &FuelCosts::call),
    Single(Opcode::kCallIndirect, &FuelCosts::call_indirect),
    Single(Opcode::kReturnCall, &FuelCosts::call),
    {Opcode::kReturnCallIndirect, Opcode::kReturnCallRef, &FuelCosts::call_indirect},
    {Opcode::kDelegate, Opcode::kCatchAll, nullptr},
    Single(Opcode::kDrop, &FuelCosts::trivial),
    Single(Opcode::kTryTable, nullptr),
    Single(Opcode::kLocalGet, &FuelCosts::trivial),
    {Opcode::kTableGet, Opcode::kTableSet, &FuelCosts::memory},
    Single(Opcode::kMemoryGrow, &FuelCosts::grow),
    {Opcode::kI32Const, Opcode::kF64Const, &FuelCosts::trivial},
    {Opcode::kI32DivS, Opcode::kI32RemU, &FuelCosts::division},
    {Opcode::kI64DivS, Opcode::kI64RemU, &FuelCosts::division},
    Single(Opcode::kF32Sqrt, &FuelCosts::division),
    Single(Opcode::kF64Sqrt, &FuelCosts::division),
    Single(Opcode::kF32Div, &FuelCosts::division),
    Single(Opcode::kF64Div, &FuelCosts::division),
    {Opcode::kBrOnNull, Opcode::kBrOnNonNull, &FuelCosts::control},
    {Opcode::kStructNew, Opcode::kStructNewDefault, &FuelCosts::allocation},
    {Opcode::kStructGet, Opcode::kStructSet, &FuelCosts::memory},
    {Opcode::kArrayNew, Opcode::kArrayNewElem, &FuelCosts::allocation},
    {Opcode::kArrayGet, Opcode::kArrayLen, &FuelCosts::memory},
    {Opcode::kArrayFill, Opcode::kArrayInitElem, &FuelCosts::bulk},
    {Opcode::kBrOnCast, Opcode::kBrOnCastFail, &FuelCosts::control},
    {Opcode::kStructNewDesc, Opcode::kStructNewDefaultDesc, &FuelCosts::allocation},
    {Opcode::kBrOnCastDescEq, Opcode::kBrOnCastDescEqFail, &FuelCosts::control},
    {Opcode::kMemoryInit, Opcode::kTableCopy, &FuelCosts::bulk},
    Single(Opcode::kTableGrow, &FuelCosts::grow),
    Single(Opcode::kTableFill, &FuelCosts::bulk),
    Single(Opcode::kV128Const, &FuelCosts::trivial),
});

Cost CostOf(const OpcodeInfo& info) {
  for (const Run& run : kRuns) {
    if (info.op >= run.first && info.op <= run.last) return run.cost;
  }
  if (info.prefix == 0xfe) return &FuelCosts::atomic;
  if (info.imm == ImmKind::kMemArg || info.imm == ImmKind::kMemArgLane) return &FuelCosts::memory;
  if (info.is_custom()) return &FuelCosts::simple;
  if (info.sig.find('v') != std::string_view::npos) return &FuelCosts::vector;
  const bool is_float = info.sig.find_first_of("fd") != std::string_view::npos;
  return is_float ? &FuelCosts::floating : &FuelCosts::simple;
}

}  // namespace

FuelCosts FuelCosts::Each(uint32_t cost) {
  FuelCosts costs;
  for (const Cost member :
       {&FuelCosts::trivial, &FuelCosts::simple, &FuelCosts::floating, &FuelCosts::vector, &FuelCosts::division,
        &FuelCosts::memory, &FuelCosts::atomic, &FuelCosts::control, &FuelCosts::call, &FuelCosts::call_indirect,
        &FuelCosts::exception, &FuelCosts::allocation, &FuelCosts::bulk, &FuelCosts::grow}) {
    costs.*member = cost;
  }
  costs.host_call = costs.grow_page = 0;
  costs.bulk_bytes = std::numeric_limits<uint32_t>::max();
  return costs;
}

Result<void> CheckCosts(const FuelCosts& costs) {
  const uint32_t most =
      std::max({costs.trivial, costs.simple, costs.floating, costs.vector, costs.division, costs.memory, costs.atomic,
                costs.control, costs.call, costs.call_indirect, costs.host_call, costs.exception, costs.allocation,
                costs.bulk, costs.grow, costs.grow_page});
  if (most > FuelCosts::kMost) return UsageError("a fuel cost is above " + std::to_string(FuelCosts::kMost));
  const uint32_t least = std::min({costs.control, costs.call, costs.call_indirect, costs.exception, costs.bulk_bytes});
  if (least == 0) return UsageError("branches, calls and exceptions cost at least 1, and bulk_bytes is at least 1");
  return {};
}

std::vector<uint16_t> CostTable(const FuelCosts& costs) {
  std::vector<uint16_t> table;
  for (const OpcodeInfo& info : AllOpcodes()) {
    const Cost cost = CostOf(info);
    table.push_back(static_cast<uint16_t>(cost == nullptr ? 0 : costs.*cost));
  }
  return table;
}

bool ChargedAtOnce(Opcode op) {
  switch (op) {
    case Opcode::kThrow:
    case Opcode::kThrowRef:
    case Opcode::kRethrow:
    case Opcode::kCallIndirect:
    case Opcode::kCallRef:
    case Opcode::kReturnCall:
    case Opcode::kReturnCallIndirect:
    case Opcode::kReturnCallRef:
    case Opcode::kMemoryGrow:
    case Opcode::kMemoryInit:
    case Opcode::kMemoryCopy:
    case Opcode::kMemoryFill:
    case Opcode::kTableInit:
    case Opcode::kTableCopy:
    case Opcode::kTableGrow:
    case Opcode::kTableFill:
      return true;
    default:
      return op >= Opcode::kArrayNew && op <= Opcode::kArrayInitElem &&
             !(op >= Opcode::kArrayGet && op <= Opcode::kArrayLen);
  }
}

}  // namespace cvm
