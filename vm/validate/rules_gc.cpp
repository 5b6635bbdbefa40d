// Rules of aggregate instructions: structures, arrays, i31 (core/valid/instructions#aggregate-reference-instructions).
#include "vm/validate/rules.hpp"

namespace cvm {
namespace {

// The limit of the JS API.
Packed RefTo(uint32_t type) { return PackedRef(HeapType::Concrete(TypeIndex(type)), true); }

// What an allocation gives: not null, and of exactly this type where such types exist.
bool PushNew(FunctionValidator& v, uint32_t type) {
  HeapType heap = HeapType::Concrete(TypeIndex(type));
  heap.exact = v.features().Has(Feature::kCustomDescriptors);
  return v.Push(PackedRef(heap, false));
}

// custom-descriptors: a type with a descriptor is allocated with it, by the _desc forms, and others without.
bool PopDescriptor(FunctionValidator& v, const SubType& type, bool wanted) {
  if (type.descriptor && !wanted) return v.Invalid("type with descriptor requires descriptor allocation");
  if (!type.descriptor && wanted) return v.Invalid("type without descriptor requires non-descriptor allocation");
  if (!wanted) return true;
  HeapType descriptor = HeapType::Concrete(*type.descriptor);
  descriptor.exact = true;
  return v.Pop(PackedRef(descriptor, true));
}

template <bool kDescriptor>
bool StructNew(FunctionValidator& v, const Instr& instr, const Rule&) {
  const SubType* type = nullptr;
  if (!v.StructTypeAt(instr.index, &type) || !PopDescriptor(v, *type, kDescriptor)) return false;
  std::vector<Packed>& fields = v.scratch();
  fields.clear();
  for (const FieldType& field : type->fields) fields.push_back(Pack(field.type));
  return v.PopAll(fields) && PushNew(v, instr.index);
}

template <bool kDescriptor>
bool StructNewDefault(FunctionValidator& v, const Instr& instr, const Rule&) {
  const SubType* type = nullptr;
  if (!v.StructTypeAt(instr.index, &type)) return false;
  for (const FieldType& field : type->fields) {
    if (!field.type.is_defaultable()) return v.Invalid("field type is not defaultable");
  }
  return PopDescriptor(v, *type, kDescriptor) && PushNew(v, instr.index);
}

bool FieldAt(FunctionValidator& v, const Instr& instr, const FieldType** field) {
  const SubType* type = nullptr;
  if (!v.StructTypeAt(instr.index, &type)) return false;
  if (instr.index2 >= type->fields.size()) return v.Unknown("field", instr.index2);
  *field = &type->fields[instr.index2];
  return true;
}

// Packed storage is read by the _s and _u forms only, other storage by the plain form only.
bool CheckPacking(FunctionValidator& v, const FieldType& field, bool extends, const char* what) {
  const bool packed = field.packed != PackedKind::kNone;
  return packed == extends || v.Invalid(std::string(what) + (packed ? " is packed" : " is unpacked"));
}

template <bool kExtends>
bool StructGet(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  return FieldAt(v, instr, &field) && CheckPacking(v, *field, kExtends, "field") && v.Pop(RefTo(instr.index)) &&
         v.Push(Pack(field->type));
}

bool StructSet(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  if (!FieldAt(v, instr, &field)) return false;
  if (!field->mutable_) return v.Invalid("immutable field " + std::to_string(instr.index2));
  const Packed params[] = {RefTo(instr.index), Pack(field->type)};
  return v.PopAll(params);
}

bool ArrayNew(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  if (!v.ArrayTypeAt(instr.index, &field)) return false;
  const Packed params[] = {Pack(field->type), kPackedI32};
  return v.PopAll(params) && PushNew(v, instr.index);
}

bool ArrayNewDefault(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  if (!v.ArrayTypeAt(instr.index, &field)) return false;
  if (!field->type.is_defaultable()) return v.Invalid("array type is not defaultable");
  return v.Pop(kPackedI32) && PushNew(v, instr.index);
}

bool ArrayNewFixed(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  if (!v.ArrayTypeAt(instr.index, &field)) return false;
  if (instr.index2 > v.limits().fixed_array_elements) {
    return v.Exceeded(&LoadLimits::fixed_array_elements, instr.index2);
  }
  v.scratch().assign(instr.index2, Pack(field->type));
  return v.PopAll(v.scratch()) && PushNew(v, instr.index);
}

bool IsBytes(FunctionValidator& v, const FieldType& field) {
  return !field.type.is_ref() || v.Invalid("array type is not numeric or vector");
}

bool SegmentMatches(FunctionValidator& v, uint32_t segment, const FieldType& field) {
  const ElementSegment* elements = nullptr;
  if (!v.ElemAt(segment, &elements)) return false;
  return MatchVal(v.types(), elements->type, field.type) ||
         v.TypeMismatch("element segment's type " + ToString(elements->type) + " does not match array's field type " +
                        ToString(field.type));
}

bool PopSliceAndPushNew(FunctionValidator& v, uint32_t type) {
  const Packed params[] = {kPackedI32, kPackedI32};
  return v.PopAll(params) && PushNew(v, type);
}

bool ArrayNewData(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  return v.ArrayTypeAt(instr.index, &field) && v.DataAt(instr.index2) && IsBytes(v, *field) &&
         PopSliceAndPushNew(v, instr.index);
}

bool ArrayNewElem(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  return v.ArrayTypeAt(instr.index, &field) && SegmentMatches(v, instr.index2, *field) &&
         PopSliceAndPushNew(v, instr.index);
}

template <bool kExtends>
bool ArrayGet(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  if (!v.ArrayTypeAt(instr.index, &field) || !CheckPacking(v, *field, kExtends, "array")) return false;
  const Packed params[] = {RefTo(instr.index), kPackedI32};
  return v.PopAll(params) && v.Push(Pack(field->type));
}

bool MutableArrayAt(FunctionValidator& v, uint32_t type, const FieldType** field) {
  return v.ArrayTypeAt(type, field) && ((*field)->mutable_ || v.Invalid("immutable array"));
}

bool ArraySet(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  if (!MutableArrayAt(v, instr.index, &field)) return false;
  const Packed params[] = {RefTo(instr.index), kPackedI32, Pack(field->type)};
  return v.PopAll(params);
}

bool ArrayLen(FunctionValidator& v, const Instr&, const Rule&) {
  return v.Pop(PackedRef(HeapKind::kArray, true)) && v.Push(kPackedI32);
}

bool ArrayFill(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  if (!MutableArrayAt(v, instr.index, &field)) return false;
  const Packed params[] = {RefTo(instr.index), kPackedI32, Pack(field->type), kPackedI32};
  return v.PopAll(params);
}

bool ArrayCopy(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* to = nullptr;
  const FieldType* from = nullptr;
  if (!MutableArrayAt(v, instr.index, &to) || !v.ArrayTypeAt(instr.index2, &from)) return false;
  if (to->packed != from->packed || !MatchVal(v.types(), from->type, to->type)) {
    return v.Invalid("array types do not match");
  }
  const Packed params[] = {RefTo(instr.index), kPackedI32, RefTo(instr.index2), kPackedI32, kPackedI32};
  return v.PopAll(params);
}

bool PopInitOperands(FunctionValidator& v, uint32_t type) {
  const Packed params[] = {RefTo(type), kPackedI32, kPackedI32, kPackedI32};
  return v.PopAll(params);
}

bool ArrayInitData(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  return MutableArrayAt(v, instr.index, &field) && v.DataAt(instr.index2) && IsBytes(v, *field) &&
         PopInitOperands(v, instr.index);
}

bool ArrayInitElem(FunctionValidator& v, const Instr& instr, const Rule&) {
  const FieldType* field = nullptr;
  return MutableArrayAt(v, instr.index, &field) && SegmentMatches(v, instr.index2, *field) &&
         PopInitOperands(v, instr.index);
}

bool RefI31(FunctionValidator& v, const Instr&, const Rule&) {
  return v.Pop(kPackedI32) && v.Push(PackedRef(HeapKind::kI31, false));
}

bool I31Get(FunctionValidator& v, const Instr&, const Rule&) {
  return v.Pop(PackedRef(HeapKind::kI31, true)) && v.Push(kPackedI32);
}

constexpr CustomRule kRules[] = {
    {Opcode::kStructNew, StructNew<false>},
    {Opcode::kStructNewDesc, StructNew<true>},
    {Opcode::kStructNewDefault, StructNewDefault<false>},
    {Opcode::kStructNewDefaultDesc, StructNewDefault<true>},
    {Opcode::kStructGet, StructGet<false>},
    {Opcode::kStructGetS, StructGet<true>},
    {Opcode::kStructGetU, StructGet<true>},
    {Opcode::kStructSet, StructSet},
    {Opcode::kArrayNew, ArrayNew},
    {Opcode::kArrayNewDefault, ArrayNewDefault},
    {Opcode::kArrayNewFixed, ArrayNewFixed},
    {Opcode::kArrayNewData, ArrayNewData},
    {Opcode::kArrayNewElem, ArrayNewElem},
    {Opcode::kArrayGet, ArrayGet<false>},
    {Opcode::kArrayGetS, ArrayGet<true>},
    {Opcode::kArrayGetU, ArrayGet<true>},
    {Opcode::kArraySet, ArraySet},
    {Opcode::kArrayLen, ArrayLen},
    {Opcode::kArrayFill, ArrayFill},
    {Opcode::kArrayCopy, ArrayCopy},
    {Opcode::kArrayInitData, ArrayInitData},
    {Opcode::kArrayInitElem, ArrayInitElem},
    {Opcode::kRefI31, RefI31},
    {Opcode::kI31GetS, I31Get},
    {Opcode::kI31GetU, I31Get},
};

}  // namespace

std::span<const CustomRule> GcRules() { return kRules; }

}  // namespace cvm
