// Metering: where code charges for what it does, so that what has been charged when a function is left, or a host
// function entered, is exactly the sum of the costs of the instructions that were executed.
//
// `owed_` is the cost of what has been executed on the way here and not been charged. It is a number known at compile
// time: all edges to a label agree on it, because the first edge decides (at a loop its entry) and every other one
// charges the difference, in the very cell that branches (Pay), or, where it falls through, in one of its own (Charge).
// So an iteration of a loop has one charge, in its back edge, and straight code and most joins have none (D. Knuth, The
// Art of Computer Programming, vol. 1, 2.3.4.1: Kirchhoff's law). A difference may be negative. No guest gains by it:
// what is left in the counter, less what is owed, is at every moment the budget less the cost of all that was executed,
// so that a cycle takes what it costs, and all code that is owed for is bounded (kMostOwed).
//
// Nothing is owed where a function is entered or left, where an exception is thrown or caught, and before instructions
// whose cost depends on sizes (ChargedAtOnce). At a trap the rest is looked up by the cell (RegCode::owed).
#include <algorithm>

#include "vm/compile/costs.hpp"
#include "vm/compile/emitter.hpp"

namespace cvm {
namespace {

// With one instruction more (FuelCosts::kMost) every difference fits a cell's 16 bits.
constexpr int32_t kMostOwed = 16'000;
static_assert(kMostOwed + static_cast<int32_t>(FuelCosts::kMost) <= INT16_MAX);

}  // namespace

int32_t Emitter::CostOfBytes(uint64_t bytes) const {
  return static_cast<int32_t>(std::min<uint64_t>(bytes / env_.bulk_bytes, FuelCosts::kMost));
}

// Locals are cleared whenever the function is entered.
void Emitter::OweEntry() {
  uint64_t slots = 0;
  for (size_t i = analysis_.params; i < analysis_.locals.size(); ++i) slots += SlotsOf(analysis_.locals[i]);
  SetOwed(CostOfBytes(slots * kSlotBytes));
}

// Before `instr` is compiled, which will be executed.
void Emitter::Owe(const Instr& instr) {
  if (owed_ > kMostOwed) Charge(owed_);
  int32_t cost = env_.costs[static_cast<size_t>(instr.op)];
  const bool is_struct_new = instr.op == Opcode::kStructNew || instr.op == Opcode::kStructNewDefault ||
                             instr.op == Opcode::kStructNewDesc || instr.op == Opcode::kStructNewDefaultDesc;
  if (is_struct_new) cost = std::min<int32_t>(cost + CostOfBytes(env_.type_infos[instr.index]->size), FuelCosts::kMost);
  SetOwed(owed_ + cost);
  const bool imported_call = instr.op == Opcode::kCall && module_.IsImported(FuncIndex(instr.index));
  if (imported_call || ChargedAtOnce(instr.op)) Charge(owed_);
}

// Charges here.
void Emitter::Charge(int32_t units) {
  if (units == 0) return;
  const uint32_t cell = code_.Append({RegOp::kFuel}, 16);
  code_.Set32(cell, kImm32, static_cast<uint32_t>(units));
  SetOwed(owed_ - units);
}

// Makes `cell`, a branch, call or return, charge as well.
void Emitter::Pay(uint32_t cell, int32_t units) {
  if (units == 0) return;
  Variant v = code_.cell(cell).variant;
  v.op = Metered(v.op);
  code_.SetVariant(cell, v);
  const Format format = ShapeOf(v.op).format;
  if (HasWideCharge(format))
    code_.Set32(cell, ChargeOffset(format), static_cast<uint32_t>(units));
  else
    code_.SetField(cell, ChargeOffset(format), units);
  SetOwed(owed_ - units);
  code_.SetOwed(cell, static_cast<uint32_t>(owed_));
}

// What an edge from here to `b` has to charge.
int32_t Emitter::Due(Block& b) {
  if (!metered()) return 0;
  if (b.owed == Block::kUnknown) b.owed = owed_;
  return owed_ - b.owed;
}

// What a br_table charges itself: so much that one of its labels, which is known already, needs no more.
int32_t Emitter::DueAtTable(const std::vector<uint32_t>& labels) {
  if (!metered()) return 0;
  for (const uint32_t label : labels) {
    if (Label(label).owed != Block::kUnknown) return Due(Label(label));
  }
  return 0;
}

// Whether a conditional branch is better off with its charge on a way of its own: where it leaves a loop, which goes on
// more often than not.
bool Emitter::PaysOutside(Block& b) {
  return metered() && &b - blocks_.data() < static_cast<ptrdiff_t>(innermost_loop_) && Due(b) != 0;
}

// Nothing is owed where an exception is caught.
void Emitter::ExpectCatches(const std::vector<CatchClause>& clauses) {
  if (!metered()) return;
  for (const CatchClause& clause : clauses) {
    Block& label = Label(clause.label);
    if (label.owed == Block::kUnknown) label.owed = 0;
  }
}

// The same where the label expects otherwise: by way of a jump.
void Emitter::LinkCatchOwing(Block& label, uint32_t entry) {
  uint32_t over = kNone;
  if (reachable_) code_.AddChained(code_.cell(code_.Append({RegOp::kJump}, 24)).at + kImm64, &over);
  unwind_.catches[entry].target = code_.size();
  code_.SetBarrier();
  const Alias before[2] = {alias_[0], alias_[1]};
  const int32_t owed = owed_;
  alias_[0] = alias_[1] = {};
  SetOwed(0);
  JumpTo(label);
  alias_[0] = before[0], alias_[1] = before[1];
  SetOwed(owed);
  code_.Bind(&over);
}

}  // namespace cvm
