// Linker: what a host offers to components, by name: functions, resource types and core modules, within instances. An
// import is met by an instance of the same name, or of a compatible version of the same interface (component/names); of
// several the newest. Unmet imports are listed in one error.
//
// Holds no state of a store: one linker serves any number of components and stores, from any thread once it is
// complete.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "component/names/extern_name.hpp"
#include "component/runtime/running_component.hpp"

namespace cvm::component {

// A core function that a component's import is met with, for several components of a store: see ImportValue.
using LinkItem = std::variant<std::shared_ptr<const HostFunction>, const LiftedFunc*,
                              std::shared_ptr<const abi::ResourceType>, std::shared_ptr<CompiledModule>>;

class LinkerInstance {
 public:
  // A later definition of a name replaces an earlier one.
  void Define(std::string_view name, LinkItem item) { items_.insert_or_assign(std::string(name), std::move(item)); }
  LinkerInstance& Nested(std::string_view name);
  const LinkItem* Find(std::string_view name) const;
  const LinkerInstance* FindNested(std::string_view name) const;

 private:
  std::map<std::string, LinkItem, std::less<>> items_;
  std::map<std::string, std::unique_ptr<LinkerInstance>, std::less<>> nested_;
};

class Linker {
 public:
  // For an import that nothing meets: what would ("-S http"), or "". Asked with the name as the component has it.
  using Hint = std::function<std::string(std::string_view import_name)>;

  // The instance of that name, made if there is none; "" is for what the root imports by plain names.
  LinkerInstance& Instance(std::string_view name);
  void set_hint(Hint hint) { hint_ = std::move(hint); }
  // Told of imports that are met by an alias (wasi@2.0), once for each component that is linked. Called on the linking
  // thread.
  using Warning = std::function<void(std::string_view warning)>;
  void set_warning(Warning warning) { warning_ = std::move(warning); }
  // Unmet functions become ones that trap when they are called; unmet resource types are types of the linker's own.
  void set_trap_unknown(bool on) { trap_unknown_ = on; }

  // What each import of the plan is met by. All that are not met, or of another type, are in one error of kind
  // kUnlinkable.
  Result<std::vector<ImportValue>> Resolve(const Plan& plan) const;
  // Resolve, and RunningComponent::Instantiate.
  Result<RunningComponent*> Instantiate(ComponentStore& store, std::shared_ptr<const CompiledComponent> code) const;

 private:
  struct Entry {
    std::string name;
    std::optional<InterfaceName> interface;
    LinkerInstance instance;
  };
  const LinkerInstance* Match(std::string_view name) const;
  ImportValue Find(const PlanImport& import) const;
  // An import that is not met, and why something that has its name will not do.
  struct Unmet {
    const PlanImport* import;
    std::string why;
  };
  std::string Notes(const std::string& name) const;
  std::string Describe(const std::vector<Unmet>& unmet) const;

  std::vector<std::unique_ptr<Entry>> entries_;
  void WarnOfAliases(const Plan& plan) const;

  Hint hint_;
  Warning warning_;
  bool trap_unknown_ = false;
};

}  // namespace cvm::component
