// The custom section `package-docs` of WIT packages in the binary format: what the types of a component have no place
// for, documentation and feature gates, as JSON behind a byte that tells the version (0 or 1). There is no
// specification but wit-parser, whose names and shapes these are.
//
// Plain values; safe from any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "component/wit/model.hpp"
#include "cvm/result.hpp"
#include "vm/base/reader.hpp"

namespace cvm::wit {

inline constexpr std::string_view kPackageDocsSection = "package-docs";

struct ItemDocs {
  std::string docs;
  Gate gate;
  std::map<std::string, std::string> items;  // of a type: its fields, cases or flags

  bool empty() const { return docs.empty() && gate.empty() && items.empty(); }
};

struct InterfaceDocs {
  ItemDocs own;
  std::map<std::string, ItemDocs> functions;  // by their extern names
  std::map<std::string, ItemDocs> types;

  bool empty() const { return own.empty() && functions.empty() && types.empty(); }
};

// One side of a world, or its types.
struct WorldDocs {
  ItemDocs own;
  std::map<std::string, ItemDocs> types;
  struct Side {
    std::map<std::string, InterfaceDocs> inline_interfaces;
    std::map<std::string, ItemDocs> functions;
    std::map<std::string, ItemDocs> interfaces;  // that are named by what they are
  };
  Side imports;
  Side exports;

  bool empty() const;
};

struct PackageDocs {
  std::string docs;
  std::map<std::string, InterfaceDocs> interfaces;
  std::map<std::string, WorldDocs> worlds;

  // What a map holds for a name; nothing said where it holds none.
  template <class T>
  static const T& At(const std::map<std::string, T>& map, std::string_view name) {
    static const T kNone{};
    const auto it = map.find(std::string(name));
    return it == map.end() ? kNone : it->second;
  }
};

Result<PackageDocs> ParsePackageDocs(Bytes section);
std::vector<uint8_t> WritePackageDocs(const PackageDocs& docs);
PackageDocs CollectPackageDocs(const Resolve& resolve, PackageId package);

}  // namespace cvm::wit
