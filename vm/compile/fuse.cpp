// Fusion, decided when the second instruction comes: comparisons and bit tests with the branch that uses them, shifts
// and additions with the access whose address they make, counted loops, the stack pointer's prologue and epilogue.
#include "vm/compile/emitter.hpp"
#include "vm/compile/fold.hpp"

namespace cvm {
namespace {

// Integer comparisons in the order of opcodes.def; regops.def adds the two bit tests.
constexpr uint8_t kEq = 0, kNe = 1, kTestZ = 10, kTestNz = 11;
constexpr uint8_t kIntInverse[] = {1, 0, 8, 9, 6, 7, 4, 5, 2, 3, 11, 10};
constexpr uint8_t kIntSwapped[] = {0, 1, 4, 5, 2, 3, 8, 9, 6, 7, 10, 11};
constexpr uint8_t kFloatSwapped[] = {0, 1, 3, 2, 5, 4};
constexpr int kIntBranches = 12;
constexpr int kFloatCompares = 6;

RegOp Plus(RegOp op, int n) { return static_cast<RegOp>(static_cast<int>(op) + n); }
int Distance(Opcode from, Opcode to) { return static_cast<int>(to) - static_cast<int>(from); }

Condition Inverse(Condition c) {
  if (c.is_float)
    c.negated = !c.negated;
  else
    c.compare = kIntInverse[c.compare];
  return c;
}

Condition Swapped(Condition c) {
  c.compare = c.is_float ? kFloatSwapped[c.compare] : kIntSwapped[c.compare];
  return c;
}

Condition ConditionOf(Opcode op) {
  Condition c;
  if (op >= Opcode::kF32Eq && op <= Opcode::kF64Ge) {
    c.is_float = true;
    c.is64 = op >= Opcode::kF64Eq;
    c.compare = static_cast<uint8_t>(Distance(c.is64 ? Opcode::kF64Eq : Opcode::kF32Eq, op));
  } else {
    c.is64 = op >= Opcode::kI64Eq;
    c.compare = static_cast<uint8_t>(Distance(c.is64 ? Opcode::kI64Eq : Opcode::kI32Eq, op));
  }
  return c;
}

// The operation that computes the condition as a number. REQUIRES: no bit test, not negated.
RegOp CompareOp(const Condition& c) {
  if (c.is_float) return Plus(ToRegOp(c.is64 ? Opcode::kF64Eq : Opcode::kF32Eq), c.compare);
  return Plus(ToRegOp(c.is64 ? Opcode::kI64Eq : Opcode::kI32Eq), c.compare);
}

RegOp BranchOp(const Condition& c) {
  if (c.is_float) return Plus(c.is64 ? RegOp::kBrF64Eq : RegOp::kBrF32Eq, c.compare + (c.negated ? kFloatCompares : 0));
  return Plus(c.is64 ? RegOp::kBrI64Eq : RegOp::kBrI32Eq, c.compare);
}

bool FitsField(uint64_t bits) {
  const auto value = static_cast<int32_t>(bits);
  return value == static_cast<int16_t>(value);
}

}  // namespace

// Whether the instruction looks at pending_ itself.
bool Emitter::Consumes(Opcode op) const {
  const bool branches = op == Opcode::kBrIf || op == Opcode::kIf;
  switch (pending_.what) {
    case Pending::What::kCompare:
      return branches || op == Opcode::kI32Eqz;
    case Pending::What::kAnd:
      return pending_.is64 ? op == Opcode::kI64Eqz : branches || op == Opcode::kI32Eqz;
    case Pending::What::kShift:
      return op == Opcode::kI32Add;
    case Pending::What::kAdd:
      return op == Opcode::kGlobalSet || ShapeOf(ToRegOp(op)).format == Format::kLoad;
    default:
      return false;
  }
}

// The successor was another: the pending instruction is emitted by itself.
void Emitter::Settle() {
  const Pending p = pending_;
  pending_ = {};
  const ValType wide = p.is64 ? ValType::I64() : ValType::I32();
  switch (p.what) {
    case Pending::What::kNothing:
      return;
    case Pending::What::kAnd:
      return Simple(ToRegOp(p.is64 ? Opcode::kI64And : Opcode::kI32And), 2, wide);
    case Pending::What::kShift:
      PushConst(ValType::I32(), p.shift);
      return Simple(ToRegOp(Opcode::kI32Shl), 2, ValType::I32());
    case Pending::What::kAdd:
      if (AddressWaits(p.shift)) return;
      if (p.shift != 0) {
        PushConst(ValType::I32(), p.shift);
        Simple(ToRegOp(Opcode::kI32Shl), 2, ValType::I32());
      }
      return Simple(ToRegOp(Opcode::kI32Add), 2, ValType::I32());
    case Pending::What::kCompare:
      return SettleCompare(p.condition);
  }
}

void Emitter::SettleCompare(Condition c) {
  if (!c.is_float && c.compare >= kTestZ) {
    const ValType type = c.is64 ? ValType::I64() : ValType::I32();
    Simple(ToRegOp(c.is64 ? Opcode::kI64And : Opcode::kI32And), 2, type);
    PushConst(type, 0);
    c.compare = c.compare == kTestZ ? kEq : kNe;
  }
  // Against zero the unary form has the cheaper cell.
  const Operand& b = top();
  if (!c.is_float && c.compare == kEq && !b.is_address && b.kind == Kind::kConst && b.bits == 0) {
    Pop();
    return Simple(ToRegOp(c.is64 ? Opcode::kI64Eqz : Opcode::kI32Eqz), 1, ValType::I32());
  }
  Inputs in = TakeInputs(2);
  if (in.source[0].where == Src::kImm && in.source[1].where != Src::kImm) {
    std::swap(in.source[0], in.source[1]);
    c = Swapped(c);
  }
  Out out{Dst::kAcc, NextHome(ValType::I32())};
  const uint32_t cell = Emit(CompareOp(c), in, &out);
  PushResult(ValType::I32(), cell, out);
  if (c.negated) Simple(ToRegOp(Opcode::kI32Eqz), 1, ValType::I32());
}

// --- comparisons

void Emitter::OnCompare(const Instr& instr) {
  if (FoldConstants(instr.op, 2, ValType::I32())) return;
  pending_ = {.what = Pending::What::kCompare, .condition = ConditionOf(instr.op)};
}

void Emitter::OnEqz(const Instr& instr) {
  const bool is64 = instr.op == Opcode::kI64Eqz;
  if (pending_.what == Pending::What::kCompare) {
    pending_.condition = Inverse(pending_.condition);
    return;
  }
  if (pending_.what == Pending::What::kAnd) {
    pending_ = {.what = Pending::What::kCompare, .condition = {.is64 = is64, .compare = kTestZ}};
    return;
  }
  if (FoldConstants(instr.op, 1, ValType::I32())) return;
  PushConst(is64 ? ValType::I64() : ValType::I32(), 0);
  pending_ = {.what = Pending::What::kCompare, .condition = {.is64 = is64, .compare = kEq}};
}

void Emitter::OnAnd(const Instr& instr) {
  const bool is64 = instr.op == Opcode::kI64And;
  if (FoldConstants(instr.op, 2, is64 ? ValType::I64() : ValType::I32())) return;
  pending_ = {.what = Pending::What::kAnd, .is64 = is64};
}

// Branches if the pending condition (or else the topmost operand) is `when`, to a label or to a place that the caller
// binds: then the chain to bind is returned.
uint32_t Emitter::Branch(bool when, Block* to) {
  Condition c = pending_.condition;
  if (pending_.what == Pending::What::kNothing) {
    PushConst(ValType::I32(), 0);
    c = {.compare = kNe};
  } else if (pending_.what == Pending::What::kAnd) {
    c = {.compare = kTestNz};
  }
  pending_ = {};
  if (!when) c = Inverse(c);
  const int32_t due = to != nullptr ? Due(*to) : 0;
  uint32_t chain = kNone;
  if (AddBranch(c, to, due, &chain)) return chain;
  Inputs in = TakeInputs(2);
  if (in.source[0].where == Src::kImm && in.source[1].where != Src::kImm) {
    std::swap(in.source[0], in.source[1]);
    c = Swapped(c);
  }
  Out none;
  if (to != nullptr && to->lp && !c.is_float) {
    const RegOp lp = Plus(BranchOp(c), kIntBranches);
    if (IsDirect(lp, &in)) {
      Pay(Emit(lp, in, &none), due);
      return kNone;
    }
  }
  const uint32_t cell = Emit(BranchOp(c), in, &none);
  Pay(cell, due);
  return FinishBranch(cell, to);
}

uint32_t Emitter::FinishBranch(uint32_t cell, Block* to) {
  const Variant& v = code_.cell(cell).variant;
  const uint32_t at = code_.cell(cell).at + static_cast<uint32_t>(TargetOffset(ShapeOf(v.op), v));
  uint32_t chain = kNone;
  if (to != nullptr)
    Link(*to, at);
  else
    code_.AddChained(at, &chain);
  return chain;
}

// local += constant, just done, and now compared: all in one cell.
bool Emitter::AddBranch(const Condition& condition, Block* to, int32_t due, uint32_t* chain) {
  if (condition.is_float || condition.is64 || condition.compare >= kTestZ) return false;
  const Increment inc = increment_;
  if (!inc.stored || inc.cell != code_.Last() || !FitsField(static_cast<uint32_t>(inc.by))) return false;
  const auto is_counter = [&](const Operand& e) {
    return !e.is_address && e.kind == Kind::kLocal && e.local == inc.local;
  };
  const Operand* x = &stack_[stack_.size() - 2];
  const Operand* y = &stack_[stack_.size() - 1];
  Condition c = condition;
  if (!is_counter(*x)) {
    std::swap(x, y);
    c = Swapped(c);
  }
  if (!is_counter(*x) || is_counter(*y) || y->is_address || y->kind == Kind::kAcc) return false;
  const Layout::Local& counter = layout_.locals[inc.local];
  Source bound = Resolve(*y);
  if (bound.alias) bound.where = Src::kSlot;
  if (bound.where == Src::kImm && !FitsField(bound.bits)) return false;
  if (bound.where == Src::kSlot && !IsNear(bound.offset)) return false;
  const bool lp = to != nullptr && to->lp;
  const Variant v{Plus(RegOp::kAddBrEq, 2 * c.compare + (lp ? 1 : 0)), Dst::kAcc, counter.where, bound.where};
  if (!code_.Has(v)) return false;

  TakeBackLast();
  TruncateTo(stack_.size() - 2);
  const uint32_t cell = code_.Append(v, static_cast<uint32_t>(CellSize(ShapeOf(v.op), v)));
  if (counter.where == Src::kSlot) {
    code_.SetField(cell, kField0, counter.offset);
    alias_[0] = {counter.offset, kSlotBytes};
  }
  code_.SetField(cell, kField1, inc.by);
  code_.SetField(cell, kField2, bound.where == Src::kImm ? static_cast<int32_t>(bound.bits) : bound.offset);
  Pay(cell, due);
  *chain = lp ? kNone : FinishBranch(cell, to);
  return true;
}

// A branch out of a loop just before the jump back: the other way round it is the branch back, and the jump is taken
// once. `loop`: whose head the jump goes to, without values.
bool Emitter::InvertBranch(Block& loop) {
  const uint32_t cell = code_.Last();
  if (cell == kNone) return false;
  Variant out = code_.cell(cell).variant;
  const bool charges = IsMetered(out.op);
  out.op = Unmetered(out.op);
  const Shape& shape = ShapeOf(out.op);
  if (shape.format != Format::kBranch && shape.format != Format::kAddBranch) return false;
  const int target = TargetOffset(shape, out);
  const uint32_t at = code_.cell(cell).at + static_cast<uint32_t>(target);
  Block* exit = nullptr;
  constexpr size_t kNearBlocks = 16;
  for (size_t i = blocks_.size(); exit == nullptr && i-- > 0 && blocks_.size() - i <= kNearBlocks;) {
    if (blocks_[i].exits == at) exit = &blocks_[i];
  }
  if (exit == nullptr || !code_.IsLastTarget(at)) return false;
  // What only the way back owes is charged on the way out too, and given back there: the loop must owe as much anyway.
  const int32_t back_owes = owed_ - exit->owed;
  if (metered() && loop.owed < back_owes) return false;

  Variant back = out;
  const bool is_int = shape.src[0] == Bank::kInt;
  const auto swap_op = [&](RegOp first, int stride, const uint8_t* inverse, int count) {
    const int i = static_cast<int>(out.op) - static_cast<int>(first);
    if (i < 0 || i >= count * stride || i % stride != 0) return;
    back.op = Plus(first, inverse[i / stride] * stride);
  };
  constexpr uint8_t kFloatInverse[] = {6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5};
  if (shape.format == Format::kAddBranch) {
    swap_op(RegOp::kAddBrEq, 2, kIntInverse, 10);
  } else if (is_int) {
    swap_op(RegOp::kBrI32Eq, 1, kIntInverse, kIntBranches);
    swap_op(RegOp::kBrI64Eq, 1, kIntInverse, kIntBranches);
  } else {
    swap_op(RegOp::kBrF32Eq, 1, kFloatInverse, 2 * kFloatCompares);
    swap_op(RegOp::kBrF64Eq, 1, kFloatInverse, 2 * kFloatCompares);
  }
  Variant back_lp = back;
  back_lp.op = Plus(back.op, shape.format == Format::kAddBranch ? 1 : kIntBranches);
  const bool lp = loop.lp && is_int && code_.Has(back_lp);
  if (back.op == out.op || (!lp && !code_.Has(back))) return false;

  uint8_t fields[16];  // between the handler and the target
  const auto size = static_cast<size_t>(target - kField0);
  code_.GetBytes(cell, kField0, fields, size);
  const int32_t charge = charges ? code_.Field(cell, ChargeOffset(shape.format)) : 0;
  code_.DropChained(at, &exit->exits);
  code_.PopLast();
  const Variant& v = lp ? back_lp : back;
  const uint32_t again = code_.Append(v, static_cast<uint32_t>(CellSize(ShapeOf(v.op), v)));
  code_.SetBytes(again, kField0, fields, size);
  if (!lp) code_.AddTarget(code_.cell(again).at + static_cast<uint32_t>(target), loop.target);
  if (metered()) {
    SetOwed(exit->owed + charge);
    Pay(again, owed_ + back_owes - loop.owed);
  }
  JumpTo(*exit);
  return true;
}

// --- additions and shifts

void Emitter::OnAdd(const Instr& instr) {
  const uint8_t shift = pending_.what == Pending::What::kShift ? pending_.shift : 0;
  pending_ = {};
  if (shift == 0 && FoldConstants(instr.op, 2, ValType::I32())) return;
  WaitAsAdd(shift);
}

void Emitter::WaitAsAdd(uint8_t shift) {
  SettleAddress(stack_.size() - 2);
  SettleAddress(stack_.size() - 1);
  pending_ = {.what = Pending::What::kAdd, .shift = shift};
}

void Emitter::OnSub(const Instr& instr) {
  const bool is64 = instr.op == Opcode::kI64Sub;
  const ValType type = is64 ? ValType::I64() : ValType::I32();
  if (FoldConstants(instr.op, 2, type)) return;
  Operand& b = top();
  if (!b.is_address && b.kind == Kind::kConst) {
    if (!is64) {
      b.bits = static_cast<uint32_t>(-b.bits);
      return WaitAsAdd(0);
    }
    const auto negated = static_cast<int64_t>(-b.bits);
    if (negated == static_cast<int32_t>(negated)) {
      b.bits = static_cast<uint64_t>(negated);
      return Simple(ToRegOp(Opcode::kI64Add), 2, type);
    }
  }
  Simple(ToRegOp(instr.op), 2, type);
}

void Emitter::OnShl(const Instr& instr) {
  if (FoldConstants(instr.op, 2, ValType::I32())) return;
  const Operand& b = top();
  const bool by_const = !b.is_address && b.kind == Kind::kConst;
  if (!by_const || b.bits < 1 || b.bits > 3) return Simple(ToRegOp(instr.op), 2, ValType::I32());
  const auto shift = static_cast<uint8_t>(b.bits);
  Pop();
  SettleAddress(stack_.size() - 1);
  if (top().kind == Kind::kConst) {
    PushConst(ValType::I32(), shift);
    return Simple(ToRegOp(instr.op), 2, ValType::I32());
  }
  pending_ = {.what = Pending::What::kShift, .shift = shift};
}

// i64.extend_i32_u costs nothing: an i32 is held zero-extended.
void Emitter::OnExtendU(const Instr&) {
  SettleAddress(stack_.size() - 1);
  top().type = ValType::I64();
}

// Makes one operand of the two topmost, their sum to be computed when it is known what for. False where both would need
// the same temporary, or no access could use it.
bool Emitter::AddressWaits(uint8_t shift) {
  const Operand a = stack_[stack_.size() - 2];
  const Operand b = stack_[stack_.size() - 1];
  const Operand* base = &a;
  const Operand* index = &b;
  if (shift == 0 && (a.kind == Kind::kConst || (a.kind == Kind::kLocal && b.kind == Kind::kAcc)))
    std::swap(base, index);
  const auto owned = [](const Operand& e) { return e.kind == Kind::kAcc || e.kind == Kind::kTemp; };
  if (base->kind == Kind::kConst || (owned(*base) && owned(*index))) return false;
  // A temporary of the upper operand's height cannot be kept by the lower one.
  if (b.kind == Kind::kTemp) return false;
  if (index->kind == Kind::kConst && shift != 0) return false;

  Operand sum = a;
  sum.is_address = true;
  sum.shift = shift;
  sum.kind = base->kind;
  sum.local = base->local;
  sum.index_kind = index->kind;
  sum.index_local = index->local;
  sum.bits = index->bits;
  sum.producer = base->kind == Kind::kAcc ? base->producer : index->producer;
  const auto at = static_cast<uint32_t>(stack_.size()) - 2;
  stack_.pop_back();
  stack_.back() = sum;
  slots_ = sum.slot + 1;
  refs_ = sum.ref;
  if (owner_[0] == at + 1) owner_[0] = at;
  if (settled_ > at) settled_ = at;
  return true;
}

// --- globals: the stack pointer of LLVM's code

// global.get, constant, add (, local.tee), global.set.
bool Emitter::FuseGlobalAdd(int32_t offset) {
  const uint32_t add = code_.Last(), get = code_.LastBut(1);
  if (add == kNone || get == kNone || top().is_address) return false;
  const Variant sum = code_.cell(add).variant;
  const Variant got = code_.cell(get).variant;
  if (sum.op != ToRegOp(Opcode::kI32Add) || sum.a != Src::kAcc || sum.b != Src::kImm) return false;
  if (got.op != RegOp::kGlobalGet || got.dst != Dst::kAcc) return false;
  if (code_.Get32(get, kImm32) != static_cast<uint32_t>(offset)) return false;
  const uint32_t by = code_.Get32(add, kImm32);
  const Variant fused{RegOp::kGlobalAddI32, sum.dst};
  if (!FitsField(by) || !code_.Has(fused)) return false;
  const Operand& e = top();
  bool same = e.kind == Kind::kAcc && e.producer == add;
  if (e.kind == Kind::kLocal) {
    const Layout::Local& place = layout_.locals[e.local];
    if (place.where == Src::kSlot)
      same = (sum.dst == Dst::kSlot || sum.dst == Dst::kBoth) && code_.Field(add, kField0) == place.offset;
    else
      same = sum.dst == (place.where == Src::kPin0 ? Dst::kPin0 : Dst::kPin1);
  }
  if (!same) return false;
  const int16_t slot = code_.Field(add, kField0);
  TakeBackLast();
  TakeBackLast();
  const uint32_t cell = code_.Append(fused, 16);
  code_.SetField(cell, kField0, slot);
  code_.SetField(cell, kField1, static_cast<int32_t>(by));
  code_.Set32(cell, kImm32, static_cast<uint32_t>(offset));
  Pop();
  return true;
}

// … constant, add, global.set.
bool Emitter::FuseGlobalSetAdd(int32_t offset) {
  if (pending_.what != Pending::What::kAdd) return false;
  const Operand& b = top();
  const bool fits = pending_.shift == 0 && b.kind == Kind::kConst && FitsField(b.bits);
  // The prologue, where base and result are the same global, is FuseGlobalAdd's.
  const bool from_global = code_.Last() != kNone && code_.cell(code_.Last()).variant.op == RegOp::kGlobalGet &&
                           stack_[stack_.size() - 2].kind == Kind::kAcc;
  if (!fits || from_global) {
    Settle();
    SettleAddress(stack_.size() - 1);
    return false;
  }
  pending_ = {};
  const auto by = static_cast<int32_t>(b.bits);
  Pop();
  const Inputs in = TakeInputs(1);
  Out none;
  const uint32_t cell = Emit(RegOp::kGlobalSetAddI32, in, &none, {.word = static_cast<uint32_t>(offset)});
  code_.SetField(cell, kField0, by);
  return true;
}

bool Emitter::FoldConstants(Opcode op, uint32_t operands, ValType result) {
  if (operands > 2) return false;
  uint64_t bits[2] = {};
  for (uint32_t i = 0; i < operands; ++i) {
    const Operand& e = stack_[stack_.size() - operands + i];
    if (e.is_address || e.kind != Kind::kConst) return false;
    bits[i] = e.bits;
  }
  uint64_t value;
  if (!Fold(op, bits, &value)) return false;
  TruncateTo(stack_.size() - operands);
  PushConst(result, value);
  return true;
}

}  // namespace cvm
