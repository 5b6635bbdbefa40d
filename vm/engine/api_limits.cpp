// Limits by name, of the public API: what is loaded (Config) and what runs (StoreOptions).
#include <array>

#include "vm/engine/api_impl.hpp"
#include "vm/engine/named_limits.hpp"

namespace cvm {
namespace {

constexpr auto kStoreLimits = std::to_array<NamedLimit<StoreOptions>>({
    LimitRow("max-memory-size", &StoreOptions::max_memory_bytes, kAnyLimit,
             "bytes of one memory; a 32-bit one has at most 4 GiB"),
    LimitRow("max-total-memory-size", &StoreOptions::max_total_memory_bytes, kAnyLimit,
             "bytes of all memories, shared ones aside"),
    LimitRow("max-memories", &StoreOptions::max_memories, kAnyLimit, "memories"),
    LimitRow("max-table-elements", &StoreOptions::max_table_elements, kAnyLimit, "elements of one table"),
    LimitRow("max-total-table-elements", &StoreOptions::max_total_table_elements, kAnyLimit, "elements of all tables"),
    LimitRow("max-tables", &StoreOptions::max_tables, kAnyLimit, "tables"),
    LimitRow("max-instances", &StoreOptions::max_instances, kAnyLimit, "instances of core modules"),
    LimitRow("max-total-instance-size", &StoreOptions::max_total_instance_bytes, kAnyLimit,
             "bytes of all instances, memories and tables aside"),
    LimitRow("max-heap-size", &StoreOptions::max_heap_bytes, kAnyLimit, "bytes of garbage-collected objects"),
    LimitRow("max-wasm-stack", &StoreOptions::max_wasm_stack_bytes, kAnyLimit,
             "bytes of the stack of one guest computation"),
    // Each level takes native stack, of which a thread has 8 MiB at best.
    LimitRow("max-host-nesting", &StoreOptions::max_host_nesting, 1'000,
             "guest calls under way in host functions of guests"),
    LimitRow("max-backtrace-frames", &StoreOptions::max_backtrace_frames, 100'000,
             "functions that the error of a trap names"),
});

constexpr auto kStoreLimitList = LimitInfos(kStoreLimits);

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
  return SetNamedLimit(kStoreLimits, key, value, this);
}

std::span<const LimitInfo> StoreOptions::LimitList() { return kStoreLimitList; }

}  // namespace cvm
