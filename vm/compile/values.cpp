// The symbolic operand stack: what operands are, how they come into their temporaries, and assignment to locals.
#include "vm/compile/emitter.hpp"

namespace cvm {

Operand& Emitter::Push(ValType type, Kind kind) {
  Operand& e = stack_.emplace_back();
  e.type = type;
  e.kind = kind;
  e.slot = slots_;
  e.ref = refs_;
  slots_ += SlotsOf(type);
  Touch(slots_);
  if (type.is_ref() && ++refs_ > max_refs_) max_refs_ = refs_;
  return e;
}

void Emitter::PushConst(ValType type, uint64_t bits) { Push(type, Kind::kConst).bits = bits; }

// The result of `cell`, which Emit placed according to `out`.
void Emitter::PushResult(ValType type, uint32_t cell, const Out& out) {
  if (out.where != Dst::kAcc) {
    Push(type, Kind::kTemp);
    return;
  }
  owner_[RegOf(type)] = static_cast<uint32_t>(stack_.size());
  Push(type, Kind::kAcc).producer = cell;
}

void Emitter::ForgetLocals(const Operand& e) {
  if (e.kind == Kind::kLocal) --waiting_gets_[e.local];
  if (e.is_address && e.index_kind == Kind::kLocal) --waiting_gets_[e.index_local];
}

void Emitter::Pop() {
  const Operand& e = stack_.back();
  ForgetLocals(e);
  slots_ = e.slot;
  refs_ = e.ref;
  stack_.pop_back();
  const auto height = static_cast<uint32_t>(stack_.size());
  for (uint32_t& owner : owner_) {
    if (owner == height) owner = kNone;
  }
  if (settled_ > height) settled_ = height;
}

void Emitter::TruncateTo(size_t height) {
  while (stack_.size() > height) Pop();
}

Source Emitter::ResolvePart(const Operand& e, Kind kind, uint32_t local) const {
  Source s;
  s.type = e.type;
  switch (kind) {
    case Kind::kConst:
      s.where = Src::kImm;
      s.bits = e.bits;
      return s;
    case Kind::kAcc:
      s.where = Src::kAcc;
      s.producer = e.producer;
      s.home = Home(e);
      return s;
    case Kind::kTemp:
      s.offset = Home(e);
      break;
    case Kind::kLocal:
      s.offset = layout_.locals[local].offset;
      if (layout_.locals[local].where != Src::kSlot) {
        s.where = layout_.locals[local].where;
        return s;
      }
  }
  if (alias_[RegOf(e.type)] == Alias{s.offset, BytesOf(e.type)}) {
    s.where = Src::kAcc;
    s.alias = true;
  }
  return s;
}

// The topmost operands as sources, popped.
Inputs Emitter::TakeInputs(uint32_t count) {
  Inputs in;
  in.count = count;
  in.free_slot = slots_;
  const size_t first = stack_.size() - count;
  for (size_t i = first; i < stack_.size(); ++i) SettleAddress(i);
  for (uint32_t i = 0; i < count; ++i) in.source[i] = Resolve(stack_[first + i]);
  TruncateTo(first);
  return in;
}

// Brings the operand into its temporary. What it leaves in the accumulator stays of use as an alias.
void Emitter::Materialize(size_t i) {
  Operand& e = stack_[i];
  if (!e.is_address && e.kind == Kind::kTemp) return;
  if (!e.is_address && e.kind == Kind::kAcc) return SpillAcc(RegOf(e.type), true);
  Out out{Dst::kSlot, Home(e)};
  if (e.is_address) {
    const Operand address = e;
    if (owner_[0] == i) owner_[0] = kNone;
    if (owner_[0] == kNone) out.where = Dst::kBoth;
    EmitAddress(address, &out);
  } else {
    Move(Resolve(e), out);
  }
  ForgetLocals(stack_[i]);
  stack_[i].is_address = false;
  stack_[i].kind = Kind::kTemp;
}

// Copies the value to a slot without changing what is known of the operand. REQUIRES: no waiting address.
void Emitter::CopyTo(const Operand& e, int32_t offset) {
  if (e.kind == Kind::kTemp && Home(e) == offset) return;
  Move(Resolve(e), {Dst::kSlot, offset});
}

// Moves the owner of an accumulator to its temporary: by redirecting the cell that computed it, if that is known.
// `keep`: the accumulator will not be overwritten now.
void Emitter::SpillAcc(int reg, bool keep) {
  const uint32_t owner = owner_[reg];
  if (owner == kNone) return;
  owner_[reg] = kNone;
  Operand& e = stack_[owner];
  const int32_t home = Home(e);
  const bool redirected = e.producer != kNone && ((keep && Redirect(e.producer, Dst::kBoth, home, e.type)) ||
                                                  Redirect(e.producer, Dst::kSlot, home, e.type));
  if (!redirected) {
    Source acc{.where = Src::kAcc, .type = e.type};
    Move(acc, {Dst::kSlot, home});
    alias_[reg] = {home, BytesOf(e.type)};
  }
  (e.kind == Kind::kAcc ? e.kind : e.index_kind) = Kind::kTemp;
}

void Emitter::SpillAll() {
  SpillAcc(0, false);
  SpillAcc(1, false);
  alias_[0] = alias_[1] = {};
}

// Computes a waiting address. The accumulator serves as intermediate where it is free.
uint32_t Emitter::EmitAddress(const Operand& e, Out* out) {
  Inputs add;
  add.count = 2;
  add.free_slot = slots_;
  add.source[0] = Resolve(e);
  add.source[1] = ResolveIndex(e);
  if (e.shift != 0) {
    Inputs shift;
    shift.count = 2;
    shift.free_slot = slots_;
    shift.source[0] = add.source[1];
    shift.source[1] = {.where = Src::kImm, .type = ValType::I32(), .bits = e.shift};
    Touch(slots_ + 8);
    Out scaled{Dst::kSlot, layout_.wide ? layout_.Scratch(2) : layout_.Temp(slots_ + 4)};
    const bool base_in_acc = add.source[0].where == Src::kAcc;
    if (owner_[0] == kNone && out->where != Dst::kSlot && (!base_in_acc || add.source[0].alias)) {
      if (base_in_acc) add.source[0].where = Src::kSlot, add.source[0].alias = false;
      scaled.where = Dst::kAcc;
    }
    const uint32_t cell = Emit(ToRegOp(Opcode::kI32Shl), shift, &scaled);
    add.source[1] = {.where = Src::kSlot, .type = ValType::I32(), .offset = scaled.offset};
    if (scaled.where == Dst::kAcc) {
      add.source[1] = {.where = Src::kAcc, .type = ValType::I32(), .home = scaled.offset, .producer = cell};
    }
  }
  const uint32_t cell = Emit(ToRegOp(Opcode::kI32Add), add, out);
  if (e.index_kind == Kind::kConst && e.kind == Kind::kLocal) {
    increment_ = {.cell = cell, .local = e.local, .by = static_cast<int32_t>(e.bits)};
  }
  return cell;
}

// Turns a waiting address into an ordinary operand.
void Emitter::SettleAddress(size_t i) {
  if (!stack_[i].is_address) return;
  const Operand address = stack_[i];
  if (owner_[0] == i) owner_[0] = kNone;
  // What lies below leaves the accumulator at no cost, by redirection; what lies above keeps it.
  if (owner_[0] != kNone && owner_[0] < i) SpillAcc(0, false);
  Out out{owner_[0] == kNone ? Dst::kAcc : Dst::kSlot, Home(address)};
  const uint32_t cell = EmitAddress(address, &out);
  ForgetLocals(address);
  Operand& e = stack_[i];
  e.is_address = false;
  e.kind = Kind::kTemp;
  if (out.where == Dst::kAcc) {
    e.kind = Kind::kAcc;
    e.producer = cell;
    owner_[0] = static_cast<uint32_t>(i);
  }
}

// Brings the operands, but for the topmost `keep`, to where they may be found at a label: temporaries; constants and
// locals that are not written from here on may stay what they are.
void Emitter::Flush(size_t keep) {
  const size_t end = stack_.size() - keep;
  for (size_t i = settled_; i < end; ++i) {
    const Operand& e = stack_[i];
    if (!e.is_address && e.kind == Kind::kConst) continue;
    if (!e.is_address && e.kind == Kind::kLocal && analysis_.last_write[e.local] < offset_) continue;
    Materialize(i);
  }
  if (end > settled_) settled_ = end;
}

// Before `local` is overwritten: operands below the topmost that name it are copied to their temporaries. Where the
// last cell computes the topmost, the copies go before it, so that it can still be redirected.
void Emitter::Preserve(uint32_t local) {
  if (waiting_gets_[local] == 0) return;
  const auto names = [&](const Operand& e) {
    return (e.kind == Kind::kLocal && e.local == local) ||
           (e.is_address && e.index_kind == Kind::kLocal && e.index_local == local);
  };
  std::vector<size_t> found;
  uint32_t addresses = 0;
  uint32_t left = waiting_gets_[local];
  for (size_t i = stack_.size() - 1; i-- > 0 && left != 0;) {
    const Operand& e = stack_[i];
    if (!names(e)) continue;
    found.push_back(i);
    addresses += e.is_address;
    left -= (e.kind == Kind::kLocal && e.local == local) +
            (e.is_address && e.index_kind == Kind::kLocal && e.index_local == local);
  }
  const Operand& value = stack_.back();
  const bool move_cell = !found.empty() && addresses == 0 && !layout_.wide && value.kind == Kind::kAcc &&
                         value.producer != kNone && value.producer == code_.Last();
  if (!move_cell) {
    for (const size_t i : found) Materialize(i);
    return;
  }
  const bool was_increment = increment_.cell == value.producer;
  const CodeBuffer::Saved producer = code_.TakeLast();
  for (const size_t i : found) Materialize(i);
  stack_.back().producer = code_.PutBack(producer);
  if (was_increment) increment_.cell = stack_.back().producer;
  alias_before_cell_ = kNone;
}

// local.set and local.tee. The cell that computed the value writes it to the local itself where it can.
void Emitter::SetLocal(uint32_t local, bool tee) {
  SettleAddress(stack_.size() - 1);
  if (top().kind == Kind::kLocal && top().local == local) {
    if (!tee) Pop();
    return;
  }
  Preserve(local);
  const Operand value = top();
  const ValType type = value.type;
  const Layout::Local& place = layout_.locals[local];
  const bool pinned = place.where != Src::kSlot;
  const int reg = RegOf(type);
  const Dst pin = place.where == Src::kPin1 ? Dst::kPin1 : Dst::kPin0;
  bool redirected = false;
  if (value.kind == Kind::kAcc && value.producer != kNone && value.producer == code_.Last()) {
    redirected = pinned ? Redirect(value.producer, pin, 0, type)
                        : Redirect(value.producer, Dst::kBoth, place.offset, type) ||
                              Redirect(value.producer, Dst::kSlot, place.offset, type);
  }
  if (redirected) {
    increment_.stored = increment_.cell == value.producer && increment_.local == local;
  } else {
    Move(Resolve(value), pinned ? Out{pin, 0} : Out{Dst::kSlot, place.offset});
    if (value.kind == Kind::kAcc && !pinned) alias_[reg] = {place.offset, BytesOf(type)};
  }
  if (tee && (value.kind == Kind::kConst || value.kind == Kind::kLocal)) return;
  Pop();
  if (!tee) return;
  Push(type, Kind::kLocal).local = local;
  ++waiting_gets_[local];
}

}  // namespace cvm
