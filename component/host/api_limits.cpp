// Limits of the component layer by name.
#include <array>

#include "canonical-abi/handles/handle_table.hpp"
#include "cvm/component.hpp"
#include "vm/engine/named_limits.hpp"

namespace cvm {
namespace {

constexpr auto kLimits = std::to_array<NamedLimit<ComponentLimits>>({
    LimitRow("max-handles", &ComponentLimits::max_handles, abi::HandleTable::kMaxLength,
             "handles of one component instance"),
    LimitRow("max-total-handles", &ComponentLimits::max_total_handles, kAnyLimit, "handles of all component instances"),
    LimitRow("max-host-bytes-per-call", &ComponentLimits::max_host_bytes_per_call, kAnyLimit,
             "bytes of host memory for the values of one call"),
    LimitRow("max-component-instances", &ComponentLimits::max_component_instances, kAnyLimit,
             "instances of components"),
    LimitRow("max-tasks", &ComponentLimits::max_tasks, UINT32_MAX, "asynchronous calls and threads of guests"),
    LimitRow("max-streams", &ComponentLimits::max_streams, UINT32_MAX, "streams and futures"),
    LimitRow("max-elements-per-copy", &ComponentLimits::max_elements_per_copy, UINT32_MAX,
             "elements of a stream that one read or write copies"),
});

constexpr auto kList = LimitInfos(kLimits);

}  // namespace

Result<void> ComponentLimits::SetLimit(std::string_view key, uint64_t value) {
  return SetNamedLimit(kLimits, key, value, this);
}

std::span<const LimitInfo> ComponentLimits::LimitList() { return kList; }

}  // namespace cvm
