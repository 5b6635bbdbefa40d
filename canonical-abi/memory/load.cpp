// Loading of everything but strings and handles, in the order of definitions.py.
//
// Load recurses along the type, which is at most kMaxTypeDepth deep; lists loop. The size of what is loaded is bounded
// twice: by the 2^28 - 1 bytes of a list in guest memory, and by the budget in host memory.
#include "canonical-abi/memory/load.hpp"

#include <cstring>
#include <utility>

#include "canonical-abi/memory/numbers.hpp"
#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

// A list<u8> is copied in one piece.
Result<Value> LoadBytes(LiftLowerContext& cx, uint64_t ptr, uint64_t length) {
  CVM_RETURN_IF_ERROR(cx.budget.Charge(length));
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  if (!InBounds(memory, ptr, length)) return cx.Trap(Fault::kListBounds);
  const uint8_t* begin = memory.data() + ptr;
  return Value::BytesOf(length == 0 ? std::vector<uint8_t>() : std::vector<uint8_t>(begin, begin + length));
}

}  // namespace

// The narrower integers ignore the bits above their width (lift_flat_unsigned, lift_flat_signed).
Result<Value> LiftPrimitive(LiftLowerContext& cx, uint64_t i, const ValType& t) {
  switch (t.kind()) {
    case TypeKind::kBool:
      return Value::Bool(ConvertIntToBool(i));
    case TypeKind::kU8:
      return Value::U8(static_cast<uint8_t>(i));
    case TypeKind::kU16:
      return Value::U16(static_cast<uint16_t>(i));
    case TypeKind::kU32:
      return Value::U32(static_cast<uint32_t>(i));
    case TypeKind::kU64:
      return Value::U64(i);
    case TypeKind::kS8:
      return Value::S8(static_cast<int8_t>(i));
    case TypeKind::kS16:
      return Value::S16(static_cast<int16_t>(i));
    case TypeKind::kS32:
      return Value::S32(static_cast<int32_t>(i));
    case TypeKind::kS64:
      return Value::S64(static_cast<int64_t>(i));
    case TypeKind::kF32:
      return Value::F32(DecodeI32AsFloat(static_cast<uint32_t>(i)));
    case TypeKind::kF64:
      return Value::F64(DecodeI64AsFloat(i));
    case TypeKind::kErrorContext:
      return LiftErrorContext(cx, static_cast<uint32_t>(i));
    default: {
      CVM_ASSIGN_OR_RETURN(const char32_t c, ConvertI32ToChar(static_cast<uint32_t>(i)));
      return Value::Char(c);
    }
  }
}

Result<Value> Load(LiftLowerContext& cx, uint64_t ptr, const ValType& t) {
  switch (t.despecialized()) {
    case TypeKind::kString:
      return LoadString(cx, ptr);
    case TypeKind::kList:
      return LoadList(cx, ptr, *t.node().element, t.node().length);
    case TypeKind::kRecord:
      return LoadRecord(cx, ptr, t.node().fields);
    case TypeKind::kVariant:
      return LoadVariant(cx, ptr, t.node().cases);
    case TypeKind::kFlags:
      return LoadFlags(cx, ptr, t.node().labels);
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
    case TypeKind::kStream:
    case TypeKind::kFuture: {
      CVM_ASSIGN_OR_RETURN(const uint64_t i, LoadInt(cx, ptr, 4));
      return LiftHandle(cx, static_cast<uint32_t>(i), t);
    }
    default: {
      CVM_ASSIGN_OR_RETURN(const uint64_t i, LoadInt(cx, ptr, ElemSize(t, cx.ptr_type())));
      return LiftPrimitive(cx, i, t);
    }
  }
}

Result<uint64_t> LoadInt(LiftLowerContext& cx, uint64_t ptr, uint32_t nbytes) {
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  if (!InBounds(memory, ptr, nbytes)) return cx.Trap(Fault::kPointerBounds);
  uint64_t i = 0;
  for (uint32_t b = 0; b < nbytes; ++b) i |= uint64_t{memory[ptr + b]} << (8 * b);
  return i;
}

Result<Value> LoadList(LiftLowerContext& cx, uint64_t ptr, const ValType& elem_type, std::optional<uint32_t> length) {
  if (length.has_value()) return LoadListFromValidRange(cx, ptr, *length, elem_type);
  CVM_ASSIGN_OR_RETURN(const uint64_t begin, LoadInt(cx, ptr, cx.ptr_size()));
  CVM_ASSIGN_OR_RETURN(const uint64_t count, LoadInt(cx, ptr + cx.ptr_size(), cx.ptr_size()));
  return LoadListFromRange(cx, begin, count, elem_type);
}

Result<Value> LoadListFromRange(LiftLowerContext& cx, uint64_t ptr, uint64_t length, const ValType& elem_type) {
  const uint64_t size = ElemSize(elem_type, cx.ptr_type());
  // By division, since a 64-bit length times a size may wrap (security.md ABI-04).
  if (length > kMaxListByteLength / size) return TrapError("list length exceeds maximum byte size");
  CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, Alignment(elem_type, cx.ptr_type()), length * size, Fault::kListAlignment,
                                    Fault::kListBounds));
  return LoadListFromValidRange(cx, ptr, length, elem_type);
}

Result<Value> LoadListFromValidRange(LiftLowerContext& cx, uint64_t ptr, uint64_t length, const ValType& elem_type) {
  if (elem_type.kind() == TypeKind::kU8) return LoadBytes(cx, ptr, length);
  CVM_RETURN_IF_ERROR(cx.budget.Charge(length, sizeof(Value)));
  std::vector<Value> a;
  a.reserve(length);
  const uint64_t size = ElemSize(elem_type, cx.ptr_type());
  for (uint64_t i = 0; i < length; ++i) {
    CVM_ASSIGN_OR_RETURN(Value element, Load(cx, ptr + i * size, elem_type));
    a.push_back(std::move(element));
  }
  return Value::ListOf(std::move(a));
}

Result<Value> LoadRecord(LiftLowerContext& cx, uint64_t ptr, const std::vector<FieldType>& fields) {
  CVM_RETURN_IF_ERROR(cx.budget.Charge(fields.size(), sizeof(Value)));
  std::vector<Value> record;
  record.reserve(fields.size());
  for (const FieldType& field : fields) {
    ptr = AlignTo(ptr, Alignment(field.type, cx.ptr_type()));
    CVM_ASSIGN_OR_RETURN(Value value, Load(cx, ptr, field.type));
    record.push_back(std::move(value));
    ptr += ElemSize(field.type, cx.ptr_type());
  }
  return Value::RecordOf(std::move(record));
}

Result<Value> LoadVariant(LiftLowerContext& cx, uint64_t ptr, const std::vector<CaseType>& cases) {
  const uint32_t disc_size = ElemSize(DiscriminantType(cases), cx.ptr_type());
  CVM_ASSIGN_OR_RETURN(const uint64_t case_index, LoadInt(cx, ptr, disc_size));
  ptr += disc_size;
  if (case_index >= cases.size()) return TrapError("invalid variant discriminant");
  const CaseType& c = cases[case_index];
  ptr = AlignTo(ptr, MaxCaseAlignment(cases, cx.ptr_type()));
  const uint32_t index = static_cast<uint32_t>(case_index);
  if (!c.type.has_value()) return Value::Enum(index);
  CVM_RETURN_IF_ERROR(cx.budget.Charge(sizeof(Value)));
  CVM_ASSIGN_OR_RETURN(Value payload, Load(cx, ptr, *c.type));
  return Value::Case(index, std::move(payload));
}

Result<Value> LoadFlags(LiftLowerContext& cx, uint64_t ptr, const std::vector<std::string>& labels) {
  CVM_ASSIGN_OR_RETURN(const uint64_t i, LoadInt(cx, ptr, ElemSizeFlags(labels)));
  return UnpackFlagsFromInt(static_cast<uint32_t>(i), labels);
}

Value UnpackFlagsFromInt(uint32_t i, const std::vector<std::string>& labels) {
  const uint32_t mask = static_cast<uint32_t>((uint64_t{1} << labels.size()) - 1);
  return Value::FlagBits(i & mask);
}

}  // namespace cvm::abi
