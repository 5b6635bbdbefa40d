// Structures, arrays, i31 and casts. Fields and elements are read and written by operations of our own, one for each
// kind of storage; allocation is in stack form: its cells are where collections happen, and everything is in slots
// then.
#include "vm/compile/emitter.hpp"

namespace cvm {
namespace {

// The operations on one kind of storage.
struct StorageOps {
  RegOp load;
  RegOp load_signed;
  RegOp store;
};

constexpr StorageOps kStructOps[] = {{RegOp::kStructLoad8U, RegOp::kStructLoad8S, RegOp::kStructStore8},
                                     {RegOp::kStructLoad16U, RegOp::kStructLoad16S, RegOp::kStructStore16},
                                     {RegOp::kStructLoad32, RegOp::kStructLoad32, RegOp::kStructStore32},
                                     {RegOp::kStructLoad64, RegOp::kStructLoad64, RegOp::kStructStore64},
                                     {RegOp::kStructLoadF32, RegOp::kStructLoadF32, RegOp::kStructStoreF32},
                                     {RegOp::kStructLoadF64, RegOp::kStructLoadF64, RegOp::kStructStoreF64},
                                     {RegOp::kStructLoadV128, RegOp::kStructLoadV128, RegOp::kStructStoreV128},
                                     {RegOp::kStructLoad64, RegOp::kStructLoad64, RegOp::kStructStoreRef}};
constexpr StorageOps kArrayOps[] = {{RegOp::kArrayLoad8U, RegOp::kArrayLoad8S, RegOp::kArrayStore8},
                                    {RegOp::kArrayLoad16U, RegOp::kArrayLoad16S, RegOp::kArrayStore16},
                                    {RegOp::kArrayLoad32, RegOp::kArrayLoad32, RegOp::kArrayStore32},
                                    {RegOp::kArrayLoad64, RegOp::kArrayLoad64, RegOp::kArrayStore64},
                                    {RegOp::kArrayLoadF32, RegOp::kArrayLoadF32, RegOp::kArrayStoreF32},
                                    {RegOp::kArrayLoadF64, RegOp::kArrayLoadF64, RegOp::kArrayStoreF64},
                                    {RegOp::kArrayLoadV128, RegOp::kArrayLoadV128, RegOp::kArrayStoreV128},
                                    {RegOp::kArrayLoad64, RegOp::kArrayLoad64, RegOp::kArrayStoreRef}};

size_t StorageIndex(const FieldType& field) {
  if (field.packed == PackedKind::kI8) return 0;
  if (field.packed == PackedKind::kI16) return 1;
  switch (field.type.kind) {
    case ValKind::kI32:
      return 2;
    case ValKind::kF32:
      return 4;
    case ValKind::kF64:
      return 5;
    case ValKind::kV128:
      return 6;
    case ValKind::kI64:
      return 3;
    default:
      return 7;
  }
}

bool IsSignedForm(Opcode op) { return op == Opcode::kStructGetS || op == Opcode::kArrayGetS; }

}  // namespace

void Emitter::OnStructGet(const Instr& instr) {
  const FieldType& field = module_.types[instr.index].fields[instr.index2];
  const StorageOps& ops = kStructOps[StorageIndex(field)];
  const uint32_t offset = env_.type_infos[instr.index]->field_offsets[instr.index2];
  Simple(IsSignedForm(instr.op) ? ops.load_signed : ops.load, 1, field.type, {.word = offset});
}

void Emitter::OnStructSet(const Instr& instr) {
  const FieldType& field = module_.types[instr.index].fields[instr.index2];
  const uint32_t offset = env_.type_infos[instr.index]->field_offsets[instr.index2];
  const Inputs in = TakeInputs(2);
  Out none;
  Emit(kStructOps[StorageIndex(field)].store, in, &none, {.word = offset});
}

void Emitter::OnArrayGet(const Instr& instr) {
  const FieldType& field = module_.types[instr.index].fields[0];
  const StorageOps& ops = kArrayOps[StorageIndex(field)];
  Simple(IsSignedForm(instr.op) ? ops.load_signed : ops.load, 2, field.type);
}

void Emitter::OnArraySet(const Instr& instr) {
  const Inputs in = TakeInputs(3);
  Out none;
  Emit(kArrayOps[StorageIndex(module_.types[instr.index].fields[0])].store, in, &none);
}

// Instructions on one operand, without immediates.
void Emitter::OnRefUnary(const Instr& instr) {
  switch (instr.op) {
    case Opcode::kArrayLen:
      return Simple(RegOp::kArrayLength, 1, ValType::I32());
    case Opcode::kRefI31:
      return Simple(RegOp::kI31New, 1, ValType::Ref(HeapType::Abstract(HeapKind::kI31), false));
    case Opcode::kI31GetS:
      return Simple(RegOp::kI31SignedOf, 1, ValType::I32());
    case Opcode::kI31GetU:
      return Simple(RegOp::kI31UnsignedOf, 1, ValType::I32());
    default:
      return Simple(RegOp::kNonNull, 1, top().type);
  }
}

// any.convert_extern, extern.convert_any: a reference is the same word either way.
void Emitter::OnConvertRef(const Instr& instr) {
  const bool to_any = instr.op == Opcode::kAnyConvertExtern;
  top().type = ValType::Ref(HeapType::Abstract(to_any ? HeapKind::kAny : HeapKind::kExtern), true);
}

// struct.new in a frame whose slots are all near: its cell names the slots of the operands, which stay where they are.
void Emitter::OnStructNew(const Instr& instr) {
  constexpr size_t kMostOperands = 256;
  const size_t count = module_.types[instr.index].fields.size();
  if (layout_.wide || count > kMostOperands || !code_.Has({RegOp::kStructGather})) return OnAggregate(instr);
  const size_t first = stack_.size() - count;
  for (size_t i = first; i < stack_.size(); ++i) SettleAddress(i);
  std::vector<int32_t> offsets;
  for (size_t i = first; i < stack_.size(); ++i) {
    Source s = Resolve(stack_[i]);
    if (s.where == Src::kImm && s.bits == 0) {
      offsets.push_back(0);
      continue;
    }
    if (s.where != Src::kSlot && !s.alias) {
      Materialize(i);
      s.offset = Home(stack_[i]);
    }
    offsets.push_back(s.offset);
    if (stack_[i].type.kind == ValKind::kV128) offsets.push_back(s.offset + kSlotBytes);
  }
  TruncateTo(first);
  SpillAcc(0, false);
  const ValType made = ValType::Ref(HeapType::Concrete(TypeIndex(instr.index)), false);
  const Out out{Dst::kAcc, NextHome(made)};
  const auto groups = static_cast<uint32_t>((offsets.size() + 3) / 4);
  const uint32_t cell = code_.Append({RegOp::kStructGather}, 16 + 8 * groups);
  code_.SetField(cell, kField1, static_cast<int32_t>(offsets.size()));
  code_.Set32(cell, kImm32, instr.index);
  for (size_t i = 0; i < offsets.size(); ++i) code_.SetField(cell, kImm64 + 2 * static_cast<int>(i), Near(offsets[i]));
  WroteResult(out, made);
  PushResult(made, cell, out);
}

// Operations that allocate or work on whole arrays.
void Emitter::OnAggregate(const Instr& instr) {
  const SubType& type = module_.types[instr.index];
  size_t operands = 0;
  bool allocates = true;
  switch (instr.op) {
    case Opcode::kStructNew:
    case Opcode::kStructNewDesc:
      operands = type.fields.size() + (type.descriptor.has_value() ? 1 : 0);
      break;
    case Opcode::kStructNewDefault:
    case Opcode::kStructNewDefaultDesc:
      operands = type.descriptor.has_value() ? 1 : 0;
      break;
    case Opcode::kArrayNewDefault:
      operands = 1;
      break;
    case Opcode::kArrayNewFixed:
      operands = instr.index2;
      break;
    case Opcode::kArrayNew:
    case Opcode::kArrayNewData:
    case Opcode::kArrayNewElem:
      operands = 2;
      break;
    default:
      operands = instr.op == Opcode::kArrayCopy ? 5 : 4;
      allocates = false;
  }
  const ValType made = ValType::Ref(HeapType::Concrete(TypeIndex(instr.index)), false);
  const std::span<const ValType> results(&made, allocates ? 1 : 0);
  StackForm(ToRegOp(instr.op), operands, results, {.word = instr.index, .wide = instr.index2});
}

// --- casts

Emitter::TypeCheck Emitter::CheckOf(HeapType heap, bool nullable) const {
  TypeCheck check;
  check.abstract = !heap.is_concrete();
  check.word = check.abstract ? uint32_t{static_cast<uint8_t>(heap.kind)} << 2 : heap.index << 2 | (heap.exact ? 2 : 0);
  check.word |= nullable ? 1 : 0;
  return check;
}

void Emitter::OnRefTest(const Instr& instr) {
  const TypeCheck check = CheckOf(instr.heap, instr.op == Opcode::kRefTestNull);
  Simple(check.abstract ? RegOp::kTestAbstract : RegOp::kTestConcrete, 1, ValType::I32(), {.word = check.word});
}

void Emitter::OnRefCast(const Instr& instr) {
  const bool nullable = instr.op == Opcode::kRefCastNull;
  const TypeCheck check = CheckOf(instr.heap, nullable);
  Simple(check.abstract ? RegOp::kCastAbstract : RegOp::kCastConcrete, 1, ValType::Ref(instr.heap, nullable),
         {.word = check.word});
}

// The reference stays on the stack, where the branch is taken and where it is not.
void Emitter::OnBrOnCast(const Instr& instr) {
  Block& b = Label(instr.index);
  const size_t count = LabelTypes(b).size();
  for (size_t i = stack_.size() - count; i < stack_.size() - 1; ++i) SettleAddress(i);
  Materialize(stack_.size() - 1);
  const TypeCheck check = CheckOf(instr.heap2, (instr.flags & 2) != 0);
  Inputs in;
  in.count = 1;
  in.free_slot = slots_;
  in.source[0] = Resolve(top());
  Out out{Dst::kAcc, NextHome(ValType::I32())};
  const uint32_t cell =
      Emit(check.abstract ? RegOp::kTestAbstract : RegOp::kTestConcrete, in, &out, {.word = check.word});
  PushResult(ValType::I32(), cell, out);
  BranchIf(b, instr.op == Opcode::kBrOnCast);
}

// --- custom-descriptors

void Emitter::OnRefGetDesc(const Instr& instr) {
  const HeapType heap = HeapType::Concrete(*module_.types[instr.index].descriptor);
  const ValType result = ValType::Ref(heap, false);
  StackForm(ToRegOp(instr.op), 1, {&result, 1}, {});
}

void Emitter::OnRefCastDescEq(const Instr& instr) {
  const bool nullable = instr.op == Opcode::kRefCastDescEqNull;
  const ValType result = ValType::Ref(instr.heap, nullable);
  StackForm(ToRegOp(Opcode::kRefCastDescEq), 2, {&result, 1}, {.word = nullable ? 1u : 0u});
}

// As br_on_cast; the descriptor, above the reference, is used up by the test.
void Emitter::OnBrOnCastDescEq(const Instr& instr) {
  Block& b = Label(instr.index);
  const size_t count = LabelTypes(b).size();
  for (size_t i = stack_.size() - 1 - count; i < stack_.size(); ++i) SettleAddress(i);
  Materialize(stack_.size() - 2);
  // The test takes copies of both in stack form: the reference is pushed once more below the descriptor.
  Materialize(stack_.size() - 1);
  const Operand descriptor = top();
  Pop();
  const Operand ref = top();
  const int32_t base = layout_.Temp(slots_);
  Touch(slots_ + 4);
  SpillAll();
  if (!layout_.wide) Near(base);
  Move({.where = Src::kSlot, .type = ref.type, .offset = Home(ref)}, {Dst::kSlot, base});
  Move({.where = Src::kSlot, .type = descriptor.type, .offset = Home(descriptor)}, {Dst::kSlot, base + kSlotBytes});
  StackCell(ToRegOp(Opcode::kBrOnCastDescEq), base, (instr.flags & 2) != 0 ? 1 : 0);
  alias_[0] = alias_[1] = {};
  const ValType condition = ValType::I32();
  PushStackResults(base, {&condition, 1});
  BranchIf(b, instr.op == Opcode::kBrOnCastDescEq);
}

}  // namespace cvm
