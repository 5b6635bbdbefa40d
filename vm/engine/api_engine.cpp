// Engine, Config, Store and Module of the public API.
#include "vm/compile/costs.hpp"
#include "vm/engine/api_impl.hpp"
#include "vm/engine/read_file.hpp"
#include "vm/text/parse.hpp"

namespace cvm {

Config::Config() : impl_(std::make_unique<Impl>()) {}
Config::~Config() = default;
Config::Config(const Config& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
Config& Config::operator=(const Config& other) {
  *impl_ = *other.impl_;
  return *this;
}

Result<void> Config::SetFeature(std::string_view key, bool on) {
  const std::optional<Feature> feature = FeatureFromKey(key);
  if (!feature.has_value()) {
    std::string keys;
    for (const FeatureInfo& info : FeatureList()) keys += (keys.empty() ? "" : ", ") + std::string(info.key);
    return UsageError("unknown feature `" + std::string(key) + "`; features are " + keys);
  }
  impl_->features.Set(*feature, on);
  return {};
}

Config& Config::GuardPages(bool on) {
  impl_->guard_pages = on;
  return *this;
}

Config& Config::ConsumeFuel(bool on) {
  impl_->fuel = on ? std::optional<FuelCosts>(FuelCosts()) : std::nullopt;
  return *this;
}

Config& Config::ConsumeFuel(const FuelCosts& costs) {
  impl_->fuel = costs;
  return *this;
}

Config& Config::Deterministic(bool on) {
  impl_->deterministic = on;
  return *this;
}

Engine::Engine() : impl_(std::make_shared<Impl>()) {}

Result<Engine> Engine::Create(const Config& config) {
  if (config.impl_->fuel.has_value()) CVM_RETURN_IF_ERROR(CheckCosts(*config.impl_->fuel));
  Engine engine;
  EngineState& state = *engine.impl_->state;
  state.features = config.impl_->features;
  state.limits = config.impl_->limits;
  state.guard_pages = config.impl_->guard_pages;
  state.deterministic = config.impl_->deterministic;
  state.fuel = config.impl_->fuel;
  if (state.fuel.has_value()) state.fuel_table = CostTable(*state.fuel);
  return engine;
}

Store::Store(const Engine& engine, const StoreOptions& options) : engine_(engine) {
  impl_ = std::make_unique<Impl>(engine.impl()->state, options);
}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

void Store::CollectGarbage() { impl_->store.heap().Collect(); }
uint64_t Store::live_heap_bytes() const { return impl_->store.heap().stats().live_bytes; }

struct Rooted::Impl {
  std::shared_ptr<rt::RootTable> roots;
  uint32_t index;
};

Result<Rooted> Rooted::Create(Store& store, const Val& value) {
  rt::Heap& heap = store.impl().store.heap();
  const bool is_reference = value.kind() == Kind::kExternRef || value.kind() == Kind::kOtherRef;
  const bool is_object = is_reference && rt::IsPointer(value.bits());
  if (!is_reference || (is_object && !heap.IsHeld(value.bits()))) {
    return UsageError("only a reference that a call into this store has just returned can be rooted");
  }
  const uint32_t index = heap.roots()->Add(is_object ? value.bits() : rt::kNullRef);
  Rooted rooted;
  rooted.value_ = value;
  rooted.impl_ = std::make_unique<Impl>(Impl{heap.roots(), index});
  return rooted;
}

Rooted::Rooted() = default;
Rooted::Rooted(Rooted&&) noexcept = default;
Rooted& Rooted::operator=(Rooted&& other) noexcept {
  std::swap(value_, other.value_);
  std::swap(impl_, other.impl_);
  return *this;
}
Rooted::~Rooted() {
  if (impl_ != nullptr) impl_->roots->Remove(impl_->index);
}

namespace {

bool IsBinary(std::span<const uint8_t> bytes) {
  constexpr uint8_t kMagic[4] = {0x00, 'a', 's', 'm'};
  return bytes.size() >= 4 && std::equal(kMagic, kMagic + 4, bytes.begin());
}

Result<Module> MakeModule(const Engine& engine, Result<std::shared_ptr<ModuleData>> data) {
  if (!data.ok()) return std::move(data).error();
  CVM_ASSIGN_OR_RETURN(auto compiled, CompiledModule::Create(engine.impl()->state, *std::move(data)));
  return Module(std::make_shared<Module::Impl>(Module::Impl{std::move(compiled)}));
}

std::string TypeText(const ModuleData& m, const ExternType& type) {
  struct Visitor {
    const ModuleData& m;
    std::string operator()(TypeIndex i) const {
      const std::string text = ToString(m.types[i.value].func);
      return text.empty() ? "func" : "func " + text;
    }
    std::string operator()(const TableType& t) const { return "table " + ToString(t.limits) + " " + ToString(t.element); }
    std::string operator()(const MemoryType& t) const { return "memory " + ToString(t.limits); }
    std::string operator()(const GlobalType& t) const {
      return t.mutable_ ? "global (mut " + ToString(t.type) + ")" : "global " + ToString(t.type);
    }
    std::string operator()(const TagType& t) const { return "tag " + ToString(m.types[t.type.value].func); }
  };
  return std::visit(Visitor{m}, type);
}

ExternType TypeOfExport(const ModuleData& m, const Export& e) {
  switch (e.kind) {
    case ExternKind::kFunc: return m.func_types[e.index];
    case ExternKind::kTable: return m.table_types[e.index];
    case ExternKind::kMemory: return m.memory_types[e.index];
    case ExternKind::kGlobal: return m.global_types[e.index];
    case ExternKind::kTag: break;
  }
  return m.tag_types[e.index];
}

}  // namespace

Result<Module> Module::Load(const Engine& engine, std::span<const uint8_t> bytes) {
  const EngineState& state = *engine.impl()->state;
  CVM_RETURN_IF_ERROR(CheckLimit(state.limits, &LoadLimits::module_bytes, bytes.size()));
  auto owned = std::make_shared<std::vector<uint8_t>>(bytes.begin(), bytes.end());
  return MakeModule(engine, DecodeModule(std::move(owned), state.features, state.limits));
}

Result<Module> Module::Parse(const Engine& engine, std::string_view text) {
  const EngineState& state = *engine.impl()->state;
  return MakeModule(engine, ParseModule(text, state.features, state.limits));
}

Result<Module> Module::LoadFile(const Engine& engine, const std::string& path) {
  const EngineState& state = *engine.impl()->state;
  CVM_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(path, state.limits, &LoadLimits::module_bytes));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Result<Module> module = IsBinary(bytes)
                              ? MakeModule(engine, DecodeModule(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)),
                                                                state.features, state.limits))
                              : Parse(engine, text);
  if (!module.ok()) return std::move(module.error().In(path));
  return module;
}

std::vector<ImportInfo> Module::imports() const {
  const ModuleData& m = *impl_->compiled->module;
  std::vector<ImportInfo> list;
  for (const Import& i : m.imports) list.push_back({std::string(i.module), std::string(i.name), TypeText(m, i.type)});
  return list;
}

std::vector<ExportInfo> Module::exports() const {
  const ModuleData& m = *impl_->compiled->module;
  std::vector<ExportInfo> list;
  for (const Export& e : m.exports) list.push_back({std::string(e.name), TypeText(m, TypeOfExport(m, e))});
  return list;
}

}  // namespace cvm
