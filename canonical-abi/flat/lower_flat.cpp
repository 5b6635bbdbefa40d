// Flat lowering, in the order of definitions.py.
#include "canonical-abi/flat/lower_flat.hpp"

#include <string>

#include "canonical-abi/memory/store.hpp"
#include "canonical-abi/types/layout.hpp"
#include "canonical-abi/values/check.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

// Types that are one number. The bits of signed ones come sign-extended to 64 bits; an i32 keeps the low half.
Result<void> LowerFlatPrimitive(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat) {
  CVM_ASSIGN_OR_RETURN(const uint64_t bits, PrimitiveBits(cx, v, t));
  switch (t.kind()) {
    case TypeKind::kU64:
    case TypeKind::kS64:
      flat->push_back({CoreType::kI64, bits});
      break;
    case TypeKind::kF32:
      flat->push_back({CoreType::kF32, bits});
      break;
    case TypeKind::kF64:
      flat->push_back({CoreType::kF64, bits});
      break;
    default:
      flat->push_back(CoreValue::I32(static_cast<uint32_t>(bits)));
  }
  return {};
}

void PushRange(LiftLowerContext& cx, const StoredRange& range, std::vector<CoreValue>* flat) {
  flat->push_back(CoreValue::Ptr(cx.ptr_type(), range.ptr));
  flat->push_back(CoreValue::Ptr(cx.ptr_type(), range.length));
}

}  // namespace

Result<void> LowerFlat(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat) {
  switch (t.despecialized()) {
    case TypeKind::kString:
      return LowerFlatString(cx, v, t, flat);
    case TypeKind::kList:
      return LowerFlatList(cx, v, t, flat);
    case TypeKind::kRecord:
      return LowerFlatRecord(cx, v, t, flat);
    case TypeKind::kVariant:
      return LowerFlatVariant(cx, v, t, flat);
    case TypeKind::kFlags: {
      CVM_ASSIGN_OR_RETURN(const uint32_t i, PackFlagsIntoInt(v, t));
      flat->push_back(CoreValue::I32(i));
      return {};
    }
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
    case TypeKind::kStream:
    case TypeKind::kFuture: {
      CVM_ASSIGN_OR_RETURN(const uint32_t i, LowerHandle(cx, v, t));
      flat->push_back(CoreValue::I32(i));
      return {};
    }
    default:
      return LowerFlatPrimitive(cx, v, t, flat);
  }
}

Result<void> LowerFlatString(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat) {
  const String* s = v.As<String>();
  if (s == nullptr) return WrongValue(v, t);
  CVM_ASSIGN_OR_RETURN(const StoredRange range, StoreStringIntoRange(cx, *s));
  PushRange(cx, range, flat);
  return {};
}

Result<void> LowerFlatList(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat) {
  const TypeNode& n = t.node();
  if (!v.is_list()) return WrongValue(v, t);
  if (n.length.has_value()) {
    if (v.ListSize() != *n.length) return WrongValue(v, t);
    for (uint32_t i = 0; i < *n.length; ++i) CVM_RETURN_IF_ERROR(LowerFlat(cx, v.ListAt(i), *n.element, flat));
    return {};
  }
  CVM_ASSIGN_OR_RETURN(const StoredRange range, StoreListIntoRange(cx, v, *n.element));
  PushRange(cx, range, flat);
  return {};
}

Result<void> LowerFlatRecord(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat) {
  const std::vector<FieldType>& fields = t.node().fields;
  const Record* record = v.As<Record>();
  if (record == nullptr || record->fields.size() != fields.size()) return WrongValue(v, t);
  for (size_t i = 0; i < fields.size(); ++i) {
    CVM_RETURN_IF_ERROR(LowerFlat(cx, record->fields[i], fields[i].type, flat));
  }
  return {};
}

// The payload takes on the joined types of all cases: bits are zero-extended, so that every coercion of the
// specification (reinterpret, extend) leaves them as they are. Missing values are zero.
Result<void> LowerFlatVariant(LiftLowerContext& cx, const Value& v, const ValType& t, std::vector<CoreValue>* flat) {
  CVM_ASSIGN_OR_RETURN(const MatchedCase c, MatchCase(v, t));
  const std::vector<CoreType> flat_types = FlattenVariant(t.node().cases, cx.ptr_type());
  std::vector<CoreValue> payload = {CoreValue::I32(c.index)};
  if (c.payload != nullptr) CVM_RETURN_IF_ERROR(LowerFlat(cx, *c.payload, *c.type->type, &payload));
  payload.resize(flat_types.size());
  for (size_t i = 0; i < payload.size(); ++i) payload[i].type = flat_types[i];
  flat->insert(flat->end(), payload.begin(), payload.end());
  return {};
}

namespace {

// The half of lower_flat_values that goes through memory.
Result<std::vector<CoreValue>> Spill(LiftLowerContext& cx, std::span<const Value> vs, std::span<const ValType> ts,
                                     CoreValueSource* out_param) {
  const PtrType ptr_type = cx.ptr_type();
  const std::vector<FieldType> tuple = TupleFields(ts);
  const uint32_t alignment = AlignmentRecord(tuple, ptr_type);
  const uint64_t size = ElemSizeRecord(tuple, ptr_type);
  std::vector<CoreValue> flat_vals;
  uint64_t ptr = 0;
  if (out_param == nullptr) {
    CVM_ASSIGN_OR_RETURN(ptr, cx.Allocate(alignment, size));
    flat_vals.push_back(CoreValue::Ptr(ptr_type, ptr));
    CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, alignment, size, Fault::kReallocAlignment, Fault::kReallocPointerBounds));
  } else {
    CVM_ASSIGN_OR_RETURN(ptr, out_param->Next(CoreTypeOf(ptr_type)));
    CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, alignment, size, Fault::kPointerAlignment, Fault::kPointerBounds));
  }
  CVM_RETURN_IF_ERROR(StoreFields(cx, vs, ptr, tuple));
  return flat_vals;
}

}  // namespace

Result<std::vector<CoreValue>> LowerFlatValues(LiftLowerContext& cx, uint32_t max_flat, std::span<const Value> vs,
                                               std::span<const ValType> ts, CoreValueSource* out_param) {
  if (vs.size() != ts.size()) {
    return UsageError("expected " + std::to_string(ts.size()) + " values, found " + std::to_string(vs.size()));
  }
  if (FlatCount(ts) > max_flat) return Spill(cx, vs, ts, out_param);
  std::vector<CoreValue> flat_vals;
  for (size_t i = 0; i < vs.size(); ++i) CVM_RETURN_IF_ERROR(LowerFlat(cx, vs[i], ts[i], &flat_vals));
  return flat_vals;
}

}  // namespace cvm::abi
