// Component types: value types, functions, resources, and the types of components and instances.
#include "component/binary/sections.hpp"
#include "component/model/forms.hpp"
#include "vm/isa/instr.hpp"

namespace cvm::component::binary {
namespace {

constexpr uint8_t kComponentTypeByte = 0x41;
constexpr uint8_t kImportDeclByte = 0x03;

// Binary.md: primvaltype
std::optional<abi::TypeKind> PrimitiveOf(uint8_t byte) {
  for (const PrimitiveForm& form : kPrimitiveForms) {
    if (form.code == byte) return form.kind;
  }
  return std::nullopt;
}

// Binary.md: <T>?
Result<std::optional<ValTypeRef>> ReadOptionalType(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const bool present, ReadFlag(in));
  if (!present) return std::optional<ValTypeRef>();
  CVM_ASSIGN_OR_RETURN(const ValTypeRef type, ReadValTypeRef(in));
  return std::optional<ValTypeRef>(type);
}

Result<void> ReadLabelledType(Reader& in, DecodeContext& cx, LabelledType* field) {
  CVM_ASSIGN_OR_RETURN(field->label, LimitedName(in, cx));
  CVM_ASSIGN_OR_RETURN(field->type, ReadValTypeRef(in));
  return {};
}

// Binary.md: case
Result<void> ReadCase(Reader& in, DecodeContext& cx, LabelledCase* c) {
  CVM_ASSIGN_OR_RETURN(c->label, LimitedName(in, cx));
  CVM_ASSIGN_OR_RETURN(c->type, ReadOptionalType(in));
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t zero, in.U8());
  if (zero != 0) return LeadingByteError(at, zero, "zero byte required");
  return {};
}

Result<void> ReadElement(Reader& in, DecodeContext&, ValTypeRef* type) {
  CVM_ASSIGN_OR_RETURN(*type, ReadValTypeRef(in));
  return {};
}

Result<void> ReadLabel(Reader& in, DecodeContext& cx, std::string_view* label) {
  CVM_ASSIGN_OR_RETURN(*label, LimitedName(in, cx));
  return {};
}

// ---- the operands of the defined value types, by constructor ----

using ReadOperands = Result<void> (*)(Reader&, DecodeContext&, DefValType*);

Result<void> ReadFirst(Reader& in, DecodeContext&, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->first, ReadValTypeRef(in));
  return {};
}
Result<void> ReadFirstOptional(Reader& in, DecodeContext&, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->first, ReadOptionalType(in));
  return {};
}
Result<void> ReadFixedList(Reader& in, DecodeContext&, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->first, ReadValTypeRef(in));
  CVM_ASSIGN_OR_RETURN(type->length, in.U32());
  return {};
}
Result<void> ReadMap(Reader& in, DecodeContext&, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->first, ReadValTypeRef(in));
  CVM_ASSIGN_OR_RETURN(type->second, ReadValTypeRef(in));
  return {};
}
Result<void> ReadResult(Reader& in, DecodeContext&, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->first, ReadOptionalType(in));
  CVM_ASSIGN_OR_RETURN(type->second, ReadOptionalType(in));
  return {};
}
Result<void> ReadRecord(Reader& in, DecodeContext& cx, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->fields, ReadVec(in, cx, &LoadLimits::record_fields, ReadLabelledType));
  return {};
}
Result<void> ReadVariant(Reader& in, DecodeContext& cx, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->cases, ReadVec(in, cx, &LoadLimits::variant_cases, ReadCase));
  return {};
}
Result<void> ReadTuple(Reader& in, DecodeContext& cx, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->types, ReadVec(in, cx, &LoadLimits::tuple_types, ReadElement));
  return {};
}
Result<void> ReadLabels(Reader& in, DecodeContext& cx, DefValType* type) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(type->labels, ReadVec(in, cx, &LoadLimits::variant_cases, ReadLabel));
  // More flags than the standard has are for validation to refuse, in its words.
  if (type->kind != abi::TypeKind::kFlags || type->labels.size() > abi::kMaxFlags) return {};
  return CheckLimit(cx, &LoadLimits::flags, type->labels.size(), at);
}
Result<void> ReadHandle(Reader& in, DecodeContext&, DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->resource, in.U32());
  return {};
}

// By ValTypeOperands.
constexpr ReadOperands kReadOperands[] = {ReadFirst,  ReadFirstOptional, ReadFixedList, ReadMap,    ReadResult,
                                          ReadRecord, ReadVariant,       ReadTuple,     ReadLabels, ReadHandle};

Result<void> ReadDefValType(Reader& in, DecodeContext& cx, uint8_t code, uint64_t at, DefValType* type) {
  if (const std::optional<abi::TypeKind> primitive = PrimitiveOf(code)) {
    type->kind = *primitive;
    return {};
  }
  for (const ValTypeForm& form : kValTypeForms) {
    if (form.code != code) continue;
    type->kind = form.kind;
    return kReadOperands[static_cast<size_t>(form.operands)](in, cx, type);
  }
  return LeadingByteError(at, code, "component defined type");
}

Result<void> ReadFuncType(Reader& in, DecodeContext& cx, FuncTypeDef* func) {
  CVM_ASSIGN_OR_RETURN(func->params, ReadVec(in, cx, &LoadLimits::component_params, ReadLabelledType));
  CVM_ASSIGN_OR_RETURN(func->result, ReadResultList(in));
  return {};
}

// Binary.md: resourcetype. That the representation is one the ABI knows is a rule of validation; the model has no place
// for another.
Result<void> ReadResourceType(Reader& in, DecodeContext& cx, ResourceTypeDef* resource) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const ValType rep, ReadValType(in, cx.features));
  if (rep.kind != ValKind::kI32 && rep.kind != ValKind::kI64) {
    return InvalidError(at, "resources can only be represented by `i32` or `i64`");
  }
  resource->rep64 = rep.kind == ValKind::kI64;
  CVM_ASSIGN_OR_RETURN(const bool has_destructor, ReadFlag(in));
  if (has_destructor) {
    CVM_ASSIGN_OR_RETURN(resource->destructor, in.U32());
  }
  return {};
}

// ---- component and instance types ----

Result<void> ReadDecl(Reader& in, DecodeContext& cx, ComponentTypeDef::Decl* decl) {
  decl->offset = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t kind, in.U8());
  if (kind == 0x00) return ReadCoreType(in, cx, &decl->what.emplace<CoreTypeDef>());
  if (kind == 0x01) return ReadType(in, cx, &decl->what.emplace<TypeDef>());
  if (kind == 0x02) return ReadAlias(in, cx, &decl->what.emplace<AliasDef>());
  if (kind == 0x04) {
    ExportDef& exported = decl->what.emplace<ExportDef>();
    CVM_RETURN_IF_ERROR(ReadExternName(in, cx, &exported.name));
    return ReadExternDesc(in, cx, &exported.ascribed.emplace());
  }
  return LeadingByteError(decl->offset, kind, "component or instance type declaration");
}

// componentdecl: an instancedecl or an import
Result<void> ReadComponentDecl(Reader& in, DecodeContext& cx, ComponentTypeDef::Decl* decl) {
  if (in.PeekOr(0) != kImportDeclByte) return ReadDecl(in, cx, decl);
  decl->offset = in.offset();
  CVM_RETURN_IF_ERROR(in.U8());
  return ReadImport(in, cx, &decl->what.emplace<ImportDef>());
}

Result<void> ReadDecls(Reader& in, DecodeContext& cx, bool component, TypeDef* type) {
  const TypeLevel level(cx);
  CVM_RETURN_IF_ERROR(level.Check(in.offset()));
  type->kind = component ? TypeDef::Kind::kComponent : TypeDef::Kind::kInstance;
  auto decls = std::make_shared<ComponentTypeDef>();
  CVM_ASSIGN_OR_RETURN(decls->decls,
                       ReadVec(in, cx, &LoadLimits::type_declarations, component ? ReadComponentDecl : ReadDecl));
  type->decls = std::move(decls);
  return {};
}

}  // namespace

// A valtype is an s33: a type index where it is not negative, a primitive type of one byte where it is.
Result<ValTypeRef> ReadValTypeRef(Reader& in) {
  const uint64_t at = in.offset();
  const uint8_t byte = in.PeekOr(0);
  if (const std::optional<abi::TypeKind> primitive = PrimitiveOf(byte)) {
    CVM_RETURN_IF_ERROR(in.U8());
    return ValTypeRef(*primitive);
  }
  CVM_ASSIGN_OR_RETURN(const int64_t index, in.S33());
  if (index < 0) return LeadingByteError(at, byte, "component value type");
  return ValTypeRef(static_cast<uint32_t>(index));
}

Result<std::optional<ValTypeRef>> ReadResultList(Reader& in) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t form, in.U8());
  if (form > 1) return LeadingByteError(at, form, "component function results");
  if (form == 0) {
    CVM_ASSIGN_OR_RETURN(const ValTypeRef type, ReadValTypeRef(in));
    return std::optional<ValTypeRef>(type);
  }
  CVM_ASSIGN_OR_RETURN(const uint8_t zero, in.U8());
  if (zero != 0) return LeadingByteError(at + 1, zero, "number of results");
  return std::optional<ValTypeRef>();
}

// Binary.md: deftype
Result<void> ReadType(Reader& in, DecodeContext& cx, TypeDef* type) {
  constexpr uint8_t kResourceByte = 0x3f;
  constexpr uint8_t kFuncByte = 0x40;
  constexpr uint8_t kInstanceTypeByte = 0x42;
  constexpr uint8_t kAsyncFuncByte = 0x43;
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t code, in.U8());
  if (code == kComponentTypeByte || code == kInstanceTypeByte) {
    return ReadDecls(in, cx, code == kComponentTypeByte, type);
  }
  if (code == kFuncByte || code == kAsyncFuncByte) {
    type->kind = TypeDef::Kind::kFunc;
    type->func.async = code == kAsyncFuncByte;
    return ReadFuncType(in, cx, &type->func);
  }
  if (code == kResourceByte) {
    type->kind = TypeDef::Kind::kResource;
    return ReadResourceType(in, cx, &type->resource);
  }
  return ReadDefValType(in, cx, code, at, &type->value);
}

}  // namespace cvm::component::binary
