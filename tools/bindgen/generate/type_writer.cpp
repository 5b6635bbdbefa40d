#include "tools/bindgen/generate/type_writer.hpp"

#include <functional>
#include <set>

#include "tools/bindgen/generate/names.hpp"

namespace cvm::bindgen {
namespace {

// The C++ names of members, in order; the same wherever they are needed.
template <class Items, class Case>
std::vector<std::string> MemberNames(const Items& items, Case convert, NameScope scope) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(scope.Take(convert(item.name)));
  return names;
}

std::vector<std::string> FieldNames(const wit::Record& record) { return MemberNames(record.fields, SnakeCase, {}); }
std::vector<std::string> CaseNames(const std::string& type, const wit::Variant& variant) {
  return MemberNames(variant.cases, CamelCase, NameScope{type, "Is", "As"});
}
std::vector<std::string> ConstantNames(const std::vector<wit::Case>& cases) {
  return MemberNames(cases, ConstantCase, {});
}

const char* BitsType(size_t count) { return count <= 8 ? "uint8_t" : count <= 16 ? "uint16_t" : "uint32_t"; }
const char* DiscriminantType(size_t count) {
  return count <= 0x100 ? "uint8_t" : count <= 0x10000 ? "uint16_t" : "uint32_t";
}

// The named types that a type is made of. Types without a name are at most wit::kMaxTypeDepth deep.
struct NamedParts {
  const wit::Resolve& resolve;
  const std::function<void(wit::TypeId)>& visit;

  void Visit(const wit::Type& type) const {
    const auto* id = std::get_if<wit::TypeId>(&type);
    if (id == nullptr) return;
    if (resolve.at(*id).name.empty()) {
      std::visit(*this, resolve.at(*id).kind);
    } else {
      visit(*id);
    }
  }
  void Visit(const std::optional<wit::Type>& type) const {
    if (type.has_value()) Visit(*type);
  }
  void operator()(const wit::Record& t) const {
    for (const wit::Field& field : t.fields) Visit(field.type);
  }
  void operator()(const wit::Variant& t) const {
    for (const wit::Case& c : t.cases) Visit(c.payload);
  }
  void operator()(const wit::Tuple& t) const {
    for (const wit::Type& type : t.types) Visit(type);
  }
  void operator()(const wit::Alias& t) const { Visit(t.target); }
  void operator()(const wit::List& t) const { Visit(t.element); }
  void operator()(const wit::Map& t) const { Visit(t.value); }
  void operator()(const wit::Option& t) const { Visit(t.some); }
  void operator()(const wit::ResultType& t) const { Visit(t.ok), Visit(t.err); }
  void operator()(const wit::Future& t) const { Visit(t.element); }
  void operator()(const wit::Stream& t) const { Visit(t.element); }
  void operator()(const wit::Handle& t) const { visit(t.resource); }
  void operator()(const wit::Enum&) const {}
  void operator()(const wit::Flags&) const {}
  void operator()(const wit::Resource&) const {}
};

}  // namespace

bool TypeWriter::IsOwnResource(wit::TypeId id) const {
  return std::holds_alternative<wit::Resource>(resolve().at(id).kind);
}

bool TypeWriter::IsResource(wit::TypeId id) const { return IsOwnResource(resolve().Dealias(id)); }

// True for what would be left without a value by default: numbers and enums.
bool TypeWriter::IsScalar(const wit::Type& type) const {
  const wit::Type* at = &type;
  while (const auto* id = std::get_if<wit::TypeId>(at)) {
    const wit::TypeKind& kind = resolve().at(*id).kind;
    const auto* alias = std::get_if<wit::Alias>(&kind);
    if (alias == nullptr) return std::holds_alternative<wit::Enum>(kind);
    at = &alias->target;
  }
  const wit::Prim prim = *std::get_if<wit::Prim>(at);
  return prim != wit::Prim::kString && prim != wit::Prim::kErrorContext;
}

// The unit's types, each behind those of the unit that it is made of.
std::vector<wit::TypeId> TypeWriter::InOrder() const {
  std::vector<wit::TypeId> order;
  std::set<wit::TypeId> seen;
  const std::set<wit::TypeId> own(unit_.types.begin(), unit_.types.end());
  std::function<void(wit::TypeId)> visit = [&](wit::TypeId id) {
    if (own.count(id) == 0 || !seen.insert(id).second) return;
    if (!resolve().at(id).used) std::visit(NamedParts{resolve(), visit}, resolve().at(id).kind);
    order.push_back(id);
  };
  for (wit::TypeId id : unit_.types) visit(id);
  return order;
}

void TypeWriter::Declarations() {
  bool any = false;
  for (wit::TypeId id : unit_.types) {
    if (IsOwnResource(id)) out_.Line("struct " + set_.NameOf(id) + ";");
    any = any || IsOwnResource(id);
  }
  if (any) out_.Gap();
  for (wit::TypeId id : InOrder()) {
    if (!IsOwnResource(id)) Declare(id);
  }
  out_.Gap();
}

void TypeWriter::Declare(wit::TypeId id) {
  const wit::TypeDef& def = resolve().at(id);
  const std::string& name = set_.NameOf(id);
  out_.Docs(def.meta.docs);
  if (def.used) {
    const wit::TypeId target = *std::get_if<wit::TypeId>(&std::get_if<wit::Alias>(&def.kind)->target);
    out_.Line("using " + name + " = " + set_.QualifiedName(target) + ";");
  } else if (const auto* record = std::get_if<wit::Record>(&def.kind)) {
    DeclareRecord(name, *record);
  } else if (const auto* variant = std::get_if<wit::Variant>(&def.kind)) {
    DeclareVariant(name, *variant);
  } else if (const auto* enumeration = std::get_if<wit::Enum>(&def.kind)) {
    DeclareEnum(name, *enumeration);
  } else if (const auto* flags = std::get_if<wit::Flags>(&def.kind)) {
    DeclareFlags(name, *flags);
  } else {
    out_.Line("using " + name + " = " + set_.KindType(def, "") + ";");
  }
}

void TypeWriter::DeclareRecord(const std::string& name, const wit::Record& record) {
  const std::vector<std::string> names = FieldNames(record);
  out_.Gap();
  out_.Open("struct " + name + " {");
  for (size_t i = 0; i < names.size(); ++i) {
    const wit::Field& field = record.fields[i];
    out_.Docs(field.docs);
    out_.Line(set_.ValueType(field.type, "") + " " + names[i] + (IsScalar(field.type) ? "{};" : ";"));
  }
  out_.Gap();
  out_.Line("bool operator==(const " + name + "&) const = default;");
  out_.Close("};");
  out_.Gap();
}

void TypeWriter::DeclareVariant(const std::string& name, const wit::Variant& variant) {
  const std::vector<std::string> names = CaseNames(name, variant);
  out_.Gap();
  out_.Open("struct " + name + " {");
  std::string cases;
  for (size_t i = 0; i < names.size(); ++i) {
    const wit::Case& c = variant.cases[i];
    cases += (i == 0 ? "" : ", ") + names[i];
    out_.Docs(c.docs);
    out_.Open("struct " + names[i] + " {");
    if (c.payload.has_value()) {
      // Cases may be called like types.
      out_.Line(set_.ValueType(*c.payload, unit_.inner + "::") + (IsScalar(*c.payload) ? " value{};" : " value;"));
    }
    out_.Line("bool operator==(const " + names[i] + "&) const = default;");
    out_.Close("};");
  }
  out_.Line("std::variant<" + cases + "> value;");
  out_.Gap();
  out_.Line(name + "() = default;");
  out_.Line("template <class C>");
  out_.Line("  requires(cvm::bind::kIsAlternative<C, decltype(value)>)");
  out_.Line(name + "(C c) : value(std::move(c)) {}  // NOLINT: implicit by design");
  out_.Line("template <class C>");
  out_.Line("bool Is() const { return std::holds_alternative<C>(value); }");
  out_.Line("template <class C>");
  out_.Line("C* As() { return std::get_if<C>(&value); }");
  out_.Line("template <class C>");
  out_.Line("const C* As() const { return std::get_if<C>(&value); }");
  out_.Line("bool operator==(const " + name + "&) const = default;");
  out_.Close("};");
  out_.Gap();
}

void TypeWriter::DeclareEnum(const std::string& name, const wit::Enum& enumeration) {
  const std::vector<std::string> names = ConstantNames(enumeration.cases);
  out_.Gap();
  out_.Open("enum class " + name + " : " + DiscriminantType(names.size()) + " {");
  for (size_t i = 0; i < names.size(); ++i) {
    out_.Docs(enumeration.cases[i].docs);
    out_.Line(names[i] + ",");
  }
  out_.Close("};");
  out_.Gap();
}

void TypeWriter::DeclareFlags(const std::string& name, const wit::Flags& flags) {
  const std::vector<std::string> names = ConstantNames(flags.flags);
  const std::string bits = BitsType(names.size());
  out_.Gap();
  out_.Open("struct " + name + " : cvm::bind::FlagsBase<" + name + ", " + bits + "> {");
  out_.Open("enum Bit : " + bits + " {");
  for (size_t i = 0; i < names.size(); ++i) {
    out_.Docs(flags.flags[i].docs);
    out_.Line(names[i] + " = " + bits + "{1} << " + std::to_string(i) + ",");
  }
  out_.Close("};");
  out_.Line("using FlagsBase::FlagsBase;");
  out_.Line("constexpr " + name + "() = default;");
  out_.Line("constexpr " + name + "(Bit bit) : FlagsBase(static_cast<" + bits + ">(bit)) {}  // NOLINT: implicit");
  out_.Line("friend constexpr " + name + " operator|(Bit a, Bit b) { return " + name + "(a) | " + name + "(b); }");
  out_.Close("};");
  out_.Gap();
}

void TypeWriter::Descriptions() {
  bool any = false;
  for (wit::TypeId id : unit_.types) {
    const wit::TypeDef& def = resolve().at(id);
    const bool described =
        std::holds_alternative<wit::Record>(def.kind) || std::holds_alternative<wit::Variant>(def.kind) ||
        std::holds_alternative<wit::Enum>(def.kind) || std::holds_alternative<wit::Flags>(def.kind) ||
        std::holds_alternative<wit::Resource>(def.kind);
    if (!described) continue;
    if (!any) {
      out_.Gap();
      out_.Line("namespace cvm::bind {");
    }
    any = true;
    Describe(id);
  }
  if (!any) return;
  out_.Gap();
  out_.Line("}  // namespace cvm::bind");
}

void TypeWriter::Describe(wit::TypeId id) {
  const wit::TypeDef& def = resolve().at(id);
  const std::string type = set_.QualifiedName(id);
  const auto* record = std::get_if<wit::Record>(&def.kind);
  const auto* variant = std::get_if<wit::Variant>(&def.kind);
  const auto* enumeration = std::get_if<wit::Enum>(&def.kind);
  const auto* flags = std::get_if<wit::Flags>(&def.kind);
  const char* kind = record != nullptr        ? "kRecord"
                     : variant != nullptr     ? "kVariant"
                     : enumeration != nullptr ? "kEnum"
                     : flags != nullptr       ? "kFlags"
                                              : "kResource";
  out_.Gap();
  out_.Line("template <>");
  out_.Open("struct TypeOf<" + type + "> {");
  out_.Line(std::string("static constexpr Kind kKind = Kind::") + kind + ";");
  out_.Line("static constexpr std::string_view kName = " + Quoted(def.name) + ";");
  if (record != nullptr) DescribeFields(type, *record);
  if (variant != nullptr) DescribeCases(type, *variant);
  if (enumeration != nullptr) DescribeNames(enumeration->cases);
  if (flags != nullptr) DescribeNames(flags->flags);
  if (IsOwnResource(id)) {
    out_.Line("static constexpr std::string_view kInterface = " + Quoted(unit_.link_name) + ";");
  }
  out_.Close("};");
}

void TypeWriter::DescribeFields(const std::string& type, const wit::Record& record) {
  const std::vector<std::string> names = FieldNames(record);
  out_.Open("static constexpr auto kFields = std::tuple{");
  for (size_t i = 0; i < names.size(); ++i) {
    out_.Line("Field{" + Quoted(record.fields[i].name) + ", &" + type + "::" + names[i] + "},");
  }
  out_.Close("};");
}

void TypeWriter::DescribeCases(const std::string& type, const wit::Variant& variant) {
  const std::string bare = type.substr(type.rfind(':') + 1);
  const std::vector<std::string> names = CaseNames(bare, variant);
  out_.Open("static constexpr auto kCases = std::tuple{");
  for (size_t i = 0; i < names.size(); ++i) {
    const wit::Case& c = variant.cases[i];
    const std::string alternative = type + "::" + names[i];
    const std::string payload = c.payload.has_value() ? "decltype(" + alternative + "::value)" : "void";
    out_.Line("Case<" + alternative + ", " + payload + ">{" + Quoted(c.name) + "},");
  }
  out_.Close("};");
}

void TypeWriter::DescribeNames(const std::vector<wit::Case>& cases) {
  out_.Open("static constexpr std::array<std::string_view, " + std::to_string(cases.size()) + "> kNames{");
  for (const wit::Case& c : cases) out_.Line(Quoted(c.name) + ",");
  out_.Close("};");
}

}  // namespace cvm::bindgen
