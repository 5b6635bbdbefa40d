// The names of component imports and exports: labels, plain names with their annotations, interface names, the rule of
// strong uniqueness, and the matching of interface names by version.
//
// Grammar and rules: Explainer.md, "Import and Export Definitions", "Name Uniqueness" and "Canonical Interface Name".
// Error messages hold the words that the official suite looks for. Plain values without thread affinity.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "component/names/semver.hpp"
#include "cvm/result.hpp"

namespace cvm::component {

// label ::= first-fragment ('-' fragment)*: words all lower or acronyms all upper, the first starting with a letter.
bool IsLabel(std::string_view text);
// words ::= first-word ('-' word)*: as a label, in lower case only; namespaces and packages.
bool IsLowerLabel(std::string_view text);
// An error "`x` is not in kebab case" where `text` is not a label.
Result<void> CheckLabel(std::string_view text);
// The label in lower case: two labels that only differ in case are the same to binding generators.
std::string LowercaseLabel(std::string_view text);

// An interface name: `wasi:http/types@0.2.3`.
struct InterfaceName {
  std::string ns;         // `wasi`
  std::string package;    // `http`
  std::string interface;  // `types`
  std::optional<InterfaceVersion> version;

  bool operator==(const InterfaceName&) const = default;
  // `wasi:http/types`, without the version.
  std::string Path() const { return ns + ":" + package + "/" + interface; }
  std::string ToString() const { return version.has_value() ? Path() + "@" + version->text : Path(); }
};

enum class ExternNameKind : uint8_t { kLabel, kConstructor, kMethod, kStatic, kInterface };

// A name taken apart. REQUIRES for the fields: see each.
struct ExternName {
  ExternNameKind kind = ExternNameKind::kLabel;
  std::string text;         // the name as written
  std::string label;        // kLabel: the label; kMethod and kStatic: the one behind the dot
  std::string resource;     // kConstructor, kMethod, kStatic: the resource's label
  InterfaceName interface;  // kInterface

  bool operator==(const ExternName&) const = default;
  bool is_interface() const { return kind == ExternNameKind::kInterface; }
  // True for names that only functions may bear.
  bool is_annotated() const { return !resource.empty(); }
};

// Parses an import or export name. Kind of error: kInvalid.
Result<ExternName> ParseExternName(std::string_view text);
// Parses a name that has to be an interface name, as `implements` asks for.
Result<InterfaceName> ParseInterfaceName(std::string_view text);

// The key under which a scope keeps a name: two names of one scope are strongly unique where their keys differ.
std::string UniqueKey(const ExternName& name);

// The key under which a linker keeps an interface: the version cut to its canonical part, except for prereleases, which
// stand for themselves. Equal keys mean that one may be linked to the other.
std::string LinkKey(const InterfaceName& name);
// True where an import of that name may be met by an export of this one: the same path and compatible versions; an
// unversioned name matches an unversioned name only.
bool NamesMatch(const InterfaceName& import_name, const InterfaceName& export_name);

// Some articles and components call version 0.2 of WASI `2.0`: the interface that `wasi:io/poll@2.0.3` means,
// `wasi:io/poll@0.2.3`. Nothing for any other name.
std::optional<InterfaceName> MeantByWasi2(const InterfaceName& name);

}  // namespace cvm::component
