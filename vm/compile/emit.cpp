// How cells come about: the choice among the variants that the handler table has, lowering of operands where it has not
// the wanted one, slots out of the reach of 16-bit offsets, redirection of results.
#include "vm/compile/emitter.hpp"
#include "vm/compile/fields.hpp"

namespace cvm {
namespace {

bool FitsSigned(uint64_t bits, int width) {
  const auto value = static_cast<int64_t>(bits);
  return value >= -(int64_t{1} << (width - 1)) && value < (int64_t{1} << (width - 1));
}

// The number that an i32 or i64 constant stands for.
uint64_t Signed(const Source& s) {
  return s.type.kind == ValKind::kI32 ? static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(s.bits)))
                                      : s.bits;
}

// Whether the constant can be an immediate of operand `i`. Typeless operations move all 64 bits, so that a negative i32
// (which is held zero-extended) does not fit there.
bool ImmFits(RegOp op, const Shape& shape, int i, const Source& s, const Extra& extra) {
  if (shape.src[i] == Bank::kFloat)
    return shape.format == Format::kOp || shape.format == Format::kBranch || shape.format == Format::kReturn;
  if (shape.src[i] != Bank::kInt) return false;
  switch (shape.format) {
    case Format::kOp:
      return extra.lane < 0 && FitsSigned(op == RegOp::kMove ? s.bits : Signed(s), 32);
    case Format::kBranch:
    case Format::kBranchLp:
      return FitsSigned(Signed(s), 32);
    case Format::kReturn:
      return FitsSigned(s.bits, 32);
    case Format::kSelect:
      return FitsSigned(s.bits, 16);
    case Format::kLoad:
      return s.bits == 0;
    case Format::kStore:
      return i == 0 ? s.bits == 0 : FitsSigned(Signed(s), 16);
    case Format::kLoadX:
    case Format::kStoreX:
      return i == 2 ? FitsSigned(Signed(s), 16) : extra.word == 0;
    case Format::kAddBranch:
    case Format::kAddBranchLp:
      return FitsSigned(Signed(s), 16);
    default:
      return false;
  }
}

bool Commutes(RegOp op) {
  if (!IsWasm(op)) return false;
  switch (ToOpcode(op)) {
    case Opcode::kI32Add:
    case Opcode::kI32Mul:
    case Opcode::kI32And:
    case Opcode::kI32Or:
    case Opcode::kI32Xor:
    case Opcode::kI32Eq:
    case Opcode::kI32Ne:
    case Opcode::kI64Add:
    case Opcode::kI64Mul:
    case Opcode::kI64And:
    case Opcode::kI64Or:
    case Opcode::kI64Xor:
    case Opcode::kI64Eq:
    case Opcode::kI64Ne:
    case Opcode::kF32Eq:
    case Opcode::kF32Ne:
    case Opcode::kF64Eq:
    case Opcode::kF64Ne:
      return true;
    default:
      return false;
  }
}

bool WritesAcc(Dst dst) { return dst == Dst::kAcc || dst == Dst::kBoth; }
bool WritesSlot(Dst dst) { return dst == Dst::kSlot || dst == Dst::kBoth; }

RegOp MoveOf(ValType type) {
  switch (BankOf(type)) {
    case Bank::kFloat:
      return RegOp::kMoveF;
    case Bank::kVec:
      return RegOp::kMoveV;
    default:
      return RegOp::kMove;
  }
}

ValType TypeOfBank(Bank bank) {
  switch (bank) {
    case Bank::kFloat:
      return ValType::F64();
    case Bank::kVec:
      return ValType::V128();
    default:
      return ValType::I64();
  }
}

}  // namespace

int32_t Emitter::Near(int32_t offset) {
  if (!IsNear(offset)) too_far_ = true;
  return offset;
}

void Emitter::Wrote(int32_t offset, int32_t bytes) {
  for (Alias& alias : alias_) {
    if (alias.offset < offset + bytes && offset < alias.offset + alias.bytes) alias = {};
  }
}

void Emitter::WroteResult(const Out& out, ValType type) {
  if (WritesSlot(out.where)) Wrote(out.offset, BytesOf(type));
  if (WritesAcc(out.where)) alias_[RegOf(type)] = out.where == Dst::kBoth ? Alias{out.offset, BytesOf(type)} : Alias{};
}

uint32_t Emitter::StackCell(RegOp op, int32_t base, uint32_t word, uint64_t wide) {
  const uint32_t cell = code_.Append({op}, 24);
  code_.Set32(cell, kField0, static_cast<uint32_t>(base));
  code_.Set32(cell, kImm32, word);
  code_.Set64(cell, kImm64, wide);
  return cell;
}

void Emitter::Wide(RegOp op, int32_t near, int32_t far) {
  if (!layout_.wide) too_far_ = true;
  const uint32_t cell = code_.Append({op}, 16);
  code_.SetField(cell, kField0, Near(near));
  code_.Set32(cell, kImm32, static_cast<uint32_t>(far));
}

void Emitter::Lower(Inputs* in, uint32_t i) {
  Source& s = in->source[i];
  if (s.alias) {
    s.where = Src::kSlot;
    s.alias = false;
    return;
  }
  if (s.where == Src::kAcc && s.producer != kNone && Redirect(s.producer, Dst::kSlot, s.home, s.type)) {
    s.where = Src::kSlot;
    s.offset = s.home;
    return;
  }
  Touch(in->free_slot + 2 * i + 2);
  const int32_t free = layout_.wide ? layout_.Scratch(i) : layout_.Temp(in->free_slot + 2 * i);
  Move(s, {Dst::kSlot, free});
  s.where = Src::kSlot;
  s.offset = free;
}

// Brings one operand into a slot, the cheapest first; false if all are there.
bool Emitter::LowerOne(Inputs* in) {
  const auto lower_first = [&](auto wanted) {
    for (uint32_t i = 0; i < in->count; ++i) {
      if (in->source[i].where == Src::kSlot || !wanted(in->source[i])) continue;
      Lower(in, i);
      return true;
    }
    return false;
  };
  return lower_first([](const Source& s) { return s.alias; }) ||
         lower_first([](const Source& s) { return s.where == Src::kImm; }) ||
         lower_first([](const Source& s) { return s.where != Src::kAcc; }) ||
         lower_first([](const Source&) { return true; });
}

bool Emitter::IsDirect(RegOp op, Inputs* in, const Extra& extra) const {
  const Shape& shape = ShapeOf(op);
  for (uint32_t i = 0; i < in->count; ++i) {
    const Source& s = in->source[i];
    if (s.where == Src::kImm && !ImmFits(op, shape, static_cast<int>(i), s, extra)) return false;
  }
  const Dst dst = Dst::kAcc;
  if (code_.Has({op, dst, in->source[0].where, in->source[1].where, in->source[2].where})) return true;
  Inputs slots = *in;
  for (Source& s : slots.source) {
    if (s.alias) s.where = Src::kSlot, s.alias = false;
  }
  if (!code_.Has({op, dst, slots.source[0].where, slots.source[1].where, slots.source[2].where})) return false;
  *in = slots;
  return true;
}

// The variant for these operands that the handler table has. Operands are lowered to slots until there is one; the
// variant with all operands in slots always exists.
Variant Emitter::Choose(RegOp op, const Extra& extra, Inputs* in, Out* out) {
  const Shape& shape = ShapeOf(op);
  for (uint32_t i = 0; i < in->count; ++i) {
    const Source& s = in->source[i];
    if (s.where == Src::kImm && !ImmFits(op, shape, static_cast<int>(i), s, extra)) Lower(in, i);
  }
  Variant v{op};
  do {
    v.dst = shape.dst == Bank::kNone ? Dst::kAcc : out->where;
    v.a = in->source[0].where, v.b = in->source[1].where, v.c = in->source[2].where;
    if (code_.Has(v)) return v;
    if (Commutes(op)) {
      std::swap(v.a, v.b);
      if (code_.Has(v)) {
        std::swap(in->source[0], in->source[1]);
        return v;
      }
    }
  } while (LowerOne(in));
  out->where = v.dst = Dst::kSlot;
  return v;
}

void Emitter::LoadFarSources(Inputs* in) {
  for (uint32_t i = 0; i < in->count; ++i) {
    Source& s = in->source[i];
    if (s.where != Src::kSlot || IsNear(s.offset)) continue;
    Wide(BankOf(s.type) == Bank::kVec ? RegOp::kLoadWideV : RegOp::kLoadWide, layout_.Scratch(i), s.offset);
    s.offset = layout_.Scratch(i);
  }
}

void Emitter::Fill(uint32_t cell, const Inputs& in, const Out& out, const Extra& extra) {
  const Variant v = code_.cell(cell).variant;
  const Shape& shape = ShapeOf(v.op);
  if (shape.dst != Bank::kNone && WritesSlot(v.dst)) code_.SetField(cell, kField0, Near(out.offset));
  if (extra.lane >= 0) code_.SetField(cell, kField3, extra.lane);
  switch (shape.format) {
    case Format::kLoad:
    case Format::kStore:
    case Format::kGlobal:
      code_.Set32(cell, kImm32, extra.word);
      break;
    case Format::kLoadX:
    case Format::kStoreX:
      code_.SetField(cell, kField3, static_cast<int32_t>(extra.word));
      break;
    default:
      break;
  }
  for (uint32_t i = 0; i < in.count; ++i) {
    const Source& s = in.source[i];
    const int field = FieldOf(shape, v, static_cast<int>(i));
    if (s.where == Src::kSlot) {
      code_.SetField(cell, field, Near(s.offset));
    } else if (s.where == Src::kImm) {
      if (shape.src[i] == Bank::kFloat)
        code_.Set64(cell, kImm64, s.bits);
      else if (ImmIsField(shape.format, static_cast<int>(i)))
        code_.SetField(cell, field, static_cast<int32_t>(s.bits));
      else if (shape.format != Format::kLoad)
        code_.Set32(cell, kImm32, static_cast<uint32_t>(s.bits));
    }
  }
}

// Emits `op`. out->where is kAcc with the result's home in out->offset, kSlot or kBoth; it may come back changed to
// kSlot.
uint32_t Emitter::Emit(RegOp op, Inputs in, Out* out, const Extra& extra) {
  const Shape& shape = ShapeOf(op);
  const Variant v = Choose(op, extra, &in, out);
  const bool has_result = shape.dst != Bank::kNone;
  if (has_result && WritesAcc(v.dst)) SpillAcc(RegOf(shape.dst), false);
  LoadFarSources(&in);
  Out near = *out;
  const bool far = has_result && WritesSlot(v.dst) && !IsNear(out->offset);
  if (far) near.offset = layout_.Scratch(3);
  const uint32_t cell = code_.Append(v, static_cast<uint32_t>(CellSize(shape, v)));
  Fill(cell, in, near, extra);
  if (has_result) {
    const ValType type = TypeOfBank(shape.dst);
    if (WritesAcc(v.dst)) {
      alias_before_ = alias_[RegOf(shape.dst)];
      alias_before_cell_ = cell;
    }
    if (far) Wide(shape.dst == Bank::kVec ? RegOp::kStoreWideV : RegOp::kStoreWide, near.offset, out->offset);
    WroteResult(*out, type);
  }
  return cell;
}

// Takes the last cell back; whatever was remembered of it is forgotten.
void Emitter::TakeBackLast() {
  const uint32_t cell = code_.cell_count() - 1;
  if (increment_.cell == cell) increment_ = {};
  if (alias_before_cell_ == cell) alias_before_cell_ = kNone;
  code_.PopLast();
}

// Lets an earlier cell put its result elsewhere than in the accumulator alone. False if it cannot.
bool Emitter::Redirect(uint32_t cell, Dst where, int32_t offset, ValType type) {
  Variant v = code_.cell(cell).variant;
  v.dst = where;
  if (WritesSlot(where) && !IsNear(offset)) return false;
  if (!code_.Has(v)) return false;
  code_.SetVariant(cell, v);
  if (WritesSlot(where)) code_.SetField(cell, kField0, offset);
  // The accumulator keeps what it had, unless something else has been there in between.
  if (!WritesAcc(where) && cell == alias_before_cell_ && cell == code_.Last()) alias_[RegOf(type)] = alias_before_;
  WroteResult({where, offset}, type);
  return true;
}

void Emitter::MoveConst(ValType type, uint64_t bits, Out to) {
  // A Const64 writes integer registers only; into a slot it serves floats as well.
  const bool is_float = BankOf(type) == Bank::kFloat;
  Variant v{MoveOf(type), to.where, Src::kImm};
  const bool as_move = (is_float || FitsSigned(bits, 32)) && code_.Has(v);
  if (!as_move) v = {RegOp::kConst64, to.where};
  if (to.where != Dst::kSlot && (!code_.Has(v) || (is_float && !as_move))) {
    Touch(slots_ + 8);
    const int32_t free = layout_.wide ? layout_.Scratch(3) : layout_.Temp(slots_ + 6);
    MoveConst(type, bits, {Dst::kSlot, free});
    return Move({.where = Src::kSlot, .type = type, .offset = free}, to);
  }
  const bool far = WritesSlot(to.where) && !IsNear(to.offset);
  const int32_t near = far ? layout_.Scratch(3) : to.offset;
  const bool short_form = as_move && !is_float;
  const uint32_t cell = code_.Append(v, short_form ? 16 : 24);
  if (WritesSlot(to.where)) code_.SetField(cell, kField0, Near(near));
  if (short_form)
    code_.Set32(cell, kImm32, static_cast<uint32_t>(bits));
  else
    code_.Set64(cell, kImm64, bits);
  if (far) Wide(RegOp::kStoreWide, near, to.offset);
  WroteResult(to, type);
}

// Moves exist in all variants. REQUIRES: an accumulator that is written has no owner.
void Emitter::Move(Source from, Out to) {
  if (from.where == Src::kImm) return MoveConst(from.type, from.bits, to);
  const bool vec = BankOf(from.type) == Bank::kVec;
  const RegOp load = vec ? RegOp::kLoadWideV : RegOp::kLoadWide;
  const RegOp store = vec ? RegOp::kStoreWideV : RegOp::kStoreWide;
  const bool far_to = WritesSlot(to.where) && !IsNear(to.offset);
  if (from.where == Src::kSlot && !IsNear(from.offset)) {
    const bool direct = to.where == Dst::kSlot && !far_to;
    const int32_t near = direct ? to.offset : layout_.Scratch(3);
    Wide(load, near, from.offset);
    if (direct) return WroteResult(to, from.type);
    from.offset = near;
  }
  if (far_to && from.where == Src::kSlot && to.where == Dst::kSlot) {
    Wide(store, from.offset, to.offset);
    return WroteResult(to, from.type);
  }
  const uint32_t cell = code_.Append({MoveOf(from.type), to.where, from.where}, 16);
  const int32_t near = far_to ? layout_.Scratch(3) : to.offset;
  if (WritesSlot(to.where)) code_.SetField(cell, kField0, Near(near));
  if (from.where == Src::kSlot) code_.SetField(cell, kField1, Near(from.offset));
  if (far_to) Wide(store, near, to.offset);
  WroteResult(to, from.type);
}

}  // namespace cvm
