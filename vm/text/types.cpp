// Types in the text format (core/text/types).
#include <array>
#include <bit>

#include "vm/text/context.hpp"
#include "vm/types/heap_features.hpp"

namespace cvm::text {
namespace {

struct HeapName {
  std::string_view name;  // of the heap type
  std::string_view short_reference;
  HeapKind kind;
};
constexpr HeapName kHeapNames[] = {
    {"func", "funcref", HeapKind::kFunc},      {"extern", "externref", HeapKind::kExtern},
    {"any", "anyref", HeapKind::kAny},         {"eq", "eqref", HeapKind::kEq},
    {"i31", "i31ref", HeapKind::kI31},         {"struct", "structref", HeapKind::kStruct},
    {"array", "arrayref", HeapKind::kArray},   {"exn", "exnref", HeapKind::kExn},
    {"none", "nullref", HeapKind::kNone},      {"nofunc", "nullfuncref", HeapKind::kNoFunc},
    {"noexn", "nullexnref", HeapKind::kNoExn}, {"noextern", "nullexternref", HeapKind::kNoExtern},
};

std::optional<HeapKind> HeapByName(std::string_view word) {
  for (const HeapName& row : kHeapNames) {
    if (row.name == word) return row.kind;
  }
  return std::nullopt;
}

std::optional<HeapKind> HeapByShortReference(std::string_view word) {
  if (!word.ends_with("ref")) return std::nullopt;
  for (const HeapName& row : kHeapNames) {
    if (row.short_reference == word) return row.kind;
  }
  return std::nullopt;
}

std::optional<ValType> NumberType(std::string_view word) {
  if (word == "i32") return ValType::I32();
  if (word == "i64") return ValType::I64();
  if (word == "f32") return ValType::F32();
  if (word == "f64") return ValType::F64();
  if (word == "v128") return ValType::V128();
  return std::nullopt;
}

}  // namespace

Result<HeapType> ModuleContext::ParseHeapType() {
  const Token at = in.Peek();
  if (at.kind == TokenKind::kKeyword) {
    const std::optional<HeapKind> kind = HeapByName(in.text(at));
    if (!kind) return in.Unexpected();
    if (!features.Has(FeatureOf(*kind))) return FeatureOff(at, FeatureOf(*kind));
    in.Next();
    return HeapType::Abstract(*kind);
  }
  const bool exact = in.TakeOpen("exact");
  if (exact && !features.Has(Feature::kCustomDescriptors)) return FeatureOff(at, Feature::kCustomDescriptors);
  if (!features.Has(Feature::kFunctionReferences) && !features.Has(Feature::kGc)) {
    return FeatureOff(at, Feature::kFunctionReferences);
  }
  CVM_ASSIGN_OR_RETURN(const uint32_t index, Index(types));
  HeapType type = HeapType::Concrete(TypeIndex(index));
  type.exact = exact;
  if (exact) {
    CVM_RETURN_IF_ERROR(in.Close());
  }
  return type;
}

bool ModuleContext::AtRefType() const {
  if (in.AtOpen("ref")) return true;
  return in.At(TokenKind::kKeyword) && HeapByShortReference(in.text(in.Peek()));
}

Result<ValType> ModuleContext::ParseRefType() {
  const Token at = in.Peek();
  const bool typed_references = features.Has(Feature::kFunctionReferences) || features.Has(Feature::kGc);
  if (in.TakeOpen("ref")) {
    if (!typed_references) return FeatureOff(at, Feature::kFunctionReferences);
    const bool nullable = in.TakeKeyword("null");
    CVM_ASSIGN_OR_RETURN(const HeapType heap, ParseHeapType());
    CVM_RETURN_IF_ERROR(in.Close());
    return ValType::Ref(heap, nullable);
  }
  const std::optional<HeapKind> kind =
      at.kind == TokenKind::kKeyword ? HeapByShortReference(in.text(at)) : std::nullopt;
  if (!kind) return in.Unexpected();
  // funcref is the element type of MVP tables, whatever else is off; as a value type validation refuses it.
  if (*kind != HeapKind::kFunc && !features.Has(FeatureOf(*kind))) return FeatureOff(at, FeatureOf(*kind));
  in.Next();
  return ValType::Ref(HeapType::Abstract(*kind), true);
}

Result<ValType> ModuleContext::ParseValType() {
  const Token at = in.Peek();
  const std::optional<ValType> number = at.kind == TokenKind::kKeyword ? NumberType(in.text(at)) : std::nullopt;
  if (!number) return ParseRefType();
  if (number->kind == ValKind::kV128 && !features.Has(Feature::kSimd)) return FeatureOff(at, Feature::kSimd);
  in.Next();
  return *number;
}

Result<AddrKind> ModuleContext::ParseAddrKind() {
  const Token at = in.Peek();
  if (in.TakeKeyword("i32")) return AddrKind::kI32;
  if (!in.TakeKeyword("i64")) return AddrKind::kI32;
  if (!features.Has(Feature::kMemory64)) return FeatureOff(at, Feature::kMemory64);
  return AddrKind::kI64;
}

// The numbers alone. Those of a 32-bit memory or table are u64 too; their bounds are validation's affair.
Result<Limits> ModuleContext::ParseLimits() {
  const auto parse = [&]() -> Result<uint64_t> {
    if (features.Has(Feature::kMemory64)) return in.U64();
    CVM_ASSIGN_OR_RETURN(const uint32_t value, in.U32());
    return uint64_t{value};
  };
  Limits limits;
  CVM_ASSIGN_OR_RETURN(limits.min, parse());
  if (in.At(TokenKind::kNat)) {
    CVM_ASSIGN_OR_RETURN(limits.max, parse());
  }
  return limits;
}

// (pagesize n), n a power of two.
Result<std::optional<uint8_t>> ModuleContext::ParsePageSize() {
  const Token at = in.Peek();
  if (!in.TakeOpen("pagesize")) return std::optional<uint8_t>();
  if (!features.Has(Feature::kCustomPageSizes)) return FeatureOff(at, Feature::kCustomPageSizes);
  const Token number = in.Peek();
  CVM_ASSIGN_OR_RETURN(const uint64_t size, in.U64());
  if (!std::has_single_bit(size)) return in.tokens().ErrorAt(number, "invalid custom page size");
  CVM_RETURN_IF_ERROR(in.Close());
  return std::optional<uint8_t>(static_cast<uint8_t>(std::countr_zero(size)));
}

Result<MemoryType> ModuleContext::ParseMemoryType() {
  MemoryType type;
  CVM_ASSIGN_OR_RETURN(const AddrKind addr, ParseAddrKind());
  CVM_ASSIGN_OR_RETURN(type.limits, ParseLimits());
  type.limits.addr = addr;
  const Token shared = in.Peek();
  type.limits.shared = in.TakeKeyword("shared");
  if (type.limits.shared && !features.Has(Feature::kThreads)) return FeatureOff(shared, Feature::kThreads);
  CVM_ASSIGN_OR_RETURN(const std::optional<uint8_t> page_size, ParsePageSize());
  type.page_size_log2 = page_size.value_or(type.page_size_log2);
  return type;
}

Result<TableType> ModuleContext::ParseTableType() {
  TableType type;
  CVM_ASSIGN_OR_RETURN(const AddrKind addr, ParseAddrKind());
  CVM_ASSIGN_OR_RETURN(type.limits, ParseLimits());
  type.limits.addr = addr;
  CVM_ASSIGN_OR_RETURN(type.element, ParseRefType());
  return type;
}

Result<GlobalType> ModuleContext::ParseGlobalType() {
  GlobalType type;
  type.mutable_ = in.TakeOpen("mut");
  CVM_ASSIGN_OR_RETURN(type.type, ParseValType());
  if (type.mutable_) {
    CVM_RETURN_IF_ERROR(in.Close());
  }
  return type;
}

Result<FieldType> ModuleContext::ParseFieldType() {
  FieldType field;
  field.mutable_ = in.TakeOpen("mut");
  if (in.TakeKeyword("i8")) {
    field.packed = PackedKind::kI8;
  } else if (in.TakeKeyword("i16")) {
    field.packed = PackedKind::kI16;
  } else {
    CVM_ASSIGN_OR_RETURN(field.type, ParseValType());
  }
  if (field.mutable_) {
    CVM_RETURN_IF_ERROR(in.Close());
  }
  return field;
}

// Value types up to the closing parenthesis, which is taken.
Result<ResultType> ModuleContext::ParseValTypes() {
  ResultType list;
  while (!in.Take(TokenKind::kRParen)) {
    CVM_ASSIGN_OR_RETURN(const ValType type, ParseValType());
    list.push_back(type);
  }
  return list;
}

Result<void> ModuleContext::ParseStruct(SubType* type, uint32_t index) {
  NameMap names;
  while (in.TakeOpen("field")) {
    const uint32_t field_index = static_cast<uint32_t>(type->fields.size());
    if (in.At(TokenKind::kId)) {
      const Token id = in.Next();
      CVM_RETURN_IF_ERROR(BindId(fields[index], "field", id, field_index));
      CVM_RETURN_IF_ERROR(TakeName(&names, field_index, in.tokens().id(id)));
      CVM_ASSIGN_OR_RETURN(const FieldType field, ParseFieldType());
      type->fields.push_back(field);
      CVM_RETURN_IF_ERROR(in.Close());
      continue;
    }
    CVM_RETURN_IF_ERROR(TakeName(&names, field_index, std::nullopt));
    while (!in.Take(TokenKind::kRParen)) {
      CVM_ASSIGN_OR_RETURN(const FieldType field, ParseFieldType());
      type->fields.push_back(field);
    }
  }
  if (!names.entries.empty()) module.names.fields.emplace_back(index, std::move(names));
  return {};
}

Result<void> ModuleContext::ParseFuncType(SubType* type) {
  CVM_ASSIGN_OR_RETURN(TypeUse use, ParseTypeUse(/*with_names=*/true));
  if (use.index) return in.tokens().ErrorAt(use.at, "unexpected token");
  type->func = std::move(use.type);
  return {};
}

Result<void> ModuleContext::ParseComposite(SubType* type, uint32_t index) {
  const Token at = in.Peek();
  if (in.TakeOpen("func")) {
    type->kind = CompositeKind::kFunc;
    CVM_RETURN_IF_ERROR(ParseFuncType(type));
    return in.Close();
  }
  if (in.TakeOpen("struct")) {
    type->kind = CompositeKind::kStruct;
    CVM_RETURN_IF_ERROR(ParseStruct(type, index));
  } else {
    CVM_RETURN_IF_ERROR(in.ExpectOpen("array"));
    type->kind = CompositeKind::kArray;
    CVM_ASSIGN_OR_RETURN(const FieldType field, ParseFieldType());
    type->fields.push_back(field);
  }
  if (!features.Has(Feature::kGc)) return FeatureOff(at, Feature::kGc);
  return in.Close();
}

Result<void> ModuleContext::ParseDescriptorClauses(SubType* type) {
  if (!features.Has(Feature::kCustomDescriptors)) return {};
  if (in.TakeOpen("describes")) {
    CVM_ASSIGN_OR_RETURN(const uint32_t described, Index(types));
    type->describes = TypeIndex(described);
    CVM_RETURN_IF_ERROR(in.Close());
  }
  if (in.TakeOpen("descriptor")) {
    CVM_ASSIGN_OR_RETURN(const uint32_t descriptor, Index(types));
    type->descriptor = TypeIndex(descriptor);
    CVM_RETURN_IF_ERROR(in.Close());
  }
  return {};
}

Result<void> ModuleContext::ParseSubType(SubType* type, uint32_t index) {
  const Token at = in.Peek();
  const bool is_sub = in.TakeOpen("sub");
  if (is_sub) {
    if (!features.Has(Feature::kGc)) return FeatureOff(at, Feature::kGc);
    type->final_ = in.TakeKeyword("final");
    while (in.AtIndex()) {
      CVM_ASSIGN_OR_RETURN(const uint32_t super, Index(types));
      type->supertypes.push_back(TypeIndex(super));
    }
  }
  CVM_RETURN_IF_ERROR(ParseDescriptorClauses(type));
  CVM_RETURN_IF_ERROR(ParseComposite(type, index));
  return is_sub ? in.Close() : Result<void>();
}

Result<void> ModuleContext::BindType() {
  CVM_RETURN_IF_ERROR(Bind(types));
  fields.emplace_back();
  return {};
}

Result<void> ModuleContext::ParseTypeBody() {
  const uint32_t index = static_cast<uint32_t>(module.types.size());
  const std::optional<std::string_view> id = in.TakeId();
  CVM_RETURN_IF_ERROR(TakeName(&module.names.types, index, id));
  SubType type;
  CVM_RETURN_IF_ERROR(ParseSubType(&type, index));
  module.types.push_back(std::move(type));
  return in.Close();
}

Result<void> ModuleContext::ParseTypeDefinition() {
  const Token at = in.Peek();
  RecGroup group{static_cast<uint32_t>(module.types.size()), 0};
  if (in.TakeOpen("rec")) {
    if (!features.Has(Feature::kGc)) return FeatureOff(at, Feature::kGc);
    while (!in.Take(TokenKind::kRParen)) {
      CVM_RETURN_IF_ERROR(in.ExpectOpen("type"));
      CVM_RETURN_IF_ERROR(ParseTypeBody());
    }
  } else {
    CVM_RETURN_IF_ERROR(in.ExpectOpen("type"));
    CVM_RETURN_IF_ERROR(ParseTypeBody());
  }
  group.count = static_cast<uint32_t>(module.types.size()) - group.start;
  module.rec_groups.push_back(group);
  return {};
}

}  // namespace cvm::text
