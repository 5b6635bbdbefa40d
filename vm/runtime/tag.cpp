#include "vm/runtime/tag.hpp"

#include "vm/runtime/instance.hpp"

namespace cvm::rt {

std::string Tag::Name() const {
  const ModuleData& module = instance->module();
  std::string_view name = module.names.tags.Find(index);
  for (const Export& e : module.exports) {
    if (name.empty() && e.kind == ExternKind::kTag && e.index == index) name = e.name;
  }
  return name.empty() ? "tag[" + std::to_string(index) + "]" : std::string(name);
}

}  // namespace cvm::rt
