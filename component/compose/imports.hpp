// Private to component/compose: the imports of a composition, made from those of its parts.
//
// What an import is of, a part says by definitions of its own: types, aliases of what it has imported before. They are
// copied with the indices that they have in the whole, as far as an import needs them. Types nest as deep as the parts
// were allowed to.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "component/compose/composition.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {

// The definitions of the whole as they come, and the lengths of its index spaces.
struct ComposeOutput {
  std::vector<Definition> definitions;
  std::array<uint32_t, kSortCount> lengths{};
  std::shared_ptr<std::deque<std::string>> strings = std::make_shared<std::deque<std::string>>();

  std::string_view Keep(std::string text) { return strings->emplace_back(std::move(text)); }
  // Adds a definition that makes one item of that sort: its index.
  template <class Def>
  uint32_t Add(Sort sort, Def def) {
    definitions.push_back({0, std::move(def)});
    return lengths[static_cast<size_t>(sort)]++;
  }
};

class ComposeImports {
 public:
  explicit ComposeImports(ComposeOutput& out) : out_(out) {}

  // The part's import of that name is to be met by an import of the whole, called `as`. All are noted before the first
  // is asked for.
  Result<void> Note(const ComposePart& part, const std::string& name, const std::string& as);
  // The import that meets it, made now if it is not there yet.
  Result<SortIndex> Get(const std::string& name);

 private:
  // The type and instance spaces of a part: what defines each item.
  struct Outline {
    const ComposePart* part = nullptr;
    std::vector<const Definition*> types;
    std::vector<const Definition*> core_types;
    std::vector<const Definition*> instances;
    std::map<uint32_t, uint32_t> mapped;  // types that the whole has already
  };
  struct Wanted {
    Outline* outline;
    const ImportDef* import;
  };
  struct Group {
    std::string name;  // the newest
    std::vector<Wanted> wanted;
    std::optional<SortIndex> made;
    bool open = false;
  };
  // An instance type that unites several.
  struct Union {
    std::shared_ptr<ComponentTypeDef> def = std::make_shared<ComponentTypeDef>();
    uint32_t types = 0;
    std::map<std::string, uint32_t, std::less<>> type_exports;
    std::set<std::string, std::less<>> other_exports;
  };

  Outline& OutlineOf(const ComposePart& part);
  static std::string KeyOf(const std::string& name);
  Result<SortIndex> Make(Group& group);
  Result<ExternDesc> DescOf(Group& group);
  Result<uint32_t> UniteInstances(Group& group);
  Result<void> AddTo(Union& united, Outline& outline, const ComponentTypeDef& def);
  Result<uint32_t> MapType(Outline& outline, uint32_t index);
  Result<uint32_t> CopyType(Outline& outline, const Definition& definition);
  Result<uint32_t> MapCoreType(Outline& outline, uint32_t index);
  Result<std::shared_ptr<const ComponentTypeDef>> MapDecls(Outline& outline, const ComponentTypeDef& def,
                                                           uint32_t depth);

  ComposeOutput& out_;
  std::map<const Component*, Outline> outlines_;
  std::map<std::string, Group> groups_;
};

}  // namespace cvm::component
