// Blocks, branches, returns.
//
// At a label the operands lie in their temporaries: the ones below it since its block began (Flush), its values because
// every branch and the code before its end put them there. Temporaries are indexed by height, so that values that are
// already where they belong need no moves, which is nearly always.
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "cvm/trap.hpp"
#include "vm/compile/emitter.hpp"

namespace cvm {

std::span<const ValType> Emitter::ParamsOf(const Block& b) const {
  if (b.type.kind != BlockType::Kind::kType) return {};
  return module_.types[b.type.type.value].func.params;
}

std::span<const ValType> Emitter::ResultsOf(const Block& b) const {
  if (b.kind == Block::Kind::kFunction) return type_.results;
  switch (b.type.kind) {
    case BlockType::Kind::kType:
      return module_.types[b.type.type.value].func.results;
    case BlockType::Kind::kValue:
      return {&b.type.value, 1};
    default:
      return {};
  }
}

std::span<const ValType> Emitter::LabelTypes(const Block& b) const {
  return b.kind == Block::Kind::kLoop ? ParamsOf(b) : ResultsOf(b);
}

void Emitter::MaterializeTop(size_t count) {
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) Materialize(i);
}

void Emitter::PushTemps(std::span<const ValType> types) {
  for (const ValType type : types) Push(type, Kind::kTemp);
}

// Opens a block, whose parameters are on top below `operands` others (a condition).
Block& Emitter::Open(Block::Kind kind, const Instr& instr, size_t operands) {
  Block& b = blocks_.emplace_back();
  b.kind = kind;
  b.type = instr.block;
  const size_t results = ResultsOf(b).size();
  b.returns = analysis_.tail[next_block_++] && results <= 1 && results == type_.results.size();
  const size_t params = ParamsOf(b).size();
  Flush(operands);
  const size_t first = stack_.size() - operands - params;
  for (size_t i = first; i < first + params; ++i) Materialize(i);
  b.height = static_cast<uint32_t>(first);
  b.slot = first < stack_.size() ? stack_[first].slot : slots_;
  b.ref = first < stack_.size() ? stack_[first].ref : refs_;
  return b;
}

void Emitter::OnBlock(const Instr& instr) { Open(Block::Kind::kBlock, instr, 0); }

void Emitter::OnLoop(const Instr& instr) {
  Block& b = Open(Block::Kind::kLoop, instr, 0);
  const LoopInfo& info = analysis_.loops[next_loop_++];
  b.large_loop_before = code_.large_loop();
  code_.SetLargeLoop(info.large);
  alias_[0] = alias_[1] = {};
  if (info.lp && code_.Has({RegOp::kLoopHead})) {
    b.lp = true;
    code_.Append({RegOp::kLoopHead}, 8);
  }
  b.target = code_.size();
  b.owed = owed_;
  b.loop_before = std::exchange(innermost_loop_, static_cast<uint32_t>(blocks_.size()) - 1);
  if (loops_.empty() || loops_.back() != b.target) loops_.push_back(b.target);
  code_.SetBarrier();
}

void Emitter::OnIf(const Instr& instr) {
  const size_t operands = pending_.what == Pending::What::kNothing ? 1 : 2;
  SettleAddress(stack_.size() - 1);
  Open(Block::Kind::kIf, instr, operands);
  const uint32_t place = Branch(false, nullptr);
  Block& b = blocks_.back();
  b.else_owed = owed_;
  if (!analysis_.has_else[next_block_ - 1]) b.owed = owed_;
  b.else_exit = place;
  b.else_alias[0] = alias_[0], b.else_alias[1] = alias_[1];
}

void Emitter::OnElse(const Instr&) {
  Block& b = blocks_.back();
  if (reachable_ && b.returns) {
    ReturnCell();
  } else if (reachable_) {
    MaterializeTop(ResultsOf(b).size());
    JumpTo(b);
  }
  b.kind = Block::Kind::kElse;
  code_.Bind(&b.else_exit);
  alias_[0] = b.else_alias[0], alias_[1] = b.else_alias[1];
  TruncateTo(b.height);
  PushTemps(ParamsOf(b));
  SetOwed(b.else_owed);
  reachable_ = true;
}

void Emitter::OnEnd(const Instr&) {
  if (blocks_.size() == 1) return EndFunction();
  Block& open = blocks_.back();
  if (open.kind == Block::Kind::kLoop) {
    code_.SetLargeLoop(open.large_loop_before);
    innermost_loop_ = open.loop_before;
  }
  if (open.kind == Block::Kind::kTryTable) EndTryTable();
  // The results of a catch arm do not lie where the label has them.
  const bool moved = open.kind == Block::Kind::kCatch && reachable_;
  const bool joined = open.exits != kNone || open.else_exit != kNone || open.catches != TryRange::kNone || moved;
  if (joined && reachable_) {
    SettleResults(open);
    Charge(Due(open));
    Merge(open);
  }
  if (joined && !reachable_) DropJump(open);
  Block b = open;
  blocks_.pop_back();
  if (!joined) {
    // Nothing jumps here: what is known of the operands stays true.
    if (!reachable_) TruncateTo(b.height);
    return;
  }
  if (b.else_exit != kNone) {
    alias_[0] = b.else_alias[0], alias_[1] = b.else_alias[1];
    Merge(b);
    code_.Bind(&b.else_exit);
  }
  TruncateTo(b.height);
  code_.Bind(&b.exits);
  BindCatches(b.catches);
  PushTemps(ResultsOf(b));
  alias_[0] = b.alias[0], alias_[1] = b.alias[1];
  SetOwed(b.owed);
  reachable_ = true;
}

// Takes back a jump to the very place behind it.
void Emitter::DropJump(Block& b) {
  const uint32_t cell = code_.Last();
  if (cell == kNone) return;
  const RegOp op = code_.cell(cell).variant.op;
  if (Unmetered(op) != RegOp::kJump) return;
  const uint32_t at = code_.cell(cell).at + kImm64;
  if (b.exits != at || !code_.IsLastTarget(at)) return;
  const auto charge = static_cast<int32_t>(code_.Get32(cell, ChargeOffset(Format::kJump)));
  code_.DropChained(at, &b.exits);
  code_.PopLast();
  if (IsMetered(op)) Charge(charge);
}

void Emitter::EndFunction() {
  Block& b = blocks_.back();
  if (b.exits != kNone || b.catches != TryRange::kNone) {
    if (reachable_) {
      MaterializeTop(type_.results.size());
      Charge(Due(b));
      Merge(b);
    }
    TruncateTo(0);
    code_.Bind(&b.exits);
    BindCatches(b.catches);
    PushTemps(type_.results);
    alias_[0] = b.alias[0], alias_[1] = b.alias[1];
    SetOwed(b.owed);
    reachable_ = true;
  }
  if (!reachable_) return;
  if (type_.results.size() > 1) ReturnToWindow();
  ReturnCell();
}

// What the accumulators are known to hold at the end of `b`: what all edges agree on.
void Emitter::Merge(Block& b) {
  for (int r = 0; r < 2; ++r) {
    if (!b.has_edge)
      b.alias[r] = alias_[r];
    else if (b.alias[r] != alias_[r])
      b.alias[r] = {};
  }
  b.has_edge = true;
}

void Emitter::Link(Block& b, uint32_t at) {
  if (b.kind == Block::Kind::kLoop) {
    code_.AddTarget(at, b.target);
    return;
  }
  Merge(b);
  code_.AddChained(at, &b.exits);
}

void Emitter::JumpTo(Block& b) {
  const int32_t due = Due(b);
  if (b.lp && code_.Has({RegOp::kJumpLp})) {
    Pay(code_.Append({RegOp::kJumpLp}, due == 0 ? 8 : 16), due);
    return;
  }
  const uint32_t cell = code_.Append({RegOp::kJump}, 24);
  Pay(cell, due);
  Link(b, code_.cell(cell).at + kImm64);
}

// Moves the topmost operands to where a branch to `b` wants them: never upwards, and all by the same distance, so that
// in rising order nothing is overwritten that is still to be read. What is known of the operands stays as it is.
void Emitter::MoveToLabel(const Block& b, size_t count, bool may_redirect) {
  uint32_t slot = b.slot, ref = b.ref;
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) {
    const Operand& e = stack_[i];
    const int32_t to = e.type.is_ref() ? layout_.RefTemp(ref) : layout_.Temp(slot);
    slot += SlotsOf(e.type);
    ref += e.type.is_ref();
    const bool last = e.kind == Kind::kAcc && e.producer != kNone && e.producer == code_.Last();
    if (may_redirect && count == 1 && last && Redirect(e.producer, Dst::kBoth, to, e.type)) return;
    CopyTo(e, to);
    if (count == 1 && e.kind == Kind::kAcc) alias_[RegOf(e.type)] = {to, BytesOf(e.type)};
  }
}

void Emitter::OnBr(const Instr& instr) {
  Block& b = Label(instr.index);
  const size_t count = LabelTypes(b).size();
  if (JumpReturns(b)) {
    ReturnCell();
  } else if (b.kind != Block::Kind::kLoop || count != 0 || !InvertBranch(b)) {
    for (size_t i = stack_.size() - count; i < stack_.size(); ++i) SettleAddress(i);
    MoveToLabel(b, count, true);
    JumpTo(b);
  }
  reachable_ = false;
}

void Emitter::OnReturn(const Instr&) {
  Block& b = blocks_.front();
  if (type_.results.size() <= 1) {
    ReturnCell();
  } else {
    const size_t count = type_.results.size();
    for (size_t i = stack_.size() - count; i < stack_.size(); ++i) SettleAddress(i);
    MoveToLabel(b, count, true);
    JumpTo(b);
  }
  reachable_ = false;
}

void Emitter::OnBrIf(const Instr& instr) {
  SettleAddress(stack_.size() - 1);
  BranchIf(Label(instr.index), true);
}

// A conditional branch with the values that lie below the condition.
void Emitter::BranchIf(Block& b, bool when) {
  const size_t count = LabelTypes(b).size();
  const size_t operands = pending_.what == Pending::What::kNothing ? 1 : 2;
  const size_t first = stack_.size() - operands - count;
  const bool direct = count == 1 && JumpReturns(b);
  const bool in_place = count == 0 || (stack_[first].slot == b.slot && stack_[first].ref == b.ref);
  for (size_t i = first; i < first + count; ++i) {
    if (in_place && !direct)
      Materialize(i);
    else
      SettleAddress(i);
  }
  if (in_place && !direct && !PaysOutside(b)) {
    Branch(when, &b);
    return;
  }
  // The other way round over moves and a jump. What they leave in the accumulators concerns only the branch taken.
  uint32_t over = Branch(!when, nullptr);
  const Alias before[2] = {alias_[0], alias_[1]};
  // A value that is read from the accumulator here must stay there, whatever becomes of it where the branch is not
  // taken.
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) stack_[i].producer = kNone;
  const int32_t owed = owed_;
  if (direct) {
    ReturnCell();
  } else {
    MoveToLabel(b, count, false);
    JumpTo(b);
  }
  alias_[0] = before[0], alias_[1] = before[1];
  SetOwed(owed);
  code_.Bind(&over);
}

void Emitter::OnBrTable(const Instr& instr) {
  const size_t count = LabelTypes(Label(instr.labels.back())).size();
  SettleAddress(stack_.size() - 1);
  for (size_t i = stack_.size() - 1 - count; i < stack_.size() - 1; ++i) SettleAddress(i);
  Inputs in = TakeInputs(1);
  Out none;
  const Variant v = Choose(RegOp::kBrTable, {}, &in, &none);
  LoadFarSources(&in);
  const auto bytes = static_cast<uint32_t>(16 + 8 * instr.labels.size());
  const uint32_t cell = code_.Append(v, bytes);
  Fill(cell, in, none, {});
  code_.Set32(cell, kImm32, static_cast<uint32_t>(instr.labels.size() - 1));
  if (count == 0) Pay(cell, DueAtTable(instr.labels));
  TableTargets(instr.labels, cell, count);
  reachable_ = false;
}

// Targets of a br_table: the labels themselves, or where values must be moved or something is to be charged, a stub for
// each label that does so.
void Emitter::TableTargets(const std::vector<uint32_t>& labels, uint32_t cell, size_t count) {
  const uint32_t first = code_.cell(cell).at + kImm64;
  absl::flat_hash_map<uint32_t, uint32_t> stubs;  // by depth
  const Alias before[2] = {alias_[0], alias_[1]};
  const int32_t owed = owed_;
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto at = first + static_cast<uint32_t>(8 * i);
    Block& b = Label(labels[i]);
    SetOwed(owed);
    if (count == 0 && Due(b) == 0) {
      Link(b, at);
      continue;
    }
    const auto [stub, is_new] = stubs.emplace(labels[i], code_.size());
    code_.AddTarget(at, stub->second);
    if (!is_new) continue;
    code_.SetBarrier();
    alias_[0] = before[0], alias_[1] = before[1];
    if (JumpReturns(b)) {
      ReturnCell();
    } else {
      MoveToLabel(b, count, false);
      JumpTo(b);
    }
    if (code_.size() > max_code_bytes_) return Fail(LimitError("function is too complex"));
  }
}

// Returns the topmost operand, or nothing, or the results that are in the window already. Changes nothing of what is
// known.
void Emitter::ReturnCell() {
  const auto plain = [&] { Pay(code_.Append({RegOp::kReturn}, 16), owed_); };
  if (type_.results.size() != 1) return plain();
  SettleAddress(stack_.size() - 1);
  Source s = Resolve(top());
  if (s.where == Src::kAcc) return plain();
  const Bank bank = BankOf(type_.results[0]);
  const RegOp op = bank == Bank::kInt     ? RegOp::kReturnInt
                   : bank == Bank::kFloat ? RegOp::kReturnFloat
                                          : RegOp::kReturnVec;
  const bool small =
      bank == Bank::kFloat || s.bits == static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(s.bits)));
  if ((s.where == Src::kImm && !small) || !code_.Has({op, Dst::kAcc, s.where})) {
    // By way of the accumulator. It is the function's last moment: nobody else's value there matters any more.
    const uint32_t owner = owner_[RegOf(bank)];
    owner_[RegOf(bank)] = kNone;
    const Alias before = alias_[RegOf(bank)];
    Move(s, {Dst::kAcc});
    alias_[RegOf(bank)] = before;
    owner_[RegOf(bank)] = owner;
    return plain();
  }
  Inputs in;
  in.count = 1;
  in.free_slot = slots_;
  in.source[0] = s;
  Out none;
  Pay(Emit(op, in, &none), owed_);
}

// Several results go to the window. Parameters lie there too: those that are results are copied away first.
void Emitter::ReturnToWindow() {
  const size_t first = stack_.size() - type_.results.size();
  for (size_t i = first; i < stack_.size(); ++i) {
    const Operand& e = stack_[i];
    if (e.is_address || (e.kind == Kind::kLocal && layout_.locals[e.local].offset < 0)) Materialize(i);
  }
  int32_t at = -layout_.window_bytes;
  for (size_t i = first; i < stack_.size(); ++i) {
    CopyTo(stack_[i], at);
    at += BytesOf(stack_[i].type);
  }
}

void Emitter::OnUnreachable(const Instr&) {
  StackCell(RegOp::kTrap, 0, static_cast<uint32_t>(TrapKind::kUnreachable));
  reachable_ = false;
}

// br_on_null (function references): the reference stays below where the branch is not taken.
void Emitter::OnBrOnNull(const Instr& instr) {
  SettleAddress(stack_.size() - 1);
  Materialize(stack_.size() - 1);
  const Operand ref = top();
  Pop();
  Block& b = Label(instr.index);
  const size_t count = LabelTypes(b).size();
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) SettleAddress(i);
  // The values lie below the reference: as for a br_if whose condition compares it with null.
  Push(ref.type, Kind::kTemp);
  PushConst(ValType::I64(), 0);
  pending_ = {.what = Pending::What::kCompare, .condition = {.is64 = true}};
  BranchIf(b, true);
  Push(ref.type, Kind::kTemp);
}

// br_on_non_null: the reference is the last of the branch's values.
void Emitter::OnBrOnNonNull(const Instr& instr) {
  Block& b = Label(instr.index);
  Materialize(stack_.size() - 1);
  const Operand ref = top();
  const size_t count = LabelTypes(b).size();
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) SettleAddress(i);
  Push(ref.type, Kind::kTemp);
  Operand& copy = top();
  copy.ref = ref.ref, copy.slot = ref.slot;  // the same temporary, named once more as the condition
  PushConst(ValType::I64(), 0);
  pending_ = {.what = Pending::What::kCompare, .condition = {.is64 = true, .compare = 1}};
  BranchIf(b, true);
  Pop();
}

}  // namespace cvm
