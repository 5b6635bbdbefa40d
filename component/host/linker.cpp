#include "component/host/linker.hpp"

#include <set>

#include "component/host/api_text.hpp"
#include "component/host/dynamic_function.hpp"
#include "vm/base/try.hpp"

namespace cvm::component {

LinkerInstance& LinkerInstance::Nested(std::string_view name) {
  auto& nested = nested_[std::string(name)];
  if (nested == nullptr) nested = std::make_unique<LinkerInstance>();
  return *nested;
}

const LinkItem* LinkerInstance::Find(std::string_view name) const {
  const auto it = items_.find(name);
  return it == items_.end() ? nullptr : &it->second;
}

const LinkerInstance* LinkerInstance::FindNested(std::string_view name) const {
  const auto it = nested_.find(name);
  return it == nested_.end() ? nullptr : it->second.get();
}

namespace {

std::optional<InterfaceName> InterfaceOf(std::string_view name) {
  Result<ExternName> parsed = ParseExternName(name);
  if (!parsed.ok() || !parsed->is_interface()) return std::nullopt;
  return std::move(parsed->interface);
}

}  // namespace

LinkerInstance& Linker::Instance(std::string_view name) {
  for (const auto& entry : entries_) {
    if (entry->name == name) return entry->instance;
  }
  entries_.push_back(std::make_unique<Entry>(Entry{std::string(name), InterfaceOf(name), {}}));
  return entries_.back()->instance;
}

// The same name, or else the newest compatible version, also of what `wasi:…@2.0.0` means.
const LinkerInstance* Linker::Match(std::string_view name) const {
  std::optional<InterfaceName> wanted = InterfaceOf(name);
  if (wanted.has_value()) wanted = MeantByWasi2(*wanted).value_or(*wanted);
  const Entry* best = nullptr;
  for (const auto& entry : entries_) {
    if (entry->name == name) return &entry->instance;
    if (!wanted.has_value() || !entry->interface.has_value() || !NamesMatch(*wanted, *entry->interface)) continue;
    if (best == nullptr || CompareVersions(best->interface->version->version, entry->interface->version->version) < 0) {
      best = entry.get();
    }
  }
  return best == nullptr ? nullptr : &best->instance;
}

namespace {

ImportValue ValueOf(const LinkItem& item) {
  return std::visit([](const auto& value) { return ImportValue(value); }, item);
}

}  // namespace

ImportValue Linker::Find(const PlanImport& import) const {
  const size_t last = import.path.size() - 1;
  const LinkerInstance* instance = last == 0 ? Match("") : Match(import.path[0]);
  for (size_t i = 1; i < last && instance != nullptr; ++i) instance = instance->FindNested(import.path[i]);
  const LinkItem* item = instance == nullptr ? nullptr : instance->Find(import.path[last]);
  return item == nullptr ? ImportValue() : ValueOf(*item);
}

// What is offered instead of the instance (or function of the root) of that name, and what would help.
std::string Linker::Notes(const std::string& name) const {
  std::string notes;
  const std::optional<InterfaceName> wanted = InterfaceOf(name);
  if (wanted.has_value() && Match(name) == nullptr) {
    for (const auto& entry : entries_) {
      if (!entry->interface.has_value() || entry->interface->Path() != wanted->Path()) continue;
      notes += (notes.empty() ? "offered: `" : ", `") + entry->name + "`";
    }
  }
  if (hint_) {
    const std::string hint = hint_(name);
    if (!hint.empty()) notes += (notes.empty() ? "" : "; ") + hint;
  }
  return notes.empty() ? "" : " (" + notes + ")";
}

// "3 unmet imports: `wasi:http/types@0.3.0` (offered: `wasi:http/types@0.2.12`; add -S http): `fields`, `request`; …"
std::string Linker::Describe(const std::vector<Unmet>& unmet) const {
  std::string text = unmet.size() == 1 ? "unmet import" : std::to_string(unmet.size()) + " unmet imports";
  std::map<std::string, std::string> groups;  // what of each instance
  for (const Unmet& u : unmet) {
    const std::vector<std::string>& path = u.import->path;
    std::string& group = groups[path[0]];
    for (size_t i = 1; i < path.size(); ++i) group += (i > 1 ? " `" : group.empty() ? ": `" : ", `") + path[i] + "`";
    if (!u.why.empty()) group += " (" + u.why + ")";
  }
  bool first = true;
  for (const auto& [name, items] : groups) {
    text += (first ? ": `" : "; `") + name + "`" + Notes(name) + items;
    first = false;
  }
  return text;
}

namespace {

// Is `value` of the kind that the import has?
bool KindFits(const PlanImport& import, const ImportValue& value) {
  switch (import.what.index()) {
    case 0:
      return std::holds_alternative<std::shared_ptr<const HostFunction>>(value) ||
             std::holds_alternative<const LiftedFunc*>(value);
    case 1:
      return std::holds_alternative<std::shared_ptr<const abi::ResourceType>>(value);
    default:
      return std::holds_alternative<std::shared_ptr<CompiledModule>>(value);
  }
}

Result<void> CheckLifted(const abi::FuncType& wanted, const LiftedFunc& lifted, const ResolveResource& resolve) {
  const abi::FuncType& offered = *lifted.code->type;
  const auto same = [&](ResourceSlot a, ResourceSlot b) {
    const Result<const abi::ResourceType*> of_lifted = lifted.instance->Resolve(b);
    return of_lifted.ok() && *of_lifted == resolve(a);
  };
  const auto same_result = [&] {
    if (!wanted.result.has_value() || !offered.result.has_value())
      return wanted.result.has_value() == offered.result.has_value();
    return abi::SameType(*wanted.result, *offered.result, same);
  };
  bool fits = wanted.params.size() == offered.params.size() && wanted.async == offered.async && same_result();
  for (size_t i = 0; fits && i < wanted.params.size(); ++i) {
    fits = wanted.params[i].first == offered.params[i].first &&
           abi::SameType(wanted.params[i].second, offered.params[i].second, same);
  }
  if (fits) return {};
  return UnlinkableError("expected " + TypeText(wanted) + ", found " + TypeText(offered));
}

Result<void> CheckFunction(const abi::FuncType& type, const ImportValue& value, const ResolveResource& resolve) {
  if (const auto* host = std::get_if<std::shared_ptr<const HostFunction>>(&value))
    return (*host)->CheckType(type, resolve);
  return CheckLifted(type, *std::get<const LiftedFunc*>(value), resolve);
}

ImportValue TrapFor(const PlanImport& import) {
  if (std::holds_alternative<ResourceSlot>(import.what)) {
    return std::shared_ptr<const abi::ResourceType>(std::make_shared<HostResourceType>(import.path.back(), nullptr));
  }
  if (!std::holds_alternative<FuncTypeRef>(import.what)) return {};
  return std::shared_ptr<const HostFunction>(std::make_shared<DynamicFunction>(
      [words = "unknown import " + import.ToString() + " is called"](HostContext&, std::vector<abi::Value>) {
        return Pending<std::vector<abi::Value>>(TrapError(words));
      }));
}

}  // namespace

// "imports `wasi:io/poll@2.0.0`, `wasi:io/streams@2.0.0` are taken for WASI 0.2: there is no WASI 2.0"
void Linker::WarnOfAliases(const Plan& plan) const {
  if (!warning_) return;
  std::set<std::string_view> told;
  std::string names;
  for (const PlanImport& import : plan.imports) {
    const std::string& name = import.path[0];
    const std::optional<InterfaceName> wanted = import.used ? InterfaceOf(name) : std::nullopt;
    if (!wanted.has_value() || !MeantByWasi2(*wanted).has_value() || !told.insert(name).second) continue;
    names += (names.empty() ? " `" : ", `") + name + "`";
  }
  if (told.empty()) return;
  warning_((told.size() == 1 ? "import" : "imports") + names + (told.size() == 1 ? " is" : " are") +
           " taken for WASI 0.2: there is no WASI 2.0");
}

Result<std::vector<ImportValue>> Linker::Resolve(const Plan& plan) const {
  std::vector<ImportValue> values;
  std::vector<Unmet> unmet;
  for (const PlanImport& import : plan.imports) {
    values.push_back(Find(import));
    ImportValue& value = values.back();
    if (KindFits(import, value)) continue;
    const bool wrong_kind = !std::holds_alternative<std::monostate>(value);
    value = std::monostate();
    if (!import.used) continue;
    if (trap_unknown_) value = TrapFor(import);
    if (!std::holds_alternative<std::monostate>(value)) continue;
    unmet.push_back({&import, wrong_kind ? "something of another kind has this name" : ""});
  }
  const ResolveResource resolve = [&](ResourceSlot slot) -> const abi::ResourceType* {
    for (size_t i = 0; i < values.size(); ++i) {
      const auto* wanted = std::get_if<ResourceSlot>(&plan.imports[i].what);
      if (wanted == nullptr || *wanted != slot) continue;
      const auto* type = std::get_if<std::shared_ptr<const abi::ResourceType>>(&values[i]);
      return type == nullptr ? nullptr : type->get();
    }
    return nullptr;
  };
  for (size_t i = 0; i < values.size(); ++i) {
    const auto* type = std::get_if<FuncTypeRef>(&plan.imports[i].what);
    if (type == nullptr || !plan.imports[i].used || std::holds_alternative<std::monostate>(values[i])) continue;
    const Result<void> fits = CheckFunction(**type, values[i], resolve);
    if (!fits.ok()) unmet.push_back({&plan.imports[i], fits.error().message()});
  }
  if (unmet.empty()) {
    WarnOfAliases(plan);
    return values;
  }
  return UnlinkableError(Describe(unmet));
}

Result<RunningComponent*> Linker::Instantiate(ComponentStore& store,
                                              std::shared_ptr<const CompiledComponent> code) const {
  CVM_ASSIGN_OR_RETURN(std::vector<ImportValue> imports, Resolve(code->plan()));
  return RunningComponent::Instantiate(store, std::move(code), std::move(imports));
}

}  // namespace cvm::component
