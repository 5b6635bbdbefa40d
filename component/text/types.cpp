// Component types: value types, functions, resources, and the types of components and instances (Explainer.md, "Type
// Definitions"). A type within a type is a definition of its own in front of it.
#include <algorithm>

#include "component/text/parser.hpp"

namespace cvm::component::text {

// --- value types

std::optional<abi::TypeKind> Parser::TakePrimitive() {
  if (!in_.At(TokenKind::kKeyword)) return std::nullopt;
  std::string_view word = in_.text(in_.Peek());
  if (word == "float32") word = "f32";  // as the names were once
  if (word == "float64") word = "f64";
  for (const PrimitiveForm& form : kPrimitiveForms) {
    if (abi::TypeKindName(form.kind) != word) continue;
    in_.Next();
    return form.kind;
  }
  return std::nullopt;
}

bool Parser::AtValType() const {
  if (in_.AtIndex()) return true;
  const size_t ahead = in_.At(TokenKind::kLParen) ? 1 : 0;
  if (in_.Peek(ahead).kind != TokenKind::kKeyword) return false;
  const std::string_view word = in_.text(in_.Peek(ahead));
  return ahead == 0 || word == "type" ||
         std::any_of(kValTypeForms.begin(), kValTypeForms.end(),
                     [&](const ValTypeForm& form) { return abi::TypeKindName(form.kind) == word; });
}

// valtype ::= typeidx | defvaltype
Result<ValTypeRef> Parser::ValType() {
  if (in_.AtIndex() || (in_.AtOpen("type") && AtRef(2))) {
    CVM_ASSIGN_OR_RETURN(const uint32_t index, Ref(Sort::kType));
    return ValTypeRef(index);
  }
  if (const std::optional<abi::TypeKind> primitive = TakePrimitive()) return ValTypeRef(*primitive);
  const uint32_t offset = Here();
  if (!in_.Take(TokenKind::kLParen)) return Unexpected("a value type");
  TypeDef type;
  CVM_ASSIGN_OR_RETURN(type.value, DefinedType());
  return ValTypeRef(Define(offset, Sort::kType, std::move(type)));
}

Result<std::optional<ValTypeRef>> Parser::OptionalValType() {
  if (!AtValType()) return std::optional<ValTypeRef>();
  CVM_ASSIGN_OR_RETURN(const ValTypeRef type, ValType());
  return std::optional<ValTypeRef>(type);
}

// (field label valtype)
Result<void> Parser::Field(DefValType* type) {
  if (!in_.TakeOpen("field")) return Unexpected("`(field …)`");
  LabelledType field;
  CVM_ASSIGN_OR_RETURN(field.label, Name());
  CVM_ASSIGN_OR_RETURN(field.type, ValType());
  type->fields.push_back(field);
  return in_.Close();
}

// (case $id? label valtype?)
Result<void> Parser::Case(DefValType* type) {
  if (!in_.TakeOpen("case")) return Unexpected("`(case …)`");
  in_.TakeId();
  LabelledCase one;
  CVM_ASSIGN_OR_RETURN(one.label, Name());
  CVM_ASSIGN_OR_RETURN(one.type, OptionalValType());
  type->cases.push_back(one);
  return in_.Close();
}

// valtype? (error valtype)?
Result<void> Parser::ResultOperands(DefValType* type) {
  CVM_ASSIGN_OR_RETURN(type->first, OptionalValType());
  if (!in_.TakeOpen("error")) return {};
  CVM_ASSIGN_OR_RETURN(type->second, ValType());
  return in_.Close();
}

Result<void> Parser::Operands(ValTypeOperands operands, DefValType* type) {
  switch (operands) {
    case ValTypeOperands::kType:
    case ValTypeOperands::kFixedList: {
      CVM_ASSIGN_OR_RETURN(type->first, ValType());
      if (type->kind == abi::TypeKind::kList && in_.At(TokenKind::kNat)) {
        CVM_ASSIGN_OR_RETURN(type->length, in_.U32());
      }
      return {};
    }
    case ValTypeOperands::kOptionalType: {
      CVM_ASSIGN_OR_RETURN(type->first, OptionalValType());
      return {};
    }
    case ValTypeOperands::kMap: {
      CVM_ASSIGN_OR_RETURN(type->first, ValType());
      CVM_ASSIGN_OR_RETURN(type->second, ValType());
      return {};
    }
    case ValTypeOperands::kResult:
      return ResultOperands(type);
    case ValTypeOperands::kResource: {
      CVM_ASSIGN_OR_RETURN(type->resource, Ref(Sort::kType));
      return {};
    }
    default:
      break;
  }
  while (!in_.At(TokenKind::kRParen)) {  // the rest are lists
    if (operands == ValTypeOperands::kFields) {
      CVM_RETURN_IF_ERROR(Field(type));
    } else if (operands == ValTypeOperands::kCases) {
      CVM_RETURN_IF_ERROR(Case(type));
    } else if (operands == ValTypeOperands::kTypes) {
      CVM_ASSIGN_OR_RETURN(const ValTypeRef element, ValType());
      type->types.push_back(element);
    } else {
      CVM_ASSIGN_OR_RETURN(const std::string_view label, Name());
      type->labels.push_back(label);
    }
  }
  return {};
}

Result<DefValType> Parser::DefinedType() {
  const Level level(*this);
  CVM_RETURN_IF_ERROR(level.Check());
  DefValType type;
  for (const ValTypeForm& form : kValTypeForms) {
    if (!in_.TakeKeyword(abi::TypeKindName(form.kind))) continue;
    type.kind = form.kind;
    CVM_RETURN_IF_ERROR(Operands(form.operands, &type));
    CVM_RETURN_IF_ERROR(in_.Close());
    return type;
  }
  return Unexpected("a type");
}

// --- functions and resources

// async? (param label valtype)* (result valtype)?
Result<FuncTypeDef> Parser::FuncType() {
  FuncTypeDef type;
  type.async = in_.TakeKeyword("async");
  while (in_.TakeOpen("param")) {
    LabelledType param;
    CVM_ASSIGN_OR_RETURN(param.label, Name());
    CVM_ASSIGN_OR_RETURN(param.type, ValType());
    type.params.push_back(param);
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  if (in_.TakeOpen("result")) {
    CVM_ASSIGN_OR_RETURN(type.result, ValType());
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return type;
}

// (rep core-valtype) (dtor core-func)?. That the representation is one the ABI knows is a rule of validation; the model
// has no place for another.
Result<ResourceTypeDef> Parser::ResourceType() {
  ResourceTypeDef type;
  if (!in_.TakeOpen("rep")) return Unexpected("`(rep …)`");
  const Token rep = in_.Peek();
  CVM_RETURN_IF_ERROR(in_.SkipForm());
  if (in_.text(rep) != "i32" && in_.text(rep) != "i64") {
    return Invalid(rep, "resources can only be represented by `i32` or `i64`");
  }
  type.rep64 = in_.text(rep) == "i64";
  CVM_RETURN_IF_ERROR(in_.Close());
  if (in_.TakeOpen("dtor")) {
    CVM_ASSIGN_OR_RETURN(type.destructor, Ref(Sort::kCoreFunc));
    CVM_RETURN_IF_ERROR(in_.Close());
  }
  return type;
}

// --- components and instances

Result<void> Parser::Declarations(bool component) {
  using Parse = Result<void> (Parser::*)();
  constexpr std::pair<std::string_view, Parse> kDeclarations[] = {
      {"type", &Parser::Type}, {"alias", &Parser::Alias}, {"export", &Parser::ExportDecl}};
  while (!in_.At(TokenKind::kRParen)) {
    Parse parse = nullptr;
    for (const auto& [word, method] : kDeclarations) {
      if (in_.AtOpen(word)) parse = method;
    }
    if (component && in_.AtOpen("import")) parse = &Parser::Import;
    if (in_.AtOpen("core")) parse = in_.AtKeyword("rec", 2) ? &Parser::CoreRec : &Parser::CoreType;
    if (parse == nullptr) return Unexpected("a declaration");
    CVM_RETURN_IF_ERROR((this->*parse)());
  }
  return {};
}

// componentdecl* or instancedecl*, in a scope of its own.
Result<TypeDef> Parser::WorldType(bool component, std::string_view id) {
  const Level level(*this);
  CVM_RETURN_IF_ERROR(level.Check());
  auto decls = std::make_shared<ComponentTypeDef>();
  scopes_.push_back(std::make_unique<Scope>());
  scope().id = id;
  scope().decls = &decls->decls;
  CVM_RETURN_IF_ERROR(Declarations(component));
  scopes_.pop_back();
  TypeDef type;
  type.kind = component ? TypeDef::Kind::kComponent : TypeDef::Kind::kInstance;
  type.decls = std::move(decls);
  return type;
}

// deftype
Result<TypeDef> Parser::TypeDefinition(std::string_view id) {
  TypeDef type;
  if (const std::optional<abi::TypeKind> primitive = TakePrimitive()) {
    type.value.kind = *primitive;
    return type;
  }
  if (!in_.Take(TokenKind::kLParen)) return Unexpected("a type");
  if (in_.TakeKeyword("func")) {
    type.kind = TypeDef::Kind::kFunc;
    CVM_ASSIGN_OR_RETURN(type.func, FuncType());
  } else if (in_.TakeKeyword("resource")) {
    type.kind = TypeDef::Kind::kResource;
    CVM_ASSIGN_OR_RETURN(type.resource, ResourceType());
  } else if (in_.AtKeyword("component") || in_.AtKeyword("instance")) {
    const bool component = in_.AtKeyword("component");
    in_.Next();
    CVM_ASSIGN_OR_RETURN(type, WorldType(component, id));
  } else {
    CVM_ASSIGN_OR_RETURN(type.value, DefinedType());
    return type;
  }
  CVM_RETURN_IF_ERROR(in_.Close());
  return type;
}

// (type $id? export* deftype); exports only in a component.
Result<void> Parser::Type() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("type"));
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  std::vector<ExternNameText> exports;
  if (scope().component != nullptr) {
    CVM_RETURN_IF_ERROR(InlineExports(&exports));
  }
  CVM_ASSIGN_OR_RETURN(std::optional<uint32_t> index, InlineAlias(offset, Sort::kType));
  if (!index) {
    CVM_ASSIGN_OR_RETURN(TypeDef type, TypeDefinition(IdOf(binder)));
    index = Define(offset, Sort::kType, std::move(type));
  }
  CVM_RETURN_IF_ERROR(Finish(offset, {Sort::kType, *index}, binder, exports));
  return in_.Close();
}

Result<uint32_t> Parser::TypeUse(Sort sort) {
  if (in_.AtOpen("type") && AtRef(2)) return Ref(Sort::kType);
  const uint32_t offset = Here();
  TypeDef type;
  if (sort == Sort::kFunc) {
    type.kind = TypeDef::Kind::kFunc;
    CVM_ASSIGN_OR_RETURN(type.func, FuncType());
  } else {
    CVM_ASSIGN_OR_RETURN(type, WorldType(sort == Sort::kComponent, std::string_view()));
  }
  return Define(offset, Sort::kType, std::move(type));
}

}  // namespace cvm::component::text
