// Flat lifting, in the order of definitions.py.
#include "canonical-abi/flat/lift_flat.hpp"

#include <utility>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

// The flat type of a type without parts, or of a handle.
CoreType FlatTypeOf(const ValType& t) {
  switch (t.kind()) {
    case TypeKind::kU64:
    case TypeKind::kS64:
      return CoreType::kI64;
    case TypeKind::kF32:
      return CoreType::kF32;
    case TypeKind::kF64:
      return CoreType::kF64;
    default:
      return CoreType::kI32;
  }
}

}  // namespace

Result<Value> LiftFlat(LiftLowerContext& cx, CoreValueSource& vi, const ValType& t) {
  switch (t.despecialized()) {
    case TypeKind::kString:
      return LiftFlatString(cx, vi);
    case TypeKind::kList:
      return LiftFlatList(cx, vi, t.node());
    case TypeKind::kRecord:
      return LiftFlatRecord(cx, vi, t.node().fields);
    case TypeKind::kVariant:
      return LiftFlatVariant(cx, vi, t.node().cases);
    case TypeKind::kFlags:
      return LiftFlatFlags(vi, t.node().labels);
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
    case TypeKind::kStream:
    case TypeKind::kFuture: {
      CVM_ASSIGN_OR_RETURN(const uint64_t i, vi.Next(CoreType::kI32));
      return LiftHandle(cx, static_cast<uint32_t>(i), t);
    }
    default: {
      CVM_ASSIGN_OR_RETURN(const uint64_t i, vi.Next(FlatTypeOf(t)));
      return LiftPrimitive(cx, i, t);
    }
  }
}

Result<Value> LiftFlatString(LiftLowerContext& cx, CoreValueSource& vi) {
  CVM_ASSIGN_OR_RETURN(const uint64_t ptr, vi.Next(CoreTypeOf(cx.ptr_type())));
  CVM_ASSIGN_OR_RETURN(const uint64_t packed_length, vi.Next(CoreTypeOf(cx.ptr_type())));
  return LoadStringFromRange(cx, ptr, packed_length);
}

Result<Value> LiftFlatList(LiftLowerContext& cx, CoreValueSource& vi, const TypeNode& list) {
  const ValType& elem_type = *list.element;
  if (list.length.has_value()) {
    CVM_RETURN_IF_ERROR(cx.budget.Charge(*list.length, sizeof(Value)));
    std::vector<Value> a;
    for (uint32_t i = 0; i < *list.length; ++i) {
      CVM_ASSIGN_OR_RETURN(Value element, LiftFlat(cx, vi, elem_type));
      a.push_back(std::move(element));
    }
    return Value::ListOf(std::move(a));
  }
  CVM_ASSIGN_OR_RETURN(const uint64_t ptr, vi.Next(CoreTypeOf(cx.ptr_type())));
  CVM_ASSIGN_OR_RETURN(const uint64_t length, vi.Next(CoreTypeOf(cx.ptr_type())));
  return LoadListFromRange(cx, ptr, length, elem_type);
}

Result<Value> LiftFlatRecord(LiftLowerContext& cx, CoreValueSource& vi, const std::vector<FieldType>& fields) {
  CVM_RETURN_IF_ERROR(cx.budget.Charge(fields.size(), sizeof(Value)));
  std::vector<Value> record;
  record.reserve(fields.size());
  for (const FieldType& f : fields) {
    CVM_ASSIGN_OR_RETURN(Value value, LiftFlat(cx, vi, f.type));
    record.push_back(std::move(value));
  }
  return Value::RecordOf(std::move(record));
}

Result<Value> LiftFlatVariant(LiftLowerContext& cx, CoreValueSource& vi, const std::vector<CaseType>& cases) {
  std::vector<CoreType> flat_types = FlattenVariant(cases, cx.ptr_type());
  CVM_ASSIGN_OR_RETURN(const uint64_t case_index, vi.Next(CoreType::kI32));
  flat_types.erase(flat_types.begin());
  if (case_index >= cases.size()) return TrapError("invalid variant discriminant");
  CoerceValueIter coerced(vi, std::move(flat_types));
  const CaseType& c = cases[case_index];
  std::optional<Value> v;
  if (c.type.has_value()) {
    CVM_RETURN_IF_ERROR(cx.budget.Charge(sizeof(Value)));
    CVM_ASSIGN_OR_RETURN(v, LiftFlat(cx, coerced, *c.type));
  }
  CVM_RETURN_IF_ERROR(coerced.SkipRest());
  return Value::Case(static_cast<uint32_t>(case_index), std::move(v));
}

Result<Value> LiftFlatFlags(CoreValueSource& vi, const std::vector<std::string>& labels) {
  CVM_ASSIGN_OR_RETURN(const uint64_t i, vi.Next(CoreType::kI32));
  return UnpackFlagsFromInt(static_cast<uint32_t>(i), labels);
}

Result<std::vector<Value>> LiftFlatValues(LiftLowerContext& cx, uint32_t max_flat, CoreValueSource& vi,
                                          std::span<const ValType> ts) {
  if (FlatCount(ts) > max_flat) {
    const std::vector<FieldType> tuple = TupleFields(ts);
    CVM_ASSIGN_OR_RETURN(const uint64_t ptr, vi.Next(CoreTypeOf(cx.ptr_type())));
    CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, AlignmentRecord(tuple, cx.ptr_type()), ElemSizeRecord(tuple, cx.ptr_type()),
                                      Fault::kPointerAlignment, Fault::kPointerBounds));
    CVM_ASSIGN_OR_RETURN(Value record, LoadRecord(cx, ptr, tuple));
    return std::move(record.As<Record>()->fields);
  }
  std::vector<Value> values;
  values.reserve(ts.size());
  for (const ValType& t : ts) {
    CVM_ASSIGN_OR_RETURN(Value v, LiftFlat(cx, vi, t));
    values.push_back(std::move(v));
  }
  return values;
}

}  // namespace cvm::abi
