// Flattening, in the order of definitions.py. The walk over a type goes as deep as the type (kMaxTypeDepth) and lists
// no more values than its caller allowed by looking at FlatCount first.
#include "canonical-abi/types/flatten.hpp"

#include <algorithm>
#include <limits>

#include "canonical-abi/types/layout.hpp"

namespace cvm::abi {
namespace {

uint32_t Saturate(uint64_t n) {
  return static_cast<uint32_t>(std::min<uint64_t>(n, std::numeric_limits<uint32_t>::max()));
}

// The flat values of `types`, or a single pointer if there are more than `max`.
std::vector<CoreType> FlattenOrSpill(std::span<const ValType> types, uint32_t max, PtrType ptr_type) {
  if (FlatCount(types) > max) return {CoreTypeOf(ptr_type)};
  return FlattenTypes(types, ptr_type);
}

void AppendFlat(const ValType& type, PtrType ptr_type, std::vector<CoreType>* flat);

void AppendVariant(const std::vector<CaseType>& cases, PtrType ptr_type, std::vector<CoreType>* flat) {
  std::vector<CoreType> joined;
  for (const CaseType& c : cases) {
    if (!c.type.has_value()) continue;
    const std::vector<CoreType> payload = FlattenType(*c.type, ptr_type);
    for (size_t i = 0; i < payload.size(); ++i) {
      if (i < joined.size()) {
        joined[i] = Join(joined[i], payload[i]);
      } else {
        joined.push_back(payload[i]);
      }
    }
  }
  AppendFlat(DiscriminantType(cases), ptr_type, flat);
  flat->insert(flat->end(), joined.begin(), joined.end());
}

void AppendList(const TypeNode& node, PtrType ptr_type, std::vector<CoreType>* flat) {
  if (node.length.has_value()) {
    const std::vector<CoreType> element = FlattenType(*node.element, ptr_type);
    for (uint32_t i = 0; i < *node.length; ++i) flat->insert(flat->end(), element.begin(), element.end());
    return;
  }
  flat->insert(flat->end(), 2, CoreTypeOf(ptr_type));
}

// definitions.py: flatten_type
void AppendFlat(const ValType& type, PtrType ptr_type, std::vector<CoreType>* flat) {
  switch (type.despecialized()) {
    case TypeKind::kS64:
    case TypeKind::kU64:
      return flat->push_back(CoreType::kI64);
    case TypeKind::kF32:
      return flat->push_back(CoreType::kF32);
    case TypeKind::kF64:
      return flat->push_back(CoreType::kF64);
    case TypeKind::kString:
      return void(flat->insert(flat->end(), 2, CoreTypeOf(ptr_type)));
    case TypeKind::kList:
      return AppendList(type.node(), ptr_type, flat);
    case TypeKind::kRecord:
      for (const FieldType& f : type.node().fields) AppendFlat(f.type, ptr_type, flat);
      return;
    case TypeKind::kVariant:
      return AppendVariant(type.node().cases, ptr_type, flat);
    default:  // bool, the narrower integers, char, flags and every kind of handle
      return flat->push_back(CoreType::kI32);
  }
}

}  // namespace

std::vector<ValType> FuncType::ParamTypes() const {
  std::vector<ValType> types;
  types.reserve(params.size());
  for (const auto& [name, type] : params) types.push_back(type);
  return types;
}

std::vector<ValType> FuncType::ResultTypes() const {
  return result.has_value() ? std::vector<ValType>{*result} : std::vector<ValType>{};
}

CoreFuncType FlattenFunctype(const FlattenOptions& opts, const FuncType& ft, FlattenContext context) {
  const std::vector<ValType> params = ft.ParamTypes();
  const std::vector<ValType> results = ft.ResultTypes();
  const CoreType ptr = CoreTypeOf(opts.ptr_type);
  const bool lower = context == FlattenContext::kLower;
  CoreFuncType core;
  if (!opts.async) {
    core.params = FlattenOrSpill(params, kMaxFlatParams, opts.ptr_type);
    if (FlatCount(results) <= kMaxFlatResults) {
      core.results = FlattenTypes(results, opts.ptr_type);
    } else {
      (lower ? core.params : core.results).push_back(ptr);
    }
    return core;
  }
  if (!lower) {
    core.params = FlattenOrSpill(params, kMaxFlatParams, opts.ptr_type);
    if (opts.callback) core.results = {CoreType::kI32};
    return core;
  }
  core.params = FlattenOrSpill(params, kMaxFlatAsyncParams, opts.ptr_type);
  if (!results.empty()) core.params.push_back(ptr);
  core.results = {CoreType::kI32};
  return core;
}

uint32_t FlatCount(const ValType& type) {
  if (type.primitive()) return type.kind() == TypeKind::kString ? 2 : 1;
  return type.node().flat_count;
}

uint32_t FlatCount(std::span<const ValType> types) {
  uint64_t n = 0;
  for (const ValType& type : types) n += FlatCount(type);
  return Saturate(n);
}

uint32_t CountFlat(const TypeNode& node) {
  uint64_t n = 0;
  switch (node.despecialized) {
    case TypeKind::kList:
      return node.length.has_value() ? Saturate(uint64_t{*node.length} * FlatCount(*node.element)) : 2;
    case TypeKind::kRecord:
      for (const FieldType& f : node.fields) n += FlatCount(f.type);
      return Saturate(n);
    case TypeKind::kVariant:
      for (const CaseType& c : node.cases) n = c.type.has_value() ? std::max<uint64_t>(n, FlatCount(*c.type)) : n;
      return Saturate(n + 1);
    default:
      return 1;
  }
}

std::vector<CoreType> FlattenTypes(std::span<const ValType> types, PtrType ptr_type) {
  std::vector<CoreType> flat;
  for (const ValType& type : types) AppendFlat(type, ptr_type, &flat);
  return flat;
}

std::vector<CoreType> FlattenType(const ValType& type, PtrType ptr_type) {
  std::vector<CoreType> flat;
  AppendFlat(type, ptr_type, &flat);
  return flat;
}

std::vector<CoreType> FlattenVariant(const std::vector<CaseType>& cases, PtrType ptr_type) {
  std::vector<CoreType> flat;
  AppendVariant(cases, ptr_type, &flat);
  return flat;
}

std::vector<FieldType> TupleFields(std::span<const ValType> types) {
  std::vector<FieldType> fields;
  fields.reserve(types.size());
  for (const ValType& type : types) fields.push_back({std::to_string(fields.size()), type});
  return fields;
}

CoreType Join(CoreType a, CoreType b) {
  if (a == b) return a;
  const auto narrow = [](CoreType t) { return t == CoreType::kI32 || t == CoreType::kF32; };
  return narrow(a) && narrow(b) ? CoreType::kI32 : CoreType::kI64;
}

}  // namespace cvm::abi
