#include "tools/run/settings.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <vector>

namespace cvm::run {
namespace {

// What features are; which there are, and whether they are on, the engine says.
struct FeatureHelp {
  std::string_view key;
  std::string_view help;
};
constexpr auto kFeatureHelp = std::to_array<FeatureHelp>({
    {"mutable-globals", "imported and exported globals may be mutable"},
    {"sign-extension", "sign-extension instructions"},
    {"saturating-float-to-int", "conversions that do not trap"},
    {"multi-value", "several results, parameters of blocks"},
    {"bulk-memory", "memory.copy and its kin"},
    {"reference-types", "funcref and externref values, several tables"},
    {"simd", "128-bit vectors"},
    {"extended-const", "arithmetic in constant expressions"},
    {"tail-call", "return_call"},
    {"multi-memory", "several memories"},
    {"memory64", "64-bit memories and tables"},
    {"relaxed-simd", "relaxed vector instructions"},
    {"function-references", "typed function references"},
    {"gc", "garbage-collected types"},
    {"exceptions", "exception handling"},
    {"legacy-exceptions", "exception handling in its old form"},
    {"threads", "shared memories and atomic instructions"},
    {"custom-page-sizes", "memories with pages of one byte"},
    {"wide-arithmetic", "128-bit addition and multiplication"},
    {"custom-descriptors", "descriptors of struct types"},
});

bool Has(std::span<const LimitInfo> list, std::string_view key) {
  return std::ranges::find(list, key, &LimitInfo::key) != list.end();
}
bool Has(std::span<const SettingSpec> list, std::string_view key) {
  return std::ranges::find(list, key, &SettingSpec::key) != list.end();
}

// "64 MiB" of a number of bytes, "10000" of anything else.
std::string NumberText(const LimitInfo& limit) {
  constexpr uint64_t kMiB = uint64_t{1} << 20;
  constexpr uint64_t kGiB = uint64_t{1} << 30;
  const uint64_t n = limit.standard;
  if (n != 0 && n % kGiB == 0) return std::to_string(n / kGiB) + " GiB";
  if (n != 0 && n % kMiB == 0) return std::to_string(n / kMiB) + " MiB";
  return std::to_string(n);
}

// The rows of -W, made of the lists of the public API.
class Table {
 public:
  Table() {
    for (const Config::FeatureInfo& feature : Config::FeatureList()) {
      if (feature.key == "mvp") continue;  // nothing works without it
      const auto found = std::ranges::find(kFeatureHelp, feature.key, &FeatureHelp::key);
      const std::string help(found == kFeatureHelp.end() ? "" : found->help);
      Add(feature.key, SettingType::kSwitch, help + (feature.on ? " (on)" : " (off)"));
    }
    Add("limits", SettingType::kText, "strict: small limits for what a file may declare; default: the usual ones");
    AddLimits(Config::LimitList());
    engine_rows_ = rows_.size();
    AddLimits(StoreOptions::LimitList());
    AddLimits(ComponentLimits::LimitList());
    rows_.insert(rows_.end(), MeteringSettings().begin(), MeteringSettings().end());
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::span<const SettingSpec> all() const { return rows_; }
  // Those that concern an engine.
  std::span<const SettingSpec> engine() const { return all().first(engine_rows_); }

 private:
  void Add(std::string_view key, SettingType type, std::string help) {
    rows_.push_back({key, type, texts_.emplace_back(std::move(help))});
  }
  void AddLimits(std::span<const LimitInfo> list) {
    for (const LimitInfo& limit : list) {
      Add(limit.key, SettingType::kNumber, std::string(limit.meaning) + " (" + NumberText(limit) + ")");
    }
  }

  std::deque<std::string> texts_;
  std::vector<SettingSpec> rows_;
  size_t engine_rows_ = 0;
};

const Table& Rows() {
  static const Table table;
  return table;
}

Result<void> ApplyPreset(const std::string& name, Config* config) {
  if (name == "strict") {
    config->UseStrictLimits();
    return {};
  }
  if (name != "default") return Error(ErrorKind::kUsage, "`-W limits` is strict or default, not `" + name + "`");
  for (const LimitInfo& limit : Config::LimitList()) {
    if (Result<void> set = config->SetLimit(limit.key, limit.standard); !set.ok()) return set;
  }
  return {};
}

Result<void> ApplyOne(const Setting& setting, Config* config, RunLimits* limits) {
  const std::string_view key = setting.spec->key;
  if (Has(MeteringSettings(), key)) return ApplyMetering(setting, &limits->metering);
  if (setting.spec->type == SettingType::kSwitch) return config->SetFeature(key, setting.on);
  if (key == "limits") return ApplyPreset(setting.text, config);
  if (Has(Config::LimitList(), key)) return config->SetLimit(key, setting.number);
  if (Has(StoreOptions::LimitList(), key)) return limits->store.SetLimit(key, setting.number);
  return limits->components.SetLimit(key, setting.number);
}

Result<void> Apply(const CommandLine& line, std::span<const SettingSpec> specs, Config* config, RunLimits* limits) {
  for (const std::string& value : line.All("wasm")) {
    Result<std::vector<Setting>> settings = ParseSettings("-W", specs, value);
    if (!settings.ok()) return std::move(settings).error();
    for (const Setting& setting : *settings) {
      if (Result<void> applied = ApplyOne(setting, config, limits); !applied.ok()) return applied;
    }
  }
  return {};
}

}  // namespace

std::span<const SettingSpec> EngineSettings() { return Rows().engine(); }

std::span<const SettingSpec> WasmSettings() { return Rows().all(); }

Result<void> ApplyEngineSettings(const CommandLine& line, Config* config) {
  return Apply(line, EngineSettings(), config, nullptr);
}

Result<void> ApplyWasmSettings(const CommandLine& line, Config* config, RunLimits* limits) {
  return Apply(line, WasmSettings(), config, limits);
}

}  // namespace cvm::run
