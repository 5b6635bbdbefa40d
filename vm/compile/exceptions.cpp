// Exceptions. A try emits nothing: its range and its clauses go to the function's UnwindTable (regcode/unwind.hpp), and
// a clause is one more edge to its label. What a handler may look at is where a label's edges agree on anyway: operands
// below in their temporaries since the label's block began (Flush), locals in their slots, or in pins, which every call
// saves. Nothing is known of the accumulators; loops around a try do not keep their head in LP (Analysis).
//
// The legacy instructions use the same table. A catch arm has the exception itself, for rethrow, in a reference
// temporary below the tag's values: so its results are moved down at its end.
#include "vm/compile/emitter.hpp"

namespace cvm {

std::span<const ValType> Emitter::TagParams(uint32_t tag) const {
  return module_.types[module_.tag_types[tag].type.value].func.params;
}

void Emitter::BeginTry() {
  code_.SetBarrier();
  blocks_.back().try_begin = code_.size();
}

// Ends the range of the innermost block. kNone: nothing in it throws. Its end is that of the last cell that does: what
// stands behind may still be taken back.
uint32_t Emitter::EndTry() {
  const Block& b = blocks_.back();
  if (last_throw_end_ <= b.try_begin) return TryRange::kNone;
  TryRange range;
  range.begin = b.try_begin;
  range.end = last_throw_end_;
  range.depth = static_cast<uint32_t>(blocks_.size()) - 1;
  unwind_.tries.push_back(range);
  return static_cast<uint32_t>(unwind_.tries.size()) - 1;
}

// Appends a clause to those of a range, after `last` (kNone: none yet); its index.
uint32_t Emitter::AppendCatch(uint32_t range, uint32_t last, const CatchEntry& entry) {
  const auto index = static_cast<uint32_t>(unwind_.catches.size());
  unwind_.catches.push_back(entry);
  (last == TryRange::kNone ? unwind_.tries[range].first : unwind_.catches[last].next) = index;
  return index;
}

// The clause jumps to the label.
void Emitter::LinkCatch(Block& label, uint32_t entry) {
  CatchEntry& c = unwind_.catches[entry];
  if (label.kind == Block::Kind::kLoop) {
    c.target = label.target;
    return;
  }
  label.alias[0] = label.alias[1] = {};
  label.has_edge = true;
  c.target = label.catches;
  label.catches = entry;
}

// The label of these clauses is here.
void Emitter::BindCatches(uint32_t chain) {
  while (chain != TryRange::kNone) {
    CatchEntry& c = unwind_.catches[chain];
    chain = c.target;
    c.target = code_.size();
  }
}

// A cell that may throw was the last one.
void Emitter::MayHaveThrown() { last_throw_end_ = code_.size(); }

// --- try_table

void Emitter::OnTryTable(const Instr& instr) {
  ExpectCatches(instr.catches);
  Open(Block::Kind::kTryTable, instr, 0);
  open_catches_.push_back(instr.catches);
  BeginTry();
}

// At the end of a try_table, whose clauses count labels from outside.
void Emitter::EndTryTable() {
  const std::vector<CatchClause> clauses = std::move(open_catches_.back());
  open_catches_.pop_back();
  if (clauses.empty()) return;
  const uint32_t range = EndTry();
  if (range == TryRange::kNone) return;
  uint32_t last = TryRange::kNone;
  for (const CatchClause& clause : clauses) {
    Block& label = Label(clause.label + 1);
    const bool any = clause.kind >= CatchClause::Kind::kCatchAll;
    CatchEntry entry;
    entry.values = layout_.Temp(label.slot);
    entry.refs = layout_.RefTemp(label.ref);
    uint32_t refs = label.ref;
    if (!any) {
      entry.tag = clause.tag.value;
      for (const ValType type : TagParams(clause.tag.value)) refs += type.is_ref();
    }
    if (clause.kind == CatchClause::Kind::kCatchRef || clause.kind == CatchClause::Kind::kCatchAllRef) {
      entry.exception = layout_.RefTemp(refs);
    }
    last = AppendCatch(range, last, entry);
    if (metered() && label.owed != 0)
      LinkCatchOwing(label, last);
    else
      LinkCatch(label, last);
  }
}

// --- throwing

void Emitter::OnThrow(const Instr& instr) {
  StackForm(ToRegOp(Opcode::kThrow), TagParams(instr.index).size(), {}, {.word = instr.index});
  MayHaveThrown();
  reachable_ = false;
}

void Emitter::OnThrowRef(const Instr&) {
  StackForm(ToRegOp(Opcode::kThrowRef), 1, {}, {});
  MayHaveThrown();
  reachable_ = false;
}

void Emitter::OnRethrow(const Instr& instr) {
  const Operand caught = stack_[Label(instr.index).height];
  Push(caught.type, Kind::kTemp).ref = caught.ref;  // the same reference, named once more
  OnThrowRef(instr);
}

// --- legacy

void Emitter::OnTry(const Instr& instr) {
  Open(Block::Kind::kTry, instr, 0);
  BeginTry();
}

// Brings the results of the block to where its label has them.
void Emitter::SettleResults(const Block& b) {
  const size_t count = ResultsOf(b).size();
  if (b.kind != Block::Kind::kCatch) return MaterializeTop(count);
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) SettleAddress(i);
  MoveToLabel(b, count, true);
}

// catch and catch_all: the arm before it ends here.
void Emitter::OnCatch(const Instr& instr) {
  Block& b = blocks_.back();
  if (reachable_ && b.returns) {
    ReturnCell();
  } else if (reachable_) {
    SettleResults(b);
    JumpTo(b);
  }
  if (b.kind == Block::Kind::kTry) {
    b.try_range = EndTry();
    b.kind = Block::Kind::kCatch;
  }
  TruncateTo(b.height);
  alias_[0] = alias_[1] = {};
  SetOwed(0);
  reachable_ = b.try_range != TryRange::kNone;
  if (!reachable_) return;
  CatchEntry entry;
  entry.exception = Home(Push(ValType::Ref(HeapType::Abstract(HeapKind::kExn), true), Kind::kTemp));
  entry.values = layout_.Temp(slots_);
  entry.refs = layout_.RefTemp(refs_);
  entry.target = code_.size();
  if (instr.op == Opcode::kCatch) {
    entry.tag = instr.index;
    PushTemps(TagParams(instr.index));
  }
  code_.SetBarrier();
  b.last_catch = AppendCatch(b.try_range, b.last_catch, entry);
}

// The end of a try whose exceptions are thrown again just inside of another block.
void Emitter::OnDelegate(const Instr& instr) {
  const uint32_t range = EndTry();
  if (range != TryRange::kNone) unwind_.tries[range].delegate = static_cast<uint32_t>(blocks_.size()) - 2 - instr.index;
  OnEnd(instr);
}

}  // namespace cvm
