// Limits by name, of the public API: what is loaded (Config) and what runs (StoreOptions).
#include <algorithm>
#include <array>

#include "vm/engine/api_impl.hpp"

namespace cvm {
namespace {

struct StoreLimit {
  LimitInfo info;
  uint64_t StoreOptions::* member;
};

constexpr StoreLimit Row(std::string_view key, uint64_t StoreOptions::* member, uint64_t most,
                         std::string_view meaning) {
  const uint64_t standard = StoreOptions().*member;
  return {{key, meaning, standard, standard, most}, member};
}

constexpr uint64_t kAny = UINT64_MAX;
constexpr auto kStoreLimits = std::to_array<StoreLimit>({
    Row("max-memory-size", &StoreOptions::max_memory_bytes, kAny,
        "bytes of one memory; a 32-bit one has at most 4 GiB"),
    Row("max-total-memory-size", &StoreOptions::max_total_memory_bytes, kAny,
        "bytes of all memories, shared ones aside"),
    Row("max-memories", &StoreOptions::max_memories, kAny, "memories"),
    Row("max-table-elements", &StoreOptions::max_table_elements, kAny, "elements of one table"),
    Row("max-total-table-elements", &StoreOptions::max_total_table_elements, kAny, "elements of all tables"),
    Row("max-tables", &StoreOptions::max_tables, kAny, "tables"),
    Row("max-instances", &StoreOptions::max_instances, kAny, "instances of core modules"),
    Row("max-total-instance-size", &StoreOptions::max_total_instance_bytes, kAny,
        "bytes of all instances, memories and tables aside"),
    Row("max-heap-size", &StoreOptions::max_heap_bytes, kAny, "bytes of garbage-collected objects"),
    Row("max-wasm-stack", &StoreOptions::max_wasm_stack_bytes, kAny, "bytes of the stack of one guest computation"),
    // Each level takes native stack, of which a thread has 8 MiB at best.
    Row("max-host-nesting", &StoreOptions::max_host_nesting, 1'000,
        "guest calls under way in host functions of guests"),
    Row("max-backtrace-frames", &StoreOptions::max_backtrace_frames, 100'000,
        "functions that the error of a trap names"),
});

constexpr auto kStoreLimitList = [] {
  std::array<LimitInfo, kStoreLimits.size()> list;
  for (size_t i = 0; i < list.size(); ++i) list[i] = kStoreLimits[i].info;
  return list;
}();

constexpr auto kFeatureList = std::to_array<Config::FeatureInfo>({
#define X(id, key, on) {key, on},
    CVM_FEATURES(X)
#undef X
});

}  // namespace

Result<void> Config::SetLimit(std::string_view key, uint64_t value) { return SetLoadLimit(&impl_->limits, key, value); }

Config& Config::UseStrictLimits() {
  impl_->limits = LoadLimits::Strict();
  return *this;
}

std::span<const LimitInfo> Config::LimitList() { return LoadLimitTable(); }
std::span<const Config::FeatureInfo> Config::FeatureList() { return kFeatureList; }

Result<void> StoreOptions::SetLimit(std::string_view key, uint64_t value) {
  const auto found = std::ranges::find(kStoreLimits, key, [](const StoreLimit& row) { return row.info.key; });
  if (found == kStoreLimits.end()) return UsageError("unknown limit `" + std::string(key) + "`");
  if (value > found->info.most) {
    return UsageError(std::string(key) + " can be at most " + std::to_string(found->info.most));
  }
  this->*found->member = value;
  return {};
}

std::span<const LimitInfo> StoreOptions::LimitList() { return kStoreLimitList; }

}  // namespace cvm
