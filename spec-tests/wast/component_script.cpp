#include "spec-tests/wast/component_script.hpp"

#include "component/binary/decode.hpp"
#include "component/host/load.hpp"
#include "spec-tests/wast/component_values.hpp"
#include "vm/base/try.hpp"
#include "vm/engine/api_impl.hpp"

namespace cvm::wast {

using component::ComponentForm;
using text::TokenCursor;
using text::TokenKind;

// The suite takes all gated features for granted.
Result<Component> ComponentScript::Load(const ComponentForm& form) {
  const EngineState& state = *engine_.impl()->state;
  std::shared_ptr<const component::Component> read = form.component;
  if (form.kind == ComponentForm::Kind::kBinary) {
    auto bytes = std::make_shared<const std::vector<uint8_t>>(form.bytes.begin(), form.bytes.end());
    CVM_ASSIGN_OR_RETURN(read, component::DecodeComponent(std::move(bytes), state.features, state.limits));
  } else if (form.kind == ComponentForm::Kind::kQuote) {
    CVM_ASSIGN_OR_RETURN(read, component::ParseComponent(form.bytes, state.features, state.limits));
  }
  return component::LoadRead(engine_, std::move(read), component::ComponentFeatures::All());
}

Result<Component> ComponentScript::Load(TokenCursor& cursor) {
  const EngineState& state = *engine_.impl()->state;
  CVM_ASSIGN_OR_RETURN(const ComponentForm form, component::ParseComponentForm(cursor, state.features, state.limits));
  if (form.kind != ComponentForm::Kind::kInstance) return Load(form);
  if (!form.instance_of) {
    if (!last_definition_) return UsageError("there is no component definition");
    return *last_definition_;
  }
  const auto found = definitions_.find(*form.instance_of);
  if (found == definitions_.end()) return UsageError("unknown component definition $" + *form.instance_of);
  return found->second;
}

Result<void> ComponentScript::Instantiate(const Component& component) {
  CVM_ASSIGN_OR_RETURN(current_, ComponentLinker(engine_).Instantiate(store_, component));
  return {};
}

Result<void> ComponentScript::Define(TokenCursor& cursor) {
  const size_t begin = cursor.position();
  current_.reset();  // what follows a failure does not ask the instance before
  CVM_ASSIGN_OR_RETURN(const Component component, Load(cursor));
  cursor.Seek(begin + 2);
  const bool instance = cursor.TakeKeyword("instance");
  const bool definition = cursor.TakeKeyword("definition");
  const std::optional<std::string_view> id = cursor.TakeId();
  if (!instance) {
    last_definition_ = component;
    if (id) definitions_.insert_or_assign(std::string(*id), component);
  }
  if (definition) return {};
  CVM_RETURN_IF_ERROR(Instantiate(component));
  // (component instance $definition) has no name of its own.
  if (id && (!instance || cursor.At(TokenKind::kId))) instances_.insert_or_assign(std::string(*id), *current_);
  return {};
}

Result<ComponentScript::Values> ComponentScript::Invoke(TokenCursor& cursor) {
  std::optional<ComponentInstance> instance = current_;
  if (const std::optional<std::string_view> id = cursor.TakeId()) instance = instances_.find(*id)->second;
  if (!instance) return UsageError("there is no instance");
  CVM_ASSIGN_OR_RETURN(const std::string name, cursor.Name());
  CVM_ASSIGN_OR_RETURN(const ComponentFunc func, instance->GetFunc(name));
  Values args;
  while (!cursor.At(TokenKind::kRParen)) {
    CVM_ASSIGN_OR_RETURN(ComponentValue arg, ParseComponentValue(cursor));
    args.push_back(std::move(arg));
  }
  CVM_RETURN_IF_ERROR(cursor.Close());
  return func.Call(args);
}

Result<void> CompareResults(const ComponentScript::Values& expected, const ComponentScript::Values& actual) {
  bool same = expected.size() == actual.size();
  for (size_t i = 0; same && i < expected.size(); ++i) same = SameComponentValue(expected[i], actual[i]);
  if (same) return {};
  std::string words = "expected";
  for (const ComponentValue& value : expected) words += " " + value.ToString();
  words += ", got";
  for (const ComponentValue& value : actual) words += " " + value.ToString();
  return UsageError(words);
}

}  // namespace cvm::wast
