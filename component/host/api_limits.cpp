// Limits of the component layer by name.
#include <algorithm>
#include <array>

#include "canonical-abi/handles/handle_table.hpp"
#include "cvm/component.hpp"
#include "vm/base/try.hpp"

namespace cvm {
namespace {

struct ComponentLimit {
  LimitInfo info;
  uint64_t ComponentLimits::* member;
};

constexpr ComponentLimit Row(std::string_view key, uint64_t ComponentLimits::* member, uint64_t most,
                             std::string_view meaning) {
  const uint64_t standard = ComponentLimits().*member;
  return {{key, meaning, standard, standard, most}, member};
}

constexpr uint64_t kAny = UINT64_MAX;
constexpr auto kLimits = std::to_array<ComponentLimit>({
    Row("max-handles", &ComponentLimits::max_handles, abi::HandleTable::kMaxLength,
        "handles of one component instance"),
    Row("max-total-handles", &ComponentLimits::max_total_handles, kAny, "handles of all component instances"),
    Row("max-host-bytes-per-call", &ComponentLimits::max_host_bytes_per_call, kAny,
        "bytes of host memory for the values of one call"),
    Row("max-component-instances", &ComponentLimits::max_component_instances, kAny, "instances of components"),
    Row("max-tasks", &ComponentLimits::max_tasks, UINT32_MAX, "asynchronous calls and threads of guests"),
    Row("max-streams", &ComponentLimits::max_streams, UINT32_MAX, "streams and futures"),
    Row("max-elements-per-copy", &ComponentLimits::max_elements_per_copy, UINT32_MAX,
        "elements of a stream that one read or write copies"),
});

constexpr auto kList = [] {
  std::array<LimitInfo, kLimits.size()> list;
  for (size_t i = 0; i < list.size(); ++i) list[i] = kLimits[i].info;
  return list;
}();

}  // namespace

Result<void> ComponentLimits::SetLimit(std::string_view key, uint64_t value) {
  const auto found = std::ranges::find(kLimits, key, [](const ComponentLimit& row) { return row.info.key; });
  if (found == kLimits.end()) return UsageError("unknown limit `" + std::string(key) + "`");
  if (value > found->info.most) {
    return UsageError(std::string(key) + " can be at most " + std::to_string(found->info.most));
  }
  this->*found->member = value;
  return {};
}

std::span<const LimitInfo> ComponentLimits::LimitList() { return kList; }

}  // namespace cvm
