// The definitions of a component, one a line.
#include "component/text/print.hpp"

#include <algorithm>

#include "component/text/printer.hpp"

namespace cvm::component {
namespace text {

using cvm::text::IdText;
using cvm::text::NewLine;
using cvm::text::Quote;
using cvm::text::QuoteBytes;

void Printer::Line(const std::string& text) {
  NewLine(&out_, depth_ + 1);
  out_ += text;
}

std::string Printer::Use(Sort sort, uint32_t index) const {
  const auto i = static_cast<size_t>(sort);
  return index < counts_[i] ? ids_[i].Use(index) : std::to_string(index);
}

std::string Printer::Ref(SortIndex what) const {
  return "(" + std::string(SortName(what.sort)) + " " + Use(what.sort, what.index) + ")";
}

std::string Printer::Next(Sort sort) {
  const uint32_t index = Count(sort)++;
  return ids_[static_cast<size_t>(sort)].Definition(index) + " (;" + std::to_string(index) + ";)";
}

namespace {

// How many items each definition adds to which index space.
struct SpaceSizes {
  std::array<uint32_t, kSortCount> sizes = {};

  void Add(Sort sort, size_t count = 1) { sizes[static_cast<size_t>(sort)] += static_cast<uint32_t>(count); }
  void operator()(const CoreModuleDef&) { Add(Sort::kCoreModule); }
  void operator()(const CoreInstanceDef&) { Add(Sort::kCoreInstance); }
  void operator()(const CoreTypeDef& def) { Add(Sort::kCoreType, def.module != nullptr ? 1 : def.types.size()); }
  void operator()(const std::shared_ptr<const Component>&) { Add(Sort::kComponent); }
  void operator()(const InstanceDef&) { Add(Sort::kInstance); }
  void operator()(const AliasDef& def) { Add(def.sort); }
  void operator()(const TypeDef&) { Add(Sort::kType); }
  void operator()(const CanonDef& def) { Add(def.kind == CanonKind::kLift ? Sort::kFunc : Sort::kCoreFunc); }
  void operator()(const StartDef& def) { Add(Sort::kValue, def.results); }
  void operator()(const ImportDef& def) { Add(def.desc.sort); }
  void operator()(const ExportDef& def) { Add(def.what.sort); }
  void operator()(const ValueDef&) { Add(Sort::kValue); }
};

}  // namespace

void Printer::SetNames(const Component& component) {
  SpaceSizes spaces;
  for (const cvm::component::Definition& definition : component.definitions) {
    std::visit(spaces, definition.what);
    if (const auto* type = std::get_if<CoreTypeDef>(&definition.what)) core_types_.Add(*type);
    const auto* alias = std::get_if<AliasDef>(&definition.what);
    if (alias != nullptr && alias->sort == Sort::kCoreType) core_types_.AddOther();
  }
  for (size_t i = 0; i < kSortCount; ++i) ids_[i] = Ids(component.names.spaces[i], spaces.sizes[i]);
}

// ---- modules and components. Both have names of their own, beside the name of the item: the identifier is that of the
// item, an annotation that of the module or component; it is left out where they are the same.

namespace {

std::string OwnName(const std::string& item, std::string_view own) {
  const bool has_id = item.starts_with(" $");
  if (has_id ? item.starts_with(" " + IdText(own) + " ") && !own.empty() : own.empty()) return "";
  return " (@name " + Quote(own) + ")";
}

}  // namespace

Result<void> Printer::Module(const CoreModuleDef& def) {
  std::string item = Next(Sort::kCoreModule);
  if (item.starts_with(" (@")) item.erase(0, item.rfind(" (;"));
  const std::string open = "(core module" + item + OwnName(item, def.module->names.module);
  NewLine(&out_, depth_ + 1);
  CVM_ASSIGN_OR_RETURN(const std::string text, PrintModuleAt(depth_ + 1, open, *def.module, features_, options_));
  out_ += text;
  return {};
}

Result<void> Printer::Nested(const Component& component) {
  std::string item = Next(Sort::kComponent);
  if (item.starts_with(" (@")) item.erase(0, item.rfind(" (;"));
  NewLine(&out_, depth_ + 1);
  return Printer(features_, options_, depth_ + 1, &out_)
      .PrintDefinitions(component, "(component" + item + OwnName(item, component.names.component));
}

void Printer::Customs(const Component& component) {
  const ComponentNames& names = component.names;
  const bool names_known = !names.component.empty() || std::any_of(names.spaces.begin(), names.spaces.end(),
                                                                   [](const NameMap& m) { return !m.entries.empty(); });
  for (const CustomSection& custom : component.customs) {
    if (custom.name == "component-name" && names_known) continue;  // printed as identifiers and annotations
    Line("(@custom " + Quote(custom.name) + " " + QuoteBytes(custom.bytes) + ")");
  }
}

// ---- canonical definitions

std::string Printer::Options(const CanonOptions& options) const {
  std::string text;
  if (options.encoding) text += " " + std::string(kEncodingKeywords[static_cast<size_t>(*options.encoding)]);
  for (const IndexOptionForm& form : kIndexOptionForms) {
    const std::optional<uint32_t>& index = options.*form.member;
    if (index) text += " (" + std::string(form.keyword) + " " + Use(form.sort, *index) + ")";
  }
  if (options.async) text += " async";
  return text;
}

std::string Printer::Operand(CanonOperand operand, const CanonDef& def) const {
  switch (operand) {
    case CanonOperand::kNone:
    case CanonOperand::kFuncType:
      return "";
    case CanonOperand::kCoreFunc:
      return " " + Ref({Sort::kCoreFunc, def.index});
    case CanonOperand::kFunc:
      return " " + Ref({Sort::kFunc, def.index});
    case CanonOperand::kType:
      return " " + Use(Sort::kType, def.index);
    case CanonOperand::kOptions:
      return Options(def.options);
    case CanonOperand::kCoreType:
      return " " + Use(Sort::kCoreType, def.type);
    case CanonOperand::kTable:
      return " " + Ref({Sort::kCoreTable, def.table});
    case CanonOperand::kMemory:
      return " (memory " + Use(Sort::kCoreMemory, def.options.memory.value_or(0)) + ")";
    case CanonOperand::kSlotType:
      return def.i64 ? " i64" : " i32";
    case CanonOperand::kSlot:
      return " " + std::to_string(def.slot);
    case CanonOperand::kResult:
      return def.result ? " (result " + Text(*def.result) + ")" : "";
    case CanonOperand::kAsync:
      return def.async ? " async" : "";
    case CanonOperand::kCancellable:
      return def.cancellable ? " cancellable" : "";
    case CanonOperand::kShared:
      return def.shared ? " shared" : "";
  }
  return "";
}

std::string Printer::Canon(const CanonDef& def) {
  const CanonForm& form = FormOf(def.kind);
  std::string text = "(canon " + std::string(form.keyword);
  for (const CanonOperand operand : form.operands) text += Operand(operand, def);
  if (def.kind == CanonKind::kLift) {
    const std::string type = Use(Sort::kType, def.type);
    return text + " (func" + Next(Sort::kFunc) + " (type " + type + ")))";
  }
  return text + " (core func" + Next(Sort::kCoreFunc) + "))";
}

// ---- all definitions

struct DefinitionPrinter {
  Printer& p;

  Result<void> operator()(const CoreModuleDef& def) const { return p.Module(def); }
  Result<void> operator()(const std::shared_ptr<const Component>& def) const { return p.Nested(*def); }
  Result<void> operator()(const CoreTypeDef& def) const {
    p.CoreType(def);
    return {};
  }
  Result<void> operator()(const TypeDef& def) const {
    p.Type(def);
    return {};
  }
  Result<void> operator()(const AliasDef& def) const {
    p.Line(p.Alias(def));
    return {};
  }
  Result<void> operator()(const CanonDef& def) const {
    p.Line(p.Canon(def));
    return {};
  }
  Result<void> operator()(const ImportDef& def) const {
    p.Line(p.Import(def));
    return {};
  }
  Result<void> operator()(const CoreInstanceDef& def) const {
    std::string text;
    if (const auto* how = std::get_if<CoreInstantiation>(&def.how)) {
      text = " (instantiate " + p.Use(Sort::kCoreModule, how->module);
      for (const CoreInstantiation::Arg& arg : how->args) {
        NewLine(&text, p.depth_ + 2);
        text += "(with " + Quote(arg.name) + " (instance " + p.Use(Sort::kCoreInstance, arg.instance) + "))";
      }
      text += ")";
    } else {
      for (const CoreInlineExport& e : std::get<std::vector<CoreInlineExport>>(def.how)) {
        NewLine(&text, p.depth_ + 2);
        text += "(export " + Quote(e.name) + " (" + std::string(FormOf(e.what.sort).keyword) + " " +
                p.Use(e.what.sort, e.what.index) + "))";
      }
    }
    p.Line("(core instance" + p.Next(Sort::kCoreInstance) + text + ")");
    return {};
  }
  Result<void> operator()(const InstanceDef& def) const {
    std::string text;
    if (const auto* how = std::get_if<Instantiation>(&def.how)) {
      text = " (instantiate " + p.Use(Sort::kComponent, how->component);
      for (const InstanceArg& arg : how->args) {
        NewLine(&text, p.depth_ + 2);
        text += "(with " + Quote(arg.name) + " " + p.Ref(arg.what) + ")";
      }
      text += ")";
    } else {
      for (const InlineExport& e : std::get<std::vector<InlineExport>>(def.how)) {
        NewLine(&text, p.depth_ + 2);
        text += "(export " + p.Name(e.name) + " " + p.Ref(e.what) + ")";
      }
    }
    p.Line("(instance" + p.Next(Sort::kInstance) + text + ")");
    return {};
  }
  Result<void> operator()(const ExportDef& def) const {
    const std::string what = p.Ref(def.what);
    std::string ascribed;
    if (def.ascribed) {
      ascribed = " (" + std::string(SortName(def.ascribed->sort)) + p.Text(*def.ascribed) + ")";
    }
    p.Line("(export" + p.Next(def.what.sort) + " " + p.Name(def.name) + " " + what + ascribed + ")");
    return {};
  }
  Result<void> operator()(const StartDef& def) const {
    std::string text = "(start " + p.Use(Sort::kFunc, def.func);
    for (const uint32_t arg : def.args) text += " (value " + p.Use(Sort::kValue, arg) + ")";
    for (uint32_t i = 0; i < def.results; ++i) text += " (result (value" + p.Next(Sort::kValue) + "))";
    p.Line(text + ")");
    return {};
  }
  Result<void> operator()(const ValueDef&) const {
    return UnsupportedError("component values are not part of this build");
  }
};

Result<void> Printer::PrintDefinitions(const Component& component, const std::string& open) {
  out_ += open;
  const size_t head = out_.size();
  SetNames(component);
  for (const cvm::component::Definition& definition : component.definitions) {
    CVM_RETURN_IF_ERROR(std::visit(DefinitionPrinter{*this}, definition.what));
  }
  Customs(component);
  if (out_.size() != head) NewLine(&out_, depth_);
  out_ += ")";
  return {};
}

}  // namespace text

Result<std::string> PrintComponent(const Component& component, const Features& features, const PrintOptions& options) {
  std::string out;
  std::string open = "(component";
  if (!component.names.component.empty()) open += " " + cvm::text::IdText(component.names.component);
  CVM_RETURN_IF_ERROR(text::Printer(features, options, 0, &out).PrintDefinitions(component, open));
  return out + "\n";
}

}  // namespace cvm::component
