#include "tools/run/settings.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace cvm::run {
namespace {

constexpr auto kWasmSettings = std::to_array<SettingSpec>({
    {"mutable-globals", SettingType::kSwitch, "imported and exported globals may be mutable (on)"},
    {"sign-extension", SettingType::kSwitch, "sign-extension instructions (on)"},
    {"saturating-float-to-int", SettingType::kSwitch, "conversions that do not trap (on)"},
    {"multi-value", SettingType::kSwitch, "several results, parameters of blocks (on)"},
    {"bulk-memory", SettingType::kSwitch, "memory.copy and its kin (on)"},
    {"reference-types", SettingType::kSwitch, "funcref and externref values, several tables (on)"},
    {"simd", SettingType::kSwitch, "128-bit vectors (on)"},
    {"extended-const", SettingType::kSwitch, "arithmetic in constant expressions (on)"},
    {"tail-call", SettingType::kSwitch, "return_call (on)"},
    {"multi-memory", SettingType::kSwitch, "several memories (on)"},
    {"memory64", SettingType::kSwitch, "64-bit memories and tables (on)"},
    {"relaxed-simd", SettingType::kSwitch, "relaxed vector instructions (off)"},
    {"function-references", SettingType::kSwitch, "typed function references (on)"},
    {"gc", SettingType::kSwitch, "garbage-collected types (on)"},
    {"exceptions", SettingType::kSwitch, "exception handling (off)"},
    {"legacy-exceptions", SettingType::kSwitch, "exception handling in its old form (off)"},
    {"threads", SettingType::kSwitch, "shared memories and atomic instructions (off)"},
    {"custom-page-sizes", SettingType::kSwitch, "memories with pages of one byte (off)"},
    {"wide-arithmetic", SettingType::kSwitch, "128-bit addition and multiplication (off)"},
    {"custom-descriptors", SettingType::kSwitch, "descriptors of struct types (on)"},
    // What follows concerns a store.
    {"max-memory-size", SettingType::kNumber, "bytes of one linear memory (4 GiB)"},
    {"max-table-elements", SettingType::kNumber, "elements of one table (10000000)"},
    {"max-instances", SettingType::kNumber, "instances (10000)"},
    {"max-tables", SettingType::kNumber, "tables (10000)"},
    {"max-memories", SettingType::kNumber, "memories (10000)"},
    {"max-heap-size", SettingType::kNumber, "bytes of garbage-collected objects (1 GiB)"},
    {"max-wasm-stack", SettingType::kNumber, "bytes of the guest's stack (8 MiB)"},
});

constexpr size_t kFeatureCount = std::ranges::count(kWasmSettings, SettingType::kSwitch, &SettingSpec::type);

uint32_t Narrow(uint64_t number) {
  return static_cast<uint32_t>(std::min<uint64_t>(number, std::numeric_limits<uint32_t>::max()));
}

struct Limit {
  std::string_view key;
  void (*apply)(StoreOptions* options, uint64_t number);
};
constexpr auto kLimits = std::to_array<Limit>({
    {"max-memory-size", [](StoreOptions* o, uint64_t n) { o->max_memory_bytes = n; }},
    {"max-table-elements", [](StoreOptions* o, uint64_t n) { o->max_table_elements = n; }},
    {"max-instances", [](StoreOptions* o, uint64_t n) { o->max_instances = Narrow(n); }},
    {"max-tables", [](StoreOptions* o, uint64_t n) { o->max_tables = Narrow(n); }},
    {"max-memories", [](StoreOptions* o, uint64_t n) { o->max_memories = Narrow(n); }},
    {"max-heap-size", [](StoreOptions* o, uint64_t n) { o->max_heap_bytes = n; }},
    {"max-wasm-stack", [](StoreOptions* o, uint64_t n) { o->max_wasm_stack_bytes = n; }},
});

Result<void> Apply(const CommandLine& line, std::span<const SettingSpec> specs, Config* config, StoreOptions* store) {
  for (const std::string& value : line.All("wasm")) {
    Result<std::vector<Setting>> settings = ParseSettings("-W", specs, value);
    if (!settings.ok()) return std::move(settings).error();
    for (const Setting& setting : *settings) {
      if (setting.spec->type == SettingType::kSwitch) {
        if (Result<void> set = config->SetFeature(setting.spec->key, setting.on); !set.ok()) return set;
        continue;
      }
      const auto limit = std::ranges::find(kLimits, setting.spec->key, &Limit::key);
      if (limit != kLimits.end()) limit->apply(store, setting.number);
    }
  }
  return {};
}

}  // namespace

std::span<const SettingSpec> FeatureSettings() { return std::span(kWasmSettings).first(kFeatureCount); }

std::span<const SettingSpec> WasmSettings() { return kWasmSettings; }

Result<void> ApplyFeatures(const CommandLine& line, Config* config) {
  return Apply(line, FeatureSettings(), config, nullptr);
}

Result<void> ApplyWasmSettings(const CommandLine& line, Config* config, StoreOptions* store) {
  return Apply(line, WasmSettings(), config, store);
}

}  // namespace cvm::run
