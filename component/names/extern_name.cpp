#include "component/names/extern_name.hpp"

#include <algorithm>
#include <utility>

#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool IsKebabChar(char c) { return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '-'; }

Error NotKebab(std::string_view text) {
  return Error(ErrorKind::kInvalid, "`" + std::string(text) + "` is not in kebab case");
}

// True where `text` is fragments joined by '-', each of one case; only lower-case ones where `lower_only`.
bool IsKebab(std::string_view text, bool lower_only) {
  if (text.empty() || !(IsLower(text.front()) || IsUpper(text.front()))) return false;
  while (true) {
    const size_t end = std::min(text.find('-'), text.size());
    bool lower = false;
    bool upper = false;
    for (char c : text.substr(0, end)) {
      if (!IsLower(c) && !IsUpper(c) && !IsDigit(c)) return false;
      lower |= IsLower(c);
      upper |= IsUpper(c);
    }
    if (end == 0 || (lower && upper) || (upper && lower_only)) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

Result<std::string> TakeLabel(std::string_view text) {
  CVM_RETURN_IF_ERROR(CheckLabel(text));
  return std::string(text);
}

// Takes the longest run of kebab characters off the front and checks it.
Result<std::string> TakeKebab(std::string_view& rest, bool lower_only) {
  size_t n = 0;
  while (n < rest.size() && IsKebabChar(rest[n])) ++n;
  const std::string_view text = rest.substr(0, n);
  if (!IsKebab(text, lower_only)) return NotKebab(text);
  rest.remove_prefix(n);
  return std::string(text);
}

// `resource.label` behind [method] and [static].
Result<void> ParseMember(std::string_view rest, ExternName& name) {
  const size_t dot = rest.find('.');
  if (dot == std::string_view::npos) {
    return Error(ErrorKind::kInvalid, "failed to find `.` character");
  }
  CVM_ASSIGN_OR_RETURN(name.resource, TakeLabel(rest.substr(0, dot)));
  CVM_ASSIGN_OR_RETURN(name.label, TakeLabel(rest.substr(dot + 1)));
  return {};
}

// interfacename ::= namespace words projection interfaceversion?
Result<void> ParseInterface(std::string_view rest, InterfaceName& name) {
  const size_t colon = rest.find(':');
  const std::string_view ns = rest.substr(0, colon);
  if (!IsKebab(ns, /*lower_only=*/true)) return NotKebab(ns);
  name.ns = std::string(ns);
  rest.remove_prefix(colon + 1);
  CVM_ASSIGN_OR_RETURN(name.package, TakeKebab(rest, /*lower_only=*/true));
  if (rest.empty() || rest.front() != '/') {
    return Error(ErrorKind::kInvalid, "expected `/` after package name");
  }
  rest.remove_prefix(1);
  CVM_ASSIGN_OR_RETURN(name.interface, TakeKebab(rest, /*lower_only=*/false));
  if (rest.empty()) return {};
  if (rest.front() != '@') {
    return Error(ErrorKind::kInvalid, "trailing characters found: `" + std::string(rest) + "`");
  }
  CVM_ASSIGN_OR_RETURN(name.version, ParseInterfaceVersion(rest.substr(1)));
  return {};
}

Result<void> ParseInto(std::string_view text, ExternName& name) {
  constexpr std::pair<std::string_view, ExternNameKind> kAnnotations[] = {
      {"[constructor]", ExternNameKind::kConstructor},
      {"[method]", ExternNameKind::kMethod},
      {"[static]", ExternNameKind::kStatic},
  };
  for (const auto& [prefix, kind] : kAnnotations) {
    if (text.substr(0, prefix.size()) != prefix) continue;
    name.kind = kind;
    const std::string_view rest = text.substr(prefix.size());
    if (kind != ExternNameKind::kConstructor) return ParseMember(rest, name);
    CVM_ASSIGN_OR_RETURN(name.resource, TakeLabel(rest));
    return {};
  }
  if (text.find(':') != std::string_view::npos) {
    name.kind = ExternNameKind::kInterface;
    return ParseInterface(text, name.interface);
  }
  CVM_ASSIGN_OR_RETURN(name.label, TakeLabel(text));
  return {};
}

}  // namespace

bool IsLabel(std::string_view text) { return IsKebab(text, /*lower_only=*/false); }
bool IsLowerLabel(std::string_view text) { return IsKebab(text, /*lower_only=*/true); }

Result<void> CheckLabel(std::string_view text) {
  if (!IsLabel(text)) return NotKebab(text);
  return {};
}

std::string LowercaseLabel(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ToLower(c);
  return lower;
}

Result<ExternName> ParseExternName(std::string_view text) {
  ExternName name;
  name.text = std::string(text);
  const Result<void> parsed = ParseInto(text, name);
  if (parsed.ok()) return name;
  return Error(parsed.error().kind(),
               "`" + std::string(text) + "` is not a valid extern name: " + parsed.error().message());
}

Result<InterfaceName> ParseInterfaceName(std::string_view text) {
  Result<ExternName> name = ParseExternName(text);
  if (!name.ok()) {
    return Error(ErrorKind::kInvalid, "`" + std::string(text) + "` is not a valid name: " + name.error().message());
  }
  if (!name->is_interface()) {
    return Error(ErrorKind::kInvalid, "name `" + std::string(text) + "` must be an interface name");
  }
  return std::move(name->interface);
}

std::string UniqueKey(const ExternName& name) {
  // Step 1.2 makes `[method]l.l` equal to `l`; step 1.3 strips every annotation but [constructor].
  if (name.kind == ExternNameKind::kConstructor) return "[constructor]" + LowercaseLabel(name.resource);
  if (name.kind == ExternNameKind::kInterface) {
    std::string key = LowercaseLabel(name.interface.Path());
    // The acronyms of a version are not words of the name: `-RC` and `-rc` are two versions.
    if (name.interface.version.has_value()) key += "@" + name.interface.version->text;
    return key;
  }
  const std::string label = LowercaseLabel(name.label);
  if (name.resource.empty()) return label;
  const std::string resource = LowercaseLabel(name.resource);
  return resource == label ? label : resource + "." + label;
}

std::string LinkKey(const InterfaceName& name) {
  if (!name.version.has_value()) return name.Path();
  const InterfaceVersion& v = *name.version;
  if (!v.version.pre.empty() || v.canonical) return name.ToString();
  return name.Path() + "@" + CanonicalizeVersion(v.version).canonical;
}

std::optional<InterfaceName> MeantByWasi2(const InterfaceName& name) {
  if (name.ns != "wasi" || !name.version.has_value()) return std::nullopt;
  const Version& written = name.version->version;
  if (name.version->canonical || written.major != 2 || written.minor != 0 || !written.pre.empty()) return std::nullopt;
  InterfaceName meant = name;
  meant.version->version.major = 0;
  meant.version->version.minor = 2;
  meant.version->text = meant.version->version.ToString();
  return meant;
}

bool NamesMatch(const InterfaceName& import_name, const InterfaceName& export_name) {
  if (import_name.Path() != export_name.Path()) return false;
  if (import_name.version.has_value() != export_name.version.has_value()) return false;
  return !import_name.version.has_value() || SemverCompatible(*import_name.version, *export_name.version);
}

}  // namespace cvm::component
