// Identifiers, strings and types of the printer.
#include <unordered_set>

#include "vm/base/utf8.hpp"
#include "vm/text/lexer.hpp"
#include "vm/text/printer.hpp"

namespace cvm::text {
namespace {

// Longer names are written once, as an annotation: text must not grow with the product of a name and its uses.
constexpr size_t kMaxIdBytes = 512;

void AppendEscaped(std::string* out, uint8_t byte) {
  constexpr char kHex[] = "0123456789abcdef";
  *out += '\\';
  *out += kHex[byte >> 4];
  *out += kHex[byte & 15];
}

bool IsPlain(uint8_t byte) { return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\'; }

// Controls of the upper half of Latin-1, and those that turn the direction of writing.
bool IsHidden(char32_t c) {
  return (c >= 0x80 && c < 0xa0) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

}  // namespace

std::string QuoteBytes(Bytes bytes) {
  std::string out = "\"";
  for (const uint8_t byte : bytes) {
    if (IsPlain(byte)) {
      out += static_cast<char>(byte);
    } else {
      AppendEscaped(&out, byte);
    }
  }
  return out + "\"";
}

std::string Quote(std::string_view name) {
  std::string out = "\"";
  for (size_t pos = 0; pos < name.size();) {
    const size_t begin = pos;
    const std::optional<char32_t> c = DecodeUtf8(name, &pos);
    if (!c) ++pos;
    const bool as_it_is = c && (*c < 0x80 ? IsPlain(static_cast<uint8_t>(*c)) : !IsHidden(*c));
    for (size_t i = begin; i < pos; ++i) {
      if (as_it_is) {
        out += name[i];
      } else {
        AppendEscaped(&out, static_cast<uint8_t>(name[i]));
      }
    }
  }
  return out + "\"";
}

std::string IdText(std::string_view name) {
  for (const char c : name) {
    if (!IsIdChar(c)) return "$" + Quote(name);
  }
  return "$" + std::string(name);
}

void Ids::Set(uint32_t index, std::string_view name, bool as_id) {
  if (names_.size() <= index) names_.resize(index + 1);
  names_[index] = as_id ? IdText(name) : "(@name " + Quote(name) + ")";
}

Ids::Ids(const NameMap& names, size_t count) {
  std::unordered_set<std::string_view> used;
  for (const auto& [index, name] : names.entries) {
    const bool short_enough = !name.empty() && name.size() <= kMaxIdBytes;
    if (index < count && !IsNamed(index)) Set(index, name, short_enough && used.insert(name).second);
  }
}

Ids Ids::Shadowing(const NameMap& names, size_t count) {
  Ids ids;
  for (const auto& [index, name] : names.entries) {
    if (index < count && !ids.IsNamed(index)) ids.Set(index, name, !name.empty() && name.size() <= kMaxIdBytes);
  }
  return ids;
}

std::string Ids::Use(uint32_t index) const {
  return IsNamed(index) && names_[index].starts_with('$') ? names_[index] : std::to_string(index);
}

std::string Ids::Definition(uint32_t index) const { return IsNamed(index) ? " " + names_[index] : ""; }

std::string BodyScope::Label(uint32_t depth) const {
  if (depth >= open.size()) return std::to_string(depth);
  const std::string& id = open[open.size() - 1 - depth];
  if (id.empty()) return std::to_string(depth);
  // One of the blocks in between may have the same name.
  for (uint32_t i = 0; i < depth; ++i) {
    if (open[open.size() - 1 - i] == id) return std::to_string(depth);
  }
  return id;
}

PrintContext::PrintContext(const ModuleData& m, const Features& f)
    : module(m),
      features(f),
      types(m.names.types, m.types.size()),
      funcs(m.names.funcs, m.func_types.size()),
      tables(m.names.tables, m.table_types.size()),
      memories(m.names.memories, m.memory_types.size()),
      globals(m.names.globals, m.global_types.size()),
      tags(m.names.tags, m.tag_types.size()),
      elems(m.names.elems, m.elements.size()),
      datas(m.names.datas, m.data.size()) {
  for (const auto& [type, names] : m.names.fields) {
    if (type >= m.types.size() || m.types[type].kind != CompositeKind::kStruct) continue;
    if (fields_.size() <= type) fields_.resize(type + 1);
    fields_[type] = Ids(names, m.types[type].fields.size());
  }
}

std::string PrintContext::Field(uint32_t type, uint32_t field) const {
  return type < fields_.size() ? fields_[type].Use(field) : std::to_string(field);
}
std::string PrintContext::FieldDefinition(uint32_t type, uint32_t field) const {
  return type < fields_.size() ? fields_[type].Definition(field) : "";
}

std::string PrintContext::Text(HeapType type) const {
  if (!type.is_concrete()) return ToString(type);
  return type.exact ? "(exact " + types.Use(type.index) + ")" : types.Use(type.index);
}

std::string PrintContext::Text(ValType type) const {
  if (!type.is_ref() || !type.heap.is_concrete()) return ToString(type);
  return (type.nullable ? "(ref null " : "(ref ") + Text(type.heap) + ")";
}

std::string PrintContext::Text(const FieldType& field) const {
  std::string text;
  switch (field.packed) {
    case PackedKind::kNone:
      text = Text(field.type);
      break;
    case PackedKind::kI8:
      text = "i8";
      break;
    case PackedKind::kI16:
      text = "i16";
      break;
  }
  return field.mutable_ ? "(mut " + text + ")" : text;
}

std::string PrintContext::Text(const TableType& type) const { return ToString(type.limits) + " " + Text(type.element); }

std::string PrintContext::Text(const MemoryType& type) const {
  std::string text = ToString(type.limits);
  if (type.page_size_log2 != 16)
    text += " (pagesize " + std::to_string(uint64_t{1} << (type.page_size_log2 & 63)) + ")";
  return text;
}

std::string PrintContext::Text(const GlobalType& type) const {
  return type.mutable_ ? "(mut " + Text(type.type) + ")" : Text(type.type);
}

const FuncType* PrintContext::FuncTypeAt(uint32_t type) const {
  if (type >= module.types.size() || module.types[type].kind != CompositeKind::kFunc) return nullptr;
  return &module.types[type].func;
}

namespace {

// " (param …)": one form for each run of types without a name.
void AppendTypes(const PrintContext& cx, const char* keyword, const ResultType& types, const Ids* names,
                 std::string* out) {
  bool open = false;
  for (uint32_t i = 0; i < types.size(); ++i) {
    const bool named = names != nullptr && names->IsNamed(i);
    if (open && named) *out += ")", open = false;
    if (!open) *out += std::string(" (") + keyword;
    if (named) *out += names->Definition(i);
    *out += " " + cx.Text(types[i]);
    open = !named;
    if (named) *out += ")";
  }
  if (open) *out += ")";
}

}  // namespace

std::string PrintContext::TypeUse(TypeIndex type, const Ids* locals) const {
  std::string text = " (type " + types.Use(type.value) + ")";
  if (const FuncType* func = FuncTypeAt(type.value)) {
    AppendTypes(*this, "param", func->params, locals, &text);
    AppendTypes(*this, "result", func->results, nullptr, &text);
  }
  return text;
}

// (type $id (;3;) (sub final $super (struct …)))
std::string PrintContext::TypeDefinition(uint32_t index) const {
  const SubType& type = module.types[index];
  std::string text = "(type" + types.Definition(index) + " (;" + std::to_string(index) + ";) ";
  const bool sub = !type.final_ || !type.supertypes.empty();
  if (sub) {
    text += type.final_ ? "(sub final " : "(sub ";
    for (const TypeIndex super : type.supertypes) text += types.Use(super.value) + " ";
  }
  if (type.describes) text += "(describes " + types.Use(type.describes->value) + ") ";
  if (type.descriptor) text += "(descriptor " + types.Use(type.descriptor->value) + ") ";
  switch (type.kind) {
    case CompositeKind::kStruct:
      text += "(struct";
      for (uint32_t i = 0; i < type.fields.size(); ++i) {
        text += " (field" + FieldDefinition(index, i) + " " + Text(type.fields[i]) + ")";
      }
      break;
    case CompositeKind::kArray:
      text += "(array";
      for (const FieldType& field : type.fields) text += " " + Text(field);
      break;
    default:
      text += "(func";
      AppendTypes(*this, "param", type.func.params, nullptr, &text);
      AppendTypes(*this, "result", type.func.results, nullptr, &text);
      break;
  }
  return text + (sub ? ")))" : "))");
}

}  // namespace cvm::text
