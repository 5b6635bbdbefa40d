#include "spec-tests/wast/script.hpp"

#include <cstdlib>

#include "component/host/api_impl.hpp"
#include "spec-tests/wast/component_values.hpp"
#include "vm/binary/decode.hpp"

namespace cvm::wast {
namespace {

using text::ModuleForm;
using text::TokenCursor;
using text::TokenKind;
using text::TokenList;

// The suite's message is a prefix of the engine's, as the reference interpreter has it; in traps the suite sometimes says
// more than an engine needs to ("uninitialized element 2").
bool MessageFits(std::string_view expected, std::string_view actual, bool either_way) {
  return actual.starts_with(expected) || (either_way && !actual.empty() && expected.starts_with(actual));
}

Error Mismatch(std::string_view expected, const Error& actual) {
  return Error(ErrorKind::kUsage, "expected \"" + std::string(expected) + "\", got " +
                                      std::string(ErrorKindName(actual.kind())) + ": " + actual.ToString());
}

std::shared_ptr<const std::vector<uint8_t>> Share(std::string_view bytes) {
  return std::make_shared<const std::vector<uint8_t>>(bytes.begin(), bytes.end());
}

// A script may be the fields of one module, without the form around them.
bool IsInlineModule(const TokenCursor& cursor) {
  for (const std::string_view field : {"type", "rec", "import", "func", "table", "memory", "global", "export", "start", "elem", "data", "tag"}) {
    if (cursor.AtOpen(field)) return true;
  }
  return false;
}

bool IsAssertion(std::string_view keyword) { return keyword.starts_with("assert_"); }

}  // namespace

Script::Script(const TokenList& tokens, const Config& config) : tokens_(tokens) {
  if (Result<Engine> engine = Engine::Create(config); engine.ok()) engine_ = *std::move(engine);
  StoreOptions options;
  options.max_wasm_stack_bytes = 2u << 20;
  store_ = std::make_unique<Store>(engine_, options);
  // The oracle of calls between components: the same scripts by the way that they do not usually take.
  if (std::getenv("CVM_LITERAL_CALLS") != nullptr) static_cast<void>(UseLiteralCalls(*store_).ok());
  components_ = std::make_unique<ComponentScript>(engine_, *store_);
  // For hunting references that the collector does not see: "step" for those that only a collection under way overlooks.
  if (const char* how = std::getenv("CVM_COLLECT_ALWAYS"); how != nullptr) {
    using Stress = rt::Heap::Stress;
    store_->impl().store.heap().SetStress(std::string_view(how) == "step" ? Stress::kStep : Stress::kCollect);
  }
}

Report Script::Run() {
  TokenCursor cursor(tokens_);
  const auto fail = [this](const text::Token& at, const Error& error) {
    report_.failures.push_back({tokens_.Locate(at).line, error.ToString()});
    ++report_.failed;
  };
  if (Result<void> defined = DefineSpectest(); !defined.ok()) fail(cursor.Peek(), defined.error());
  if (IsInlineModule(cursor)) {
    if (Result<void> done = InlineModule(cursor); !done.ok()) fail(cursor.Peek(), done.error());
    return std::move(report_);
  }
  while (!cursor.AtEnd()) {
    const text::Token at = cursor.Peek();
    const size_t begin = cursor.position();
    const std::string_view keyword = cursor.text(cursor.Peek(1));
    Result<void> done = Command(cursor);
    cursor.Seek(begin);
    const Result<void> skipped = cursor.SkipForm();
    if (!done.ok()) {
      fail(at, done.error());
    } else if (IsAssertion(keyword)) {
      ++report_.passed;
    }
    if (!skipped.ok()) {
      fail(at, skipped.error());
      break;
    }
  }
  return std::move(report_);
}

Result<void> Script::Command(TokenCursor& cursor) {
  const std::string_view keyword = cursor.text(cursor.Peek(1));
  if (keyword == "module") return ModuleCommand(cursor);
  if (keyword == "component") {
    component_current_ = true;
    return components_->Define(cursor);
  }
  if (IsOfComponent(cursor)) {
    CVM_ASSIGN_OR_RETURN(const ComponentScript::Values ignored, ComponentAction(cursor));
    return {};
  }
  if (keyword == "invoke" || keyword == "get") {
    CVM_ASSIGN_OR_RETURN(const Values ignored, Action(cursor));
    return {};
  }
  CVM_RETURN_IF_ERROR(cursor.Expect(TokenKind::kLParen));
  cursor.Next();
  if (keyword == "register") return Register(cursor);
  if (keyword == "assert_return") return AssertReturn(cursor);
  if (keyword == "assert_trap" || keyword == "assert_exhaustion") return AssertTrap(cursor, ErrorKind::kTrap);
  if (keyword == "assert_malformed") return AssertModuleFails(cursor, ErrorKind::kMalformed);
  if (keyword == "assert_malformed_custom") return AssertModuleFails(cursor, ErrorKind::kMalformed);
  if (keyword == "assert_invalid_custom") return AssertModuleFails(cursor, ErrorKind::kInvalid);
  if (keyword == "assert_invalid") return AssertModuleFails(cursor, ErrorKind::kInvalid);
  if (keyword == "assert_unlinkable") return AssertModuleFails(cursor, ErrorKind::kUnlinkable);
  if (keyword == "assert_exception") return AssertTrap(cursor, ErrorKind::kException);
  return cursor.ErrorHere("unknown script command `" + std::string(keyword) + "`");
}

Result<std::shared_ptr<CompiledModule>> Script::Load(const ModuleForm& form) {
  const std::shared_ptr<EngineState>& state = engine_.impl()->state;
  std::shared_ptr<ModuleData> data = form.module;
  if (form.kind == ModuleForm::Kind::kBinary) {
    CVM_ASSIGN_OR_RETURN(data, DecodeModule(Share(form.bytes), state->features, state->limits));
  } else if (form.kind == ModuleForm::Kind::kQuote) {
    CVM_ASSIGN_OR_RETURN(data, ParseModule(form.bytes, state->features, state->limits));
  }
  return CompiledModule::Create(state, std::move(data));
}

Result<rt::Instance*> Script::InstantiateModule(std::shared_ptr<CompiledModule> module) {
  std::vector<ExternVal> imports;
  for (const Import& import : module->module->imports) {
    const auto space = registered_.find(import.module);
    const ExternVal* found = nullptr;
    if (space != registered_.end()) {
      const auto value = space->second.find(import.name);
      if (value != space->second.end()) found = &value->second;
    }
    if (found == nullptr) {
      return UnlinkableError("unknown import: nothing is defined for `" + std::string(import.module) + "` `" +
                             std::string(import.name) + "`");
    }
    imports.push_back(*found);
  }
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, Instantiate(store_->impl().store, std::move(module), imports));
  CVM_RETURN_IF_ERROR(RunStart(*instance));
  return instance;
}

Result<void> Script::InlineModule(TokenCursor& cursor) {
  const std::shared_ptr<EngineState>& state = engine_.impl()->state;
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<ModuleData> data,
                       text::ParseModuleFields(cursor, state->features, {}, state->limits));
  CVM_ASSIGN_OR_RETURN(auto module, CompiledModule::Create(state, std::move(data)));
  CVM_ASSIGN_OR_RETURN(current_, InstantiateModule(std::move(module)));
  return {};
}

Result<void> Script::ModuleCommand(TokenCursor& cursor) {
  component_current_ = false;
  const EngineState& state = *engine_.impl()->state;
  CVM_ASSIGN_OR_RETURN(const ModuleForm form, ParseModuleForm(cursor, state.features, state.limits));
  std::shared_ptr<CompiledModule> module;
  if (form.kind == ModuleForm::Kind::kInstance) {
    module = last_definition_;
    if (form.instance_of.has_value()) {
      const auto found = definitions_.find(*form.instance_of);
      if (found == definitions_.end()) return UsageError("unknown module definition $" + *form.instance_of);
      module = found->second;
    }
    if (module == nullptr) return UsageError("there is no module definition");
  } else {
    CVM_ASSIGN_OR_RETURN(module, Load(form));
    last_definition_ = module;
    if (form.id.has_value()) definitions_[*form.id] = module;
    if (form.is_definition) return {};
  }
  CVM_ASSIGN_OR_RETURN(current_, InstantiateModule(std::move(module)));
  if (form.id.has_value()) instances_[*form.id] = current_;
  return {};
}

Result<rt::Instance*> Script::FindInstance(std::optional<std::string_view> id) const {
  if (!id.has_value()) {
    if (current_ == nullptr) return UsageError("there is no instance");
    return current_;
  }
  const auto found = instances_.find(*id);
  if (found == instances_.end()) return UsageError("unknown instance $" + std::string(*id));
  return found->second;
}

Result<void> Script::Register(TokenCursor& cursor) {
  CVM_ASSIGN_OR_RETURN(const std::string name, cursor.String());
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, FindInstance(cursor.TakeId()));
  auto& space = registered_[name];
  space.clear();
  for (const Export& e : instance->module().exports) {
    if (std::optional<ExternVal> value = FindExport(*instance, e.name)) space.emplace(std::string(e.name), *value);
  }
  return {};
}

Result<Script::Values> Script::Action(TokenCursor& cursor) {
  CVM_RETURN_IF_ERROR(cursor.Expect(TokenKind::kLParen));
  if (cursor.TakeKeyword("invoke")) return Invoke(cursor);
  if (cursor.TakeKeyword("get")) return Get(cursor);
  return cursor.Unexpected();
}

Result<Script::Values> Script::Invoke(TokenCursor& cursor) {
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, FindInstance(cursor.TakeId()));
  CVM_ASSIGN_OR_RETURN(const std::string name, cursor.String());
  const std::optional<ExternVal> found = FindExport(*instance, name);
  if (!found.has_value() || !std::holds_alternative<rt::Function*>(*found)) return UsageError("no exported function `" + name + "`");
  rt::Function& function = *std::get<rt::Function*>(*found);
  std::vector<uint64_t> slots(function.window_bytes / kSlotBytes + 2);
  size_t at = 0;
  while (!cursor.At(TokenKind::kRParen)) {
    CVM_ASSIGN_OR_RETURN(const Value value, ParseValue(cursor));
    if (at + 1 >= slots.size()) return UsageError("too many arguments for `" + name + "`");
    slots[at++] = value.bits[0];
    if (value.type.kind == ValKind::kV128) slots[at++] = value.bits[1];
  }
  CVM_RETURN_IF_ERROR(cursor.Close());
  CVM_RETURN_IF_ERROR(CallFunction(store_->impl().store, function, slots));
  Values results;
  at = 0;
  for (const ValType type : function.type->results) {
    Value value{type};
    value.bits[0] = slots[at++];
    if (type.kind == ValKind::kV128) value.bits[1] = slots[at++];
    results.push_back(value);
  }
  return results;
}

Result<Script::Values> Script::Get(TokenCursor& cursor) {
  CVM_ASSIGN_OR_RETURN(rt::Instance * instance, FindInstance(cursor.TakeId()));
  CVM_ASSIGN_OR_RETURN(const std::string name, cursor.String());
  CVM_RETURN_IF_ERROR(cursor.Close());
  const std::optional<ExternVal> found = FindExport(*instance, name);
  if (!found.has_value() || !std::holds_alternative<rt::Global*>(*found)) return UsageError("no exported global `" + name + "`");
  const rt::Global& global = *std::get<rt::Global*>(*found);
  Value value{global.type.type};
  std::memcpy(value.bits, global.value, SlotsOf(global.type.type) * 8);
  return Values{value};
}

// --- assertions

Result<void> Script::AssertReturn(TokenCursor& cursor) {
  if (IsOfComponent(cursor)) return AssertComponentReturn(cursor);
  CVM_ASSIGN_OR_RETURN(const Values actual, Action(cursor));
  std::vector<Expected> expected;
  while (!cursor.At(TokenKind::kRParen)) {
    CVM_ASSIGN_OR_RETURN(Expected one, ParseExpected(cursor));
    expected.push_back(std::move(one));
  }
  bool equal = actual.size() == expected.size();
  for (size_t i = 0; equal && i < actual.size(); ++i) equal = Matches(expected[i], actual[i]);
  if (equal) return {};
  std::string words = "expected";
  for (const Expected& e : expected) words += " " + e.text;
  words += ", got";
  for (const Value& v : actual) words += " " + ToString(v);
  return UsageError(words);
}

Result<void> Script::AssertTrap(TokenCursor& cursor, ErrorKind kind) {
  if (cursor.AtOpen("component") || IsOfComponent(cursor)) return AssertComponentTrap(cursor);
  Result<void> done;
  if (cursor.AtOpen("module")) {
    done = ModuleCommand(cursor);
  } else if (Result<Values> values = Action(cursor); !values.ok()) {
    done = std::move(values).error();
  }
  std::string words;
  if (cursor.At(TokenKind::kString)) {
    CVM_ASSIGN_OR_RETURN(words, cursor.String());
  }
  if (done.ok()) return UsageError("expected a trap: " + words);
  if (done.error().kind() != kind || !MessageFits(words, done.error().message(), true)) return Mismatch(words, done.error());
  return {};
}

Result<void> Script::AssertModuleFails(TokenCursor& cursor, ErrorKind kind) {
  if (cursor.AtOpen("component")) return AssertComponentFails(cursor, kind);
  const size_t begin = cursor.position();
  Result<void> done;
  const EngineState& state = *engine_.impl()->state;
  Result<ModuleForm> form = ParseModuleForm(cursor, state.features, state.limits);
  if (!form.ok()) {
    done = form.error();
  } else if (Result<std::shared_ptr<CompiledModule>> module = Load(*form); !module.ok()) {
    done = std::move(module).error();
  } else if (kind == ErrorKind::kUnlinkable) {
    if (Result<rt::Instance*> instance = InstantiateModule(*std::move(module)); !instance.ok()) {
      done = std::move(instance).error();
    }
  }
  cursor.Seek(begin);
  CVM_RETURN_IF_ERROR(cursor.SkipForm());
  CVM_ASSIGN_OR_RETURN(const std::string words, cursor.String());
  if (done.ok()) return UsageError("expected \"" + words + "\", but the module was accepted");
  // Limits and malformed text stand for "invalid" where the suite's own interpreter knows no difference.
  if (!MessageFits(words, done.error().message(), false)) return Mismatch(words, done.error());
  return {};
}

// --- components

bool Script::IsOfComponent(const TokenCursor& cursor) const {
  if (!cursor.AtOpen("invoke")) return false;
  const text::Token& next = cursor.Peek(2);
  return next.kind == TokenKind::kId ? components_->Has(tokens_.id(next)) : component_current_;
}

Result<ComponentScript::Values> Script::ComponentAction(TokenCursor& cursor) {
  CVM_RETURN_IF_ERROR(cursor.ExpectOpen("invoke"));
  return components_->Invoke(cursor);
}

Result<void> Script::AssertComponentReturn(TokenCursor& cursor) {
  CVM_ASSIGN_OR_RETURN(const ComponentScript::Values actual, ComponentAction(cursor));
  ComponentScript::Values expected;
  while (!cursor.At(TokenKind::kRParen)) {
    CVM_ASSIGN_OR_RETURN(ComponentValue one, ParseComponentValue(cursor));
    expected.push_back(std::move(one));
  }
  return CompareResults(expected, actual);
}

// The messages of this suite are those of wasmtime, or a part of them.
Result<void> Script::AssertComponentTrap(TokenCursor& cursor) {
  constexpr std::string_view kPrefix = "wasm trap: ";
  constexpr std::string_view kUnreachable = "wasm `unreachable` instruction executed";  // the core suite's word is another
  const size_t begin = cursor.position();
  Result<void> done;
  if (cursor.AtOpen("component")) {
    Result<Component> component = components_->Load(cursor);
    done = component.ok() ? components_->Instantiate(*component) : std::move(component).error();
  } else if (Result<ComponentScript::Values> values = ComponentAction(cursor); !values.ok()) {
    done = std::move(values).error();
  }
  cursor.Seek(begin);
  CVM_RETURN_IF_ERROR(cursor.SkipForm());
  CVM_ASSIGN_OR_RETURN(const std::string all_words, cursor.String());
  std::string_view words = all_words;
  if (words.starts_with(kPrefix)) words.remove_prefix(kPrefix.size());
  if (words == kUnreachable) words = "unreachable";
  if (done.ok()) return UsageError("expected a trap: " + all_words);
  const bool fits = done.error().message().find(words) != std::string::npos;
  if (done.error().kind() != ErrorKind::kTrap || !fits) return Mismatch(words, done.error());
  return {};
}

Result<void> Script::AssertComponentFails(TokenCursor& cursor, ErrorKind kind) {
  const size_t begin = cursor.position();
  Result<void> done;
  Result<Component> component = components_->Load(cursor);
  if (!component.ok()) {
    done = std::move(component).error();
  } else if (kind == ErrorKind::kUnlinkable) {
    done = components_->Instantiate(*component);
  }
  cursor.Seek(begin);
  CVM_RETURN_IF_ERROR(cursor.SkipForm());
  CVM_ASSIGN_OR_RETURN(const std::string words, cursor.String());
  if (done.ok()) return UsageError("expected \"" + words + "\", but the component was accepted");
  if (done.error().message().find(words) == std::string::npos) return Mismatch(words, done.error());
  return {};
}

Report RunScript(std::string_view script, const Config& config) {
  Result<TokenList> tokens = TokenList::Lex(script);
  if (!tokens.ok()) {
    Report report;
    report.failed = 1;
    report.failures.push_back({tokens.error().line(), tokens.error().ToString()});
    return report;
  }
  return Script(*tokens, config).Run();
}

}  // namespace cvm::wast
