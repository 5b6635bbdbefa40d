#include "vm/interp/profile.hpp"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "vm/interp/interpret.hpp"

namespace cvm {
namespace {

struct Counters {
  uint64_t instructions = 0;
  absl::flat_hash_map<HandlerAddress, uint64_t> by_handler;
};

Counters& TheCounters() {
  static Counters counters;
  return counters;
}

}  // namespace

void CountDispatch(HandlerAddress handler) { ++TheCounters().by_handler[handler]; }
void CountInstructions(uint32_t count) { TheCounters().instructions += count; }

Profile TakeProfile() {
  Profile profile;
  profile.instructions = TheCounters().instructions;
  for (const auto& [handler, count] : TheCounters().by_handler) {
    const Variant* variant = Handlers().Find(handler);
    if (variant == nullptr || variant->op == RegOp::kCount) continue;
    profile.dispatches += count;
    profile.variants.emplace_back(*variant, count);
  }
  std::sort(profile.variants.begin(), profile.variants.end(),
            [](const auto& a, const auto& b) { return a.second > b.second; });
  TheCounters() = {};
  return profile;
}

}  // namespace cvm
