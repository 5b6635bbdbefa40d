// Private to component/wit_binary: the class behind DecodeWit, shared by decode.cpp (packages, worlds, interfaces) and
// decode_types.cpp (types and functions). One object lives for one component.
#pragma once

#include <map>
#include <set>
#include <string>

#include "component/names/extern_name.hpp"
#include "component/validate/types.hpp"
#include "component/wit_binary/draft.hpp"
#include "vm/base/try.hpp"

namespace cvm::wit {

namespace checked = component::validate;
using component::ExternName;
using component::ExternNameKind;
using component::FuncTypeDef;
using component::Sort;
using component::ValTypeRef;
using DefTypeKind = component::TypeDef::Kind;

class Decoder {
 public:
  explicit Decoder(const checked::TypeTable& types) : types_(types) {}

  // The text of all packages, the component's or the package itself first.
  Result<std::string> ComponentText(const checked::World& world);
  Result<std::string> PackageText(const checked::World& world, PackageDocs docs);

 private:
  using Item = checked::ItemMap::Item;

  // Where a type has its name. `owner` is an interface's full name, or stands for what cannot be named from outside: ""
  // for the world, "import x" for an interface written in it.
  struct Place {
    std::string owner;
    std::string name;
  };
  // An interface or world that is being filled.
  struct Scope {
    std::string owner;
    DraftBody& body;
    const std::map<std::string, ItemDocs>& type_docs;
    const std::map<std::string, ItemDocs>& function_docs;
    std::string indent;
    std::set<std::string> taken;
    std::map<checked::TypeId, std::string> uses = {};  // brought in because something mentions them
  };
  struct Name {
    std::string package;  // with the version
    std::string name;
    std::string full;  // `a:b/name@1.0.0`
  };

  // decode.cpp
  Result<Name> NameOf(const Item& item, std::string_view text) const;
  Result<void> AddInterface(const Name& name, const checked::World& world, bool complete);
  Result<void> FillInterface(Scope& scope, const checked::World& world);
  Result<void> AddWorld(DraftBody& body, const checked::World& world, const WorldDocs& docs);
  Result<void> AddWorldItem(Scope& scope, const Item& item, bool exported, const WorldDocs::Side& docs);
  Result<void> AddInstance(Scope& scope, const Item& item, bool exported, const WorldDocs::Side& docs);
  Result<std::string> Finish(const std::string& root);

  // decode_types.cpp
  const Place* FindPlace(checked::TypeId id) const;
  void SetPlace(checked::TypeId id, const Place& place);
  Result<void> AddType(Scope& scope, const std::string& name, checked::TypeId id, const std::string& before);
  Result<std::string> Definition(Scope& scope, const std::string& name, const component::DefValType& def,
                                 const ItemDocs& docs);
  Result<std::string> Ref(Scope& scope, const ValTypeRef& ref);
  Result<std::string> NamedRef(Scope& scope, checked::TypeId id);
  Result<std::string> Structure(Scope& scope, const component::DefValType& def);
  Result<std::string> Optional(Scope& scope, const std::string& keyword, const std::optional<ValTypeRef>& type);
  Result<void> AddFunction(Scope& scope, const Item& item, const std::string& keyword, const ItemDocs& docs);
  Result<std::string> Signature(Scope& scope, const FuncTypeDef& func, ExternNameKind kind);
  std::string FreeName(Scope& scope, const std::string& wanted) const;
  Result<std::string> Charge(std::string text);

  const checked::TypeTable& types_;
  PackageDocs docs_;
  std::string own_package_;         // whose documentation `docs_` is
  std::set<std::string> complete_;  // interfaces that the package defines: what is said of them elsewhere is a part
  std::map<std::string, DraftPackage> packages_;
  std::map<checked::TypeId, Place> places_;
  uint64_t text_bytes_ = 0;
};

}  // namespace cvm::wit
