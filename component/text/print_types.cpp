// Types, and what is said of imports, exports and aliases.
#include "component/text/printer.hpp"

namespace cvm::component::text {

using cvm::text::NewLine;
using cvm::text::Quote;

// ---- core types

void CoreTypePrinter::Add(const CoreTypeDef& def) {
  if (def.module != nullptr) return AddOther();
  module_.types.insert(module_.types.end(), def.types.begin(), def.types.end());
}

void CoreTypePrinter::AddOther() {
  SubType placeholder;
  placeholder.kind = CompositeKind::kStruct;
  module_.types.push_back(std::move(placeholder));
}

const cvm::text::PrintContext& CoreTypePrinter::context() {
  if (context_ == nullptr) context_ = std::make_unique<cvm::text::PrintContext>(module_, features_);
  return *context_;
}

std::string CoreTypePrinter::Definition(uint32_t first, size_t count, const cvm::text::Ids& ids) {
  constexpr size_t kKeyword = 5;  // "(type"
  std::string text = count == 1 ? "" : "(rec";
  for (uint32_t i = 0; i < count; ++i) {
    if (count != 1) text += " ";
    text += context().TypeDefinition(first + i).insert(kKeyword, ids.Definition(first + i));
  }
  return count == 1 ? text : text + ")";
}

std::string CoreTypePrinter::Extern(const ExternType& type) {
  const cvm::text::PrintContext& cx = context();
  if (const auto* func = std::get_if<TypeIndex>(&type)) return "(func (type " + std::to_string(func->value) + "))";
  if (const auto* table = std::get_if<TableType>(&type)) return "(table " + cx.Text(*table) + ")";
  if (const auto* memory = std::get_if<MemoryType>(&type)) return "(memory " + cx.Text(*memory) + ")";
  if (const auto* global = std::get_if<GlobalType>(&type)) return "(global " + cx.Text(*global) + ")";
  return "(tag (type " + std::to_string(std::get<TagType>(type).type.value) + "))";
}

void Printer::PrintModuleDecls(const ModuleTypeDef& type) {
  for (const ModuleDecl& decl : type.decls) {
    if (decl.kind == ModuleDecl::Kind::kType) core_types_.Add(decl.definition);
    if (decl.kind == ModuleDecl::Kind::kOuterAlias) core_types_.AddOther();
  }
  for (const ModuleDecl& decl : type.decls) {
    switch (decl.kind) {
      case ModuleDecl::Kind::kType: {
        uint32_t& next = Count(Sort::kCoreType);
        Line(core_types_.Definition(next, decl.definition.types.size(), Ids()));
        next += static_cast<uint32_t>(decl.definition.types.size());
        break;
      }
      case ModuleDecl::Kind::kOuterAlias:
        Line("(alias outer " + std::to_string(decl.outer_count) + " " + std::to_string(decl.outer_index) + " (type" +
             Next(Sort::kCoreType) + "))");
        break;
      case ModuleDecl::Kind::kImport:
        Line("(import " + Quote(decl.module) + " " + Quote(decl.name) + " " + core_types_.Extern(decl.type) + ")");
        break;
      case ModuleDecl::Kind::kExport:
        Line("(export " + Quote(decl.name) + " " + core_types_.Extern(decl.type) + ")");
        break;
    }
  }
}

void Printer::CoreType(const CoreTypeDef& def) {
  if (def.module == nullptr) {
    uint32_t& next = Count(Sort::kCoreType);
    const Ids& ids = ids_[static_cast<size_t>(Sort::kCoreType)];
    Line("(core " + core_types_.Definition(next, def.types.size(), ids).substr(1));
    next += static_cast<uint32_t>(def.types.size());
    return;
  }
  Line("(core type" + Next(Sort::kCoreType) + " (module");
  Printer(features_, options_, depth_ + 1, &out_).PrintModuleDecls(*def.module);
  if (!def.module->decls.empty()) NewLine(&out_, depth_ + 1);
  out_ += "))";
}

// ---- value types

std::string Printer::Text(const ValTypeRef& type) const {
  if (const auto* kind = std::get_if<abi::TypeKind>(&type)) return std::string(abi::TypeKindName(*kind));
  return Use(Sort::kType, std::get<uint32_t>(type));
}

std::string Printer::Operands(const DefValType& type) const {
  std::string text;
  if (type.kind == abi::TypeKind::kOwn || type.kind == abi::TypeKind::kBorrow) {
    return " " + Use(Sort::kType, type.resource);
  }
  if (type.first) text += " " + Text(*type.first);
  if (type.second) {
    const bool error = type.kind == abi::TypeKind::kResult;
    text += (error ? " (error " : " ") + Text(*type.second) + (error ? ")" : "");
  }
  if (type.length) text += " " + std::to_string(*type.length);
  for (const LabelledType& field : type.fields) text += " (field " + Quote(field.label) + " " + Text(field.type) + ")";
  for (const LabelledCase& c : type.cases) {
    text += " (case " + Quote(c.label) + (c.type ? " " + Text(*c.type) : "") + ")";
  }
  for (const ValTypeRef& element : type.types) text += " " + Text(element);
  for (const std::string_view label : type.labels) text += " " + Quote(label);
  return text;
}

std::string Printer::Text(const DefValType& type) const {
  const std::string keyword(abi::TypeKindName(type.kind));
  if (type.kind <= abi::TypeKind::kErrorContext) return keyword;
  return "(" + keyword + Operands(type) + ")";
}

// ---- functions and resources

std::string Printer::Text(const FuncTypeDef& type) const {
  std::string text = type.async ? "(func async" : "(func";
  for (const LabelledType& param : type.params) text += " (param " + Quote(param.label) + " " + Text(param.type) + ")";
  if (type.result) text += " (result " + Text(*type.result) + ")";
  return text + ")";
}

std::string Printer::Text(const ResourceTypeDef& type) const {
  std::string text = type.rep64 ? "(resource (rep i64)" : "(resource (rep i32)";
  if (type.destructor) text += " (dtor " + Ref({Sort::kCoreFunc, *type.destructor}) + ")";
  return text + ")";
}

// ---- components and instances

struct DeclPrinter {
  Printer& p;
  void operator()(const CoreTypeDef& def) const { p.CoreType(def); }
  void operator()(const TypeDef& def) const { p.Type(def); }
  void operator()(const AliasDef& def) const { p.Line(p.Alias(def)); }
  void operator()(const ImportDef& def) const { p.Line(p.Import(def)); }
  void operator()(const ExportDef& def) const {
    p.Line("(export " + p.Name(def.name) + " " + p.Desc(*def.ascribed) + ")");
  }
};

void Printer::PrintDecls(const ComponentTypeDef& type) {
  for (const ComponentTypeDef::Decl& decl : type.decls) {
    if (const auto* core = std::get_if<CoreTypeDef>(&decl.what)) core_types_.Add(*core);
    const auto* alias = std::get_if<AliasDef>(&decl.what);
    if (alias != nullptr && alias->sort == Sort::kCoreType) core_types_.AddOther();
  }
  for (const ComponentTypeDef::Decl& decl : type.decls) std::visit(DeclPrinter{*this}, decl.what);
}

void Printer::Type(const TypeDef& def) {
  std::string text;
  switch (def.kind) {
    case TypeDef::Kind::kValue:
      text = Text(def.value);
      break;
    case TypeDef::Kind::kFunc:
      text = Text(def.func);
      break;
    case TypeDef::Kind::kResource:
      text = Text(def.resource);
      break;
    case TypeDef::Kind::kComponent:
      text = "(component";
      break;
    case TypeDef::Kind::kInstance:
      text = "(instance";
      break;
  }
  Line("(type" + Next(Sort::kType) + " " + text);
  if (def.decls != nullptr) {
    Printer(features_, options_, depth_ + 1, &out_).PrintDecls(*def.decls);
    if (!def.decls->decls.empty()) NewLine(&out_, depth_ + 1);
    out_ += ")";
  }
  out_ += ")";
}

// ---- imports, exports, aliases

std::string Printer::Name(const ExternNameText& name) const {
  std::string text = Quote(name.name);
  for (const AttributeForm& form : kAttributeForms) {
    const std::optional<std::string_view>& attribute = name.*form.member;
    if (attribute) text += " (" + std::string(form.keyword) + " " + Quote(*attribute) + ")";
  }
  return text;
}

std::string Printer::Text(const ExternDesc& desc) const {
  if (desc.sort == Sort::kType) {
    return desc.bound.sub_resource ? " (sub resource)" : " (eq " + Use(Sort::kType, desc.bound.eq) + ")";
  }
  if (desc.sort == Sort::kValue) {
    return desc.value.eq ? " (eq " + Use(Sort::kValue, desc.value.index) + ")" : " " + Text(desc.value.type);
  }
  const Sort type = desc.sort == Sort::kCoreModule ? Sort::kCoreType : Sort::kType;
  return " (type " + Use(type, desc.type) + ")";
}

std::string Printer::Desc(const ExternDesc& desc) {
  const std::string type = Text(desc);
  return "(" + std::string(SortName(desc.sort)) + Next(desc.sort) + type + ")";
}

std::string Printer::Import(const ImportDef& def) { return "(import " + Name(def.name) + " " + Desc(def.desc) + ")"; }

std::string Printer::Alias(const AliasDef& def) {
  std::string text = "(alias ";
  if (def.kind == AliasDef::Kind::kOuter) {
    text += "outer " + std::to_string(def.outer_count) + " " + std::to_string(def.outer_index);
  } else {
    const bool core = def.kind == AliasDef::Kind::kCoreExport;
    text += core ? "core export " : "export ";
    text += Use(core ? Sort::kCoreInstance : Sort::kInstance, def.instance) + " " + Quote(def.name);
  }
  return text + " (" + std::string(SortName(def.sort)) + Next(def.sort) + "))";
}

}  // namespace cvm::component::text
