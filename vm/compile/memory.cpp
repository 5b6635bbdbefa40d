// Memory accesses, and instructions in stack form: operands and results at consecutive slots.
//
// One rule for references in stack form: operands are copied to the plain slots of their height before the cell,
// results moved to their reference slots right after it. Nothing can collect in between.
#include "vm/compile/emitter.hpp"

namespace cvm {
namespace {

ValType ResultOf(char letter) {
  switch (letter) {
    case 'l':
      return ValType::I64();
    case 'f':
      return ValType::F32();
    case 'd':
      return ValType::F64();
    case 'v':
      return ValType::V128();
    default:
      return ValType::I32();
  }
}

struct IndexedForms {
  Opcode op;
  RegOp sum;     // address a + b
  RegOp scaled;  // a + (b << width); kOwnEnd_ where there is none
};

// i32 values are zero-extended: an i64 access of fewer bits is an i32 access, as long as it does not extend a sign.
constexpr IndexedForms kIndexed[] = {
    {Opcode::kI32Load, RegOp::kI32LoadX, RegOp::kI32LoadScaled},
    {Opcode::kI64Load, RegOp::kI64LoadX, RegOp::kI64LoadScaled},
    {Opcode::kF32Load, RegOp::kF32LoadX, RegOp::kF32LoadScaled},
    {Opcode::kF64Load, RegOp::kF64LoadX, RegOp::kF64LoadScaled},
    {Opcode::kI32Load8S, RegOp::kI32Load8SX, RegOp::kOwnEnd_},
    {Opcode::kI32Load8U, RegOp::kI32Load8UX, RegOp::kOwnEnd_},
    {Opcode::kI32Load16S, RegOp::kI32Load16SX, RegOp::kI32Load16SScaled},
    {Opcode::kI32Load16U, RegOp::kI32Load16UX, RegOp::kI32Load16UScaled},
    {Opcode::kI64Load8U, RegOp::kI32Load8UX, RegOp::kOwnEnd_},
    {Opcode::kI64Load16U, RegOp::kI32Load16UX, RegOp::kI32Load16UScaled},
    {Opcode::kI64Load32U, RegOp::kI32LoadX, RegOp::kI32LoadScaled},
    {Opcode::kI32Store, RegOp::kI32StoreX, RegOp::kOwnEnd_},
    {Opcode::kI64Store, RegOp::kI64StoreX, RegOp::kOwnEnd_},
    {Opcode::kF32Store, RegOp::kF32StoreX, RegOp::kOwnEnd_},
    {Opcode::kF64Store, RegOp::kF64StoreX, RegOp::kOwnEnd_},
    {Opcode::kI32Store8, RegOp::kI32Store8X, RegOp::kOwnEnd_},
    {Opcode::kI32Store16, RegOp::kI32Store16X, RegOp::kOwnEnd_},
    {Opcode::kI64Store8, RegOp::kI32Store8X, RegOp::kOwnEnd_},
    {Opcode::kI64Store16, RegOp::kI32Store16X, RegOp::kOwnEnd_},
    {Opcode::kI64Store32, RegOp::kI32StoreX, RegOp::kOwnEnd_},
};

// The indexed form of an access whose index is shifted by `shift`; kOwnEnd_ if there is none.
RegOp IndexedOp(Opcode op, uint8_t shift) {
  for (const IndexedForms& forms : kIndexed) {
    if (forms.op != op) continue;
    if (shift == 0) return forms.sum;
    return shift == AccessSizeLog2(op) ? forms.scaled : RegOp::kOwnEnd_;
  }
  return RegOp::kOwnEnd_;
}

constexpr uint64_t kMaxIndexedOffset = 0x7fff;

}  // namespace

// Whether the access can be made without a check in code, or by a handler that checks against memory 0.
bool Emitter::IsFastAccess(const Instr& instr) const {
  if (instr.mem.memory.value != 0) return false;
  const MemoryType& memory = module_.memory_types[0];
  if (memory.limits.addr != AddrKind::kI32 || instr.mem.offset > UINT32_MAX) return false;
  constexpr uint64_t kWidest = 16;
  // The bound in the context is not kept up to date for a memory that others grow too.
  if (env_.guard_bytes == 0) return !memory.limits.shared;
  // Pages smaller than the system's end where no guard page can begin.
  return memory.page_size_log2 == 16 && instr.mem.offset + kWidest <= env_.guard_bytes;
}

// A constant address joins the offset: below 4 GiB together they are within every reservation.
uint64_t Emitter::TakeConstAddress(size_t i, RegOp op, uint64_t offset) {
  Operand& e = stack_[i];
  if (e.is_address || e.kind != Kind::kConst || e.bits + offset > UINT32_MAX) return offset;
  const Variant v{op, Dst::kAcc, Src::kImm};
  if (!code_.Has(v)) return offset;
  offset += e.bits;
  e.bits = 0;
  return offset;
}

void Emitter::OnLoad(const Instr& instr) {
  const ValType result = ResultOf(instr.info().sig.back());
  if (!IsFastAccess(instr)) {
    Settle();
    StackForm(SlowForm(instr.op), 1, {&result, 1}, {.word = instr.mem.memory.value, .wide = instr.mem.offset});
    return;
  }
  if (LoadIndexed(instr, result)) return;
  Settle();
  const RegOp op = ToRegOp(instr.op);
  const uint64_t offset = TakeConstAddress(stack_.size() - 1, op, instr.mem.offset);
  Simple(op, 1, result, {.word = static_cast<uint32_t>(offset)});
}

// The addition just before is part of the load. A constant addend takes the place of the offset.
bool Emitter::LoadIndexed(const Instr& instr, ValType result) {
  const bool pending = pending_.what == Pending::What::kAdd;
  if (instr.mem.offset > kMaxIndexedOffset || (!pending && !top().is_address)) return false;
  const RegOp op = IndexedOp(instr.op, pending ? pending_.shift : top().shift);
  if (op == RegOp::kOwnEnd_) return false;
  const size_t operands = pending ? 2 : 1;
  Inputs in;
  in.count = 2;
  in.free_slot = slots_;
  if (pending) {
    in.source[0] = Resolve(stack_[stack_.size() - 2]);
    in.source[1] = Resolve(top());
    if (in.source[0].where == Src::kImm && pending_.shift == 0) std::swap(in.source[0], in.source[1]);
  } else {
    in.source[0] = Resolve(top());
    in.source[1] = ResolveIndex(top());
  }
  if (!IsDirect(op, &in, {.word = static_cast<uint32_t>(instr.mem.offset)})) return false;
  pending_ = {};
  TruncateTo(stack_.size() - operands);
  Out out{Dst::kAcc, NextHome(result)};
  const uint32_t cell = Emit(op, in, &out, {.word = static_cast<uint32_t>(instr.mem.offset)});
  PushResult(result, cell, out);
  return true;
}

void Emitter::OnStore(const Instr& instr) {
  if (!IsFastAccess(instr)) {
    StackForm(SlowForm(instr.op), 2, {}, {.word = instr.mem.memory.value, .wide = instr.mem.offset});
    return;
  }
  if (StoreIndexed(instr)) return;
  const RegOp op = ToRegOp(instr.op);
  const uint64_t offset = TakeConstAddress(stack_.size() - 2, op, instr.mem.offset);
  const Inputs in = TakeInputs(2);
  Out none;
  Emit(op, in, &none, {.word = static_cast<uint32_t>(offset)});
}

bool Emitter::StoreIndexed(const Instr& instr) {
  SettleAddress(stack_.size() - 1);
  const Operand& address = stack_[stack_.size() - 2];
  if (!address.is_address || instr.mem.offset > kMaxIndexedOffset) return false;
  const RegOp op = IndexedOp(instr.op, address.shift);
  if (op == RegOp::kOwnEnd_) return false;
  Inputs in;
  in.count = 3;
  in.free_slot = slots_;
  in.source[0] = Resolve(address);
  in.source[1] = ResolveIndex(address);
  in.source[2] = Resolve(top());
  const Extra extra{.word = static_cast<uint32_t>(instr.mem.offset)};
  if (!IsDirect(op, &in, extra)) {
    if (in.source[2].where == Src::kSlot) return false;
    Lower(&in, 2);
    if (!IsDirect(op, &in, extra)) return false;
  }
  TruncateTo(stack_.size() - 2);
  Out none;
  Emit(op, in, &none, extra);
  return true;
}

// --- stack form

namespace {

// Operands and result of the instructions in stack form whose signature is "*". `element` is of the table, if any.
struct StackSignature {
  size_t operands = 0;
  std::optional<ValType> result;
};

}  // namespace

void Emitter::OnStackForm(const Instr& instr) {
  const auto table = [&] { return module_.table_types[instr.index]; };
  const auto func_ref = [&] { return ValType::Ref(HeapType::Concrete(module_.func_types[instr.index]), false); };
  StackSignature s;
  switch (instr.op) {
    case Opcode::kTableGet:
      s = {1, table().element};
      break;
    case Opcode::kTableSet:
      s = {2, {}};
      break;
    case Opcode::kTableGrow:
      s = {2, AddrType(table().limits.addr)};
      break;
    case Opcode::kTableSize:
      s = {0, AddrType(table().limits.addr)};
      break;
    case Opcode::kTableFill:
    case Opcode::kTableInit:
    case Opcode::kTableCopy:
      s = {3, {}};
      break;
    case Opcode::kRefFunc:
      s = {0, func_ref()};
      break;
    case Opcode::kMemorySize:
      s = {0, AddrType(module_.memory_types[instr.index].limits.addr)};
      break;
    case Opcode::kMemoryGrow:
      s = {1, AddrType(module_.memory_types[instr.index].limits.addr)};
      break;
    default:
      return OnPlainStackForm(instr);
  }
  StackForm(ToRegOp(instr.op), s.operands,
            s.result ? std::span<const ValType>(&*s.result, 1) : std::span<const ValType>(),
            {.word = instr.index, .wide = instr.index2});
}

// Those that the instruction table describes whole.
void Emitter::OnPlainStackForm(const Instr& instr) {
  const std::string_view sig = instr.info().sig;
  const size_t operands = sig.find(':');
  std::vector<ValType> results;
  for (const char letter : sig.substr(operands + 1)) results.push_back(ResultOf(letter));
  switch (instr.info().imm) {
    case ImmKind::kMemArg:
      return StackForm(SlowForm(instr.op), operands, results,
                       {.word = instr.mem.memory.value, .wide = instr.mem.offset});
    case ImmKind::kMemArgLane:
      return StackForm(
          SlowForm(instr.op), operands, results,
          {.small = static_cast<int16_t>(instr.index), .word = instr.mem.memory.value, .wide = instr.mem.offset},
          /*uses_small=*/true);
    default:
      return StackForm(ToRegOp(instr.op), operands, results, {.word = instr.index, .wide = instr.index2});
  }
}

// Brings operands, which lie below `above` others, to consecutive plain slots; the offset of the first. They are near
// where `stage_near`.
int32_t Emitter::StageOperands(size_t count, size_t above, bool stage_near) {
  const size_t first = stack_.size() - above - count;
  const int32_t base =
      stage_near ? layout_.Scratch(0) : layout_.Temp(first < stack_.size() ? stack_[first].slot : slots_);
  int32_t at = base;
  for (size_t i = first; i < first + count; ++i) {
    SettleAddress(i);
    if (stage_near || stack_[i].type.is_ref())
      Move(Resolve(stack_[i]), {Dst::kSlot, at});
    else
      Materialize(i);
    at += BytesOf(stack_[i].type);
  }
  return base;
}

void Emitter::PushStackResults(int32_t base, std::span<const ValType> results) {
  for (const ValType type : results) {
    Wrote(base, BytesOf(type));
    Push(type, Kind::kTemp);
    const int32_t home = Home(top());
    if (home != base) Move({.where = Src::kSlot, .type = type, .offset = base}, {Dst::kSlot, home});
    base += BytesOf(type);
  }
}

void Emitter::StackForm(RegOp op, size_t operands, std::span<const ValType> results, const StackImm& imm,
                        bool uses_small) {
  const int32_t base = StageOperands(operands, 0, uses_small && layout_.wide);
  TruncateTo(stack_.size() - operands);
  SpillAll();
  if (!layout_.wide) Near(base);
  const uint32_t cell = StackCell(op, base, imm.word, imm.wide);
  if (uses_small) code_.SetField(cell, kField1, imm.small);
  PushStackResults(base, results);
}

}  // namespace cvm
