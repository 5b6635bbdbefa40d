// The component forms of scripts: definitions, instances, actions and what assertions ask of them. Private to
// spec-tests/wast; a part of Script, whose engine and store it works in.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "component/text/parse.hpp"
#include "cvm/component.hpp"
#include "vm/text/cursor.hpp"

namespace cvm::wast {

class ComponentScript {
 public:
  using Values = std::vector<ComponentValue>;

  ComponentScript(const Engine& engine, Store& store) : engine_(engine), store_(store) {}

  // At `(component …)`: defines it, and instantiates it unless it is only a definition.
  Result<void> Define(text::TokenCursor& cursor);
  // At the same: as far as loading, for assertions that it fails.
  Result<Component> Load(text::TokenCursor& cursor);
  Result<void> Instantiate(const Component& component);

  // An action without an identifier is of the latest instance; whether that is a component, Script knows.
  bool Has(std::string_view id) const { return instances_.contains(std::string(id)); }
  // Behind "(invoke": the rest of it.
  Result<Values> Invoke(text::TokenCursor& cursor);

 private:
  Result<Component> Load(const component::ComponentForm& form);

  const Engine& engine_;
  Store& store_;
  std::map<std::string, Component, std::less<>> definitions_;
  std::optional<Component> last_definition_;
  std::map<std::string, ComponentInstance, std::less<>> instances_;
  std::optional<ComponentInstance> current_;
};

// "expected …, got …"; nothing where they are the same.
Result<void> CompareResults(const ComponentScript::Values& expected, const ComponentScript::Values& actual);

}  // namespace cvm::wast
