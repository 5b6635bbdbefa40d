// Components put together: which are instantiated, what each instance is given, and what the whole exports.
//
// A Composition is a plan in the form of a graph, made by Plug (the semantics of `wac plug`) or from the wac language
// (wac.hpp); EncodeComposition makes a component of it, with the parts nested in it as they are. What nobody gives is
// imported by the whole: imports of one name are one import, and so are those of compatible versions, which go by the
// newest; their interfaces are united.
//
// Whether types fit is not looked at here: the caller validates the result. Plain data; safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "component/model/component.hpp"
#include "cvm/result.hpp"

namespace cvm::component {

// A component that takes part, under the name that messages have for it.
struct ComposePart {
  std::string name;
  std::shared_ptr<const Component> component;

  // Names and sorts of what it imports and exports.
  struct Item {
    std::string name;
    Sort sort;
  };
  std::vector<Item> imports() const;
  std::vector<Item> exports() const;
};

// Where something comes from: an instance, an export of one, or an import of the whole by its name.
struct ComposeSource {
  std::optional<uint32_t> instance;
  std::string name;  // of the export, or of the import; empty for the instance itself
  Sort sort = Sort::kInstance;
  std::string inner;  // a function of the instance that the export is
};

struct ComposeInstance {
  uint32_t part = 0;
  struct Arg {
    std::string name;
    ComposeSource source;
  };
  std::vector<Arg> args;  // what is not among them is imported
};

struct Composition {
  std::vector<ComposePart> parts;
  // Imports of the whole whose types are given: by an import of what is not instantiated.
  struct Import {
    ComposePart part;
    std::string name;  // there
    std::string as;
  };
  std::vector<Import> imports;
  std::vector<ComposeInstance> instances;  // each behind those that it takes something from
  struct Export {
    std::string name;
    ComposeSource source;
  };
  std::vector<Export> exports;
};

// Whether an export of the one name can be given for an import of the other.
bool NamesMeet(const std::string& exported, const std::string& imported);

// The exports of `plugs` meet the imports of `socket` that have their names, or names of compatible versions; the first
// plug that has one is taken. All that the socket exports is exported. An error of kind kUsage if no plug fits.
Result<Composition> Plug(ComposePart socket, std::vector<ComposePart> plugs);

Result<std::shared_ptr<const Component>> EncodeComposition(const Composition& composition);

}  // namespace cvm::component
