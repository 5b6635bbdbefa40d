// Our transcription of WASI 0.2 (wasi/wit/0.2) against the official packages: interface by interface, type by type,
// function by function, world by world.
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "component/wit/loader.hpp"
#include "component/wit/printer.hpp"

namespace cvm::wit {
namespace {

// The gates that say something: that an item has been there since 0.2.0 goes without saying.
std::string GateText(const Gate& gate) {
  std::string text;
  if (gate.since.has_value() && (gate.since->ToString() != "0.2.0" || gate.deprecated.has_value())) {
    text += " since " + gate.since->ToString();
  }
  if (!gate.unstable.empty()) text += " unstable " + gate.unstable;
  if (gate.deprecated.has_value()) text += " deprecated " + gate.deprecated->ToString();
  return text;
}

std::string CasesText(const Resolve& resolve, const std::vector<Case>& cases) {
  std::string text;
  for (const Case& c : cases) {
    text += " " + c.name + (c.payload.has_value() ? "(" + resolve.TypeText(*c.payload) + ")" : "");
  }
  return text;
}

std::string DeclarationText(const Resolve& resolve, const TypeDef& type) {
  if (const Record* record = std::get_if<Record>(&type.kind)) {
    std::string text = "record";
    for (const Field& field : record->fields) text += " " + field.name + ": " + resolve.TypeText(field.type);
    return text;
  }
  if (const Variant* variant = std::get_if<Variant>(&type.kind)) return "variant" + CasesText(resolve, variant->cases);
  if (const Enum* e = std::get_if<Enum>(&type.kind)) return "enum" + CasesText(resolve, e->cases);
  if (const Flags* flags = std::get_if<Flags>(&type.kind)) return "flags" + CasesText(resolve, flags->flags);
  if (std::holds_alternative<Resource>(type.kind)) return "resource";
  if (!type.used) return "type " + resolve.KindText(type);
  const TypeDef& target = resolve.at(std::get<TypeId>(std::get<Alias>(type.kind).target));
  return "use " + resolve.InterfaceName(std::get<InterfaceId>(target.owner)) + " " + target.name;
}

// Everything that is declared, by name. Docs do not count.
std::map<std::string, std::string> Facts(const Resolve& resolve) {
  std::map<std::string, std::string> facts;
  for (uint32_t i = 0; i < resolve.interfaces.size(); ++i) {
    const Interface& interface = resolve.interfaces[i];
    const std::string name = resolve.InterfaceName(InterfaceId(i));
    facts[name] = "interface" + GateText(interface.meta.gate);
    for (TypeId id : interface.types) {
      const TypeDef& type = resolve.at(id);
      facts[name + " type " + type.name] = DeclarationText(resolve, type) + GateText(type.meta.gate);
    }
    for (const Function& function : interface.functions) {
      facts[name + " " + function.name] = resolve.SignatureText(function) + GateText(function.meta.gate);
    }
  }
  for (uint32_t i = 0; i < resolve.worlds.size(); ++i) {
    const std::string name = resolve.WorldName(WorldId(i));
    facts[name] = "world";
    for (const WorldItem& item : resolve.worlds[i].imports) facts[name + " imports " + item.name] = "";
    for (const WorldItem& item : resolve.worlds[i].exports) facts[name + " exports " + item.name] = "";
  }
  return facts;
}

Resolve Load(const std::filesystem::path& folder) {
  ResolveOptions options;
  options.all_features = true;
  Result<std::vector<SourceGroup>> groups = ReadWitFolders(folder);
  REQUIRE((groups.ok() ? "" : groups.error().ToString()) == std::string());
  Result<Resolution> resolution = ResolveSources(*std::move(groups), options);
  REQUIRE((resolution.ok() ? "" : resolution.error().ToString()) == std::string());
  return std::move(resolution->resolve);
}

TEST_CASE("our WASI 0.2 declares what the official packages declare") {
  const Resolve ours = Load(std::filesystem::path(CVM_SOURCE_DIR) / "wasi" / "wit" / "0.2");
  size_t functions = 0;
  for (const Interface& interface : ours.interfaces) functions += interface.functions.size();
  CHECK(ours.packages.size() == 7);
  CHECK(ours.interfaces.size() == 32);
  CHECK(functions == 181);
  const std::filesystem::path official = std::filesystem::path(CVM_SUITES_DIR) / "wit" / "0.2.12";
  if (!std::filesystem::is_directory(official)) {
    std::fprintf(stderr, "SKIPPED: %s is absent\n", official.c_str());
    return;
  }
  const std::map<std::string, std::string> expected = Facts(Load(official));
  std::map<std::string, std::string> actual = Facts(ours);
  for (const auto& [name, text] : expected) {
    INFO(name);
    CHECK(actual.count(name) == 1);
    CHECK(actual[name] == text);
  }
  CHECK(actual.size() == expected.size());
}

}  // namespace
}  // namespace cvm::wit
