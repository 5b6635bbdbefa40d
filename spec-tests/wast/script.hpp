// The state of a running script. Private to spec-tests/wast.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "spec-tests/wast/component_script.hpp"
#include "spec-tests/wast/values.hpp"
#include "spec-tests/wast/wast.hpp"
#include "vm/engine/api_impl.hpp"
#include "vm/text/parse.hpp"

namespace cvm::wast {

class Script {
 public:
  Script(const text::TokenList& tokens, const Config& config);

  Report Run();

 private:
  using Cursor = text::TokenCursor;
  using Values = std::vector<Value>;

  Result<void> Command(Cursor& cursor);
  Result<void> InlineModule(Cursor& cursor);
  Result<void> ModuleCommand(Cursor& cursor);
  Result<void> Register(Cursor& cursor);
  // (invoke …) or (get …): an action.
  Result<Values> Action(Cursor& cursor);
  Result<Values> Invoke(Cursor& cursor);
  Result<Values> Get(Cursor& cursor);

  // Assertions: an Error here means that the assertion fails, and why.
  Result<void> AssertReturn(Cursor& cursor);
  Result<void> AssertTrap(Cursor& cursor, ErrorKind kind);
  Result<void> AssertModuleFails(Cursor& cursor, ErrorKind kind);

  // At an action, or behind its "(invoke": whether it is one of a component.
  bool IsOfComponent(const Cursor& cursor) const;
  Result<ComponentScript::Values> ComponentAction(Cursor& cursor);
  Result<void> AssertComponentReturn(Cursor& cursor);
  Result<void> AssertComponentTrap(Cursor& cursor);
  Result<void> AssertComponentFails(Cursor& cursor, ErrorKind kind);

  // What a form defines, loaded (not instantiated); the error that loading it gives.
  Result<std::shared_ptr<CompiledModule>> Load(const text::ModuleForm& form);
  Result<rt::Instance*> InstantiateModule(std::shared_ptr<CompiledModule> module);
  Result<rt::Instance*> FindInstance(std::optional<std::string_view> id) const;
  Result<void> DefineSpectest();

  const text::TokenList& tokens_;
  Engine engine_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<ComponentScript> components_;
  bool component_current_ = false;  // the latest instance is one of a component
  Report report_;
  std::map<std::string, std::shared_ptr<CompiledModule>, std::less<>> definitions_;
  std::shared_ptr<CompiledModule> last_definition_;
  std::map<std::string, rt::Instance*, std::less<>> instances_;
  rt::Instance* current_ = nullptr;
  // What imports find: module name -> export name -> value.
  std::map<std::string, std::map<std::string, ExternVal, std::less<>>, std::less<>> registered_;
};

}  // namespace cvm::wast
