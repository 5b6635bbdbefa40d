#include "component/compose/composition.hpp"

#include "component/names/extern_name.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {

bool NamesMeet(const std::string& exported, const std::string& imported) {
  if (exported == imported) return true;
  const Result<ExternName> a = ParseExternName(imported);
  const Result<ExternName> b = ParseExternName(exported);
  return a.ok() && b.ok() && a->is_interface() && b->is_interface() && NamesMatch(a->interface, b->interface);
}

std::vector<ComposePart::Item> ComposePart::imports() const {
  std::vector<Item> items;
  for (const Definition& definition : component->definitions) {
    if (const auto* import = std::get_if<ImportDef>(&definition.what)) {
      items.push_back({std::string(import->name.name), import->desc.sort});
    }
  }
  return items;
}

std::vector<ComposePart::Item> ComposePart::exports() const {
  std::vector<Item> items;
  for (const Definition& definition : component->definitions) {
    if (const auto* exported = std::get_if<ExportDef>(&definition.what)) {
      items.push_back({std::string(exported->name.name), exported->what.sort});
    }
  }
  return items;
}

Result<Composition> Plug(ComposePart socket, std::vector<ComposePart> plugs) {
  Composition composition;
  ComposeInstance socket_instance;
  const std::vector<ComposePart::Item> wanted = socket.imports();
  std::vector<bool> met(wanted.size(), false);
  for (ComposePart& plug : plugs) {
    std::optional<uint32_t> instance;
    const std::vector<ComposePart::Item> exports = plug.exports();
    // An export of the very name is preferred to one of another version.
    for (const bool exact : {true, false}) {
      for (size_t i = 0; i < wanted.size(); ++i) {
        for (const ComposePart::Item& item : exports) {
          const bool fits = exact ? item.name == wanted[i].name : NamesMeet(item.name, wanted[i].name);
          if (met[i] || !fits || item.sort != wanted[i].sort) continue;
          met[i] = true;
          if (!instance.has_value()) {
            instance = static_cast<uint32_t>(composition.instances.size());
            composition.instances.push_back({static_cast<uint32_t>(composition.parts.size()), {}});
          }
          socket_instance.args.push_back({wanted[i].name, {instance, item.name, item.sort, ""}});
        }
      }
    }
    if (!instance.has_value()) {
      return UsageError("the plug `" + plug.name + "` exports nothing that `" + socket.name + "` still imports");
    }
    composition.parts.push_back(std::move(plug));
  }
  const auto last = static_cast<uint32_t>(composition.instances.size());
  socket_instance.part = static_cast<uint32_t>(composition.parts.size());
  composition.instances.push_back(std::move(socket_instance));
  for (const ComposePart::Item& item : socket.exports()) {
    composition.exports.push_back({item.name, {last, item.name, item.sort, ""}});
  }
  composition.parts.push_back(std::move(socket));
  return composition;
}

}  // namespace cvm::component
