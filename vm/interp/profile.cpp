#include "vm/interp/profile.hpp"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "vm/interp/interpret.hpp"

namespace cvm {
namespace {

struct Counters {
  struct Entry {
    uint64_t count = 0;
    const Variant* variant = nullptr;  // nullptr: not counted
  };
  absl::flat_hash_map<HandlerAddress, Entry> by_handler;
  absl::flat_hash_map<std::pair<const Variant*, const Variant*>, uint64_t> by_pair;
  bool pairs = false;
  const Variant* last = nullptr;
};

Counters& TheCounters() {
  static Counters counters;
  return counters;
}

// nullptr for what there is only because of metering.
const Variant* PlainVariant(HandlerAddress handler) {
  const Variant* found = Handlers().Find(handler);
  if (found == nullptr || found->op == RegOp::kFuel) return nullptr;
  Variant plain = *found;
  plain.op = Unmetered(plain.op);
  return Handlers().Find(Handlers().Copies(plain)[0]);
}

}  // namespace

void CountDispatch(HandlerAddress handler) {
  Counters& counters = TheCounters();
  Counters::Entry& entry = counters.by_handler[handler];
  if (++entry.count == 1) {
    entry.variant = PlainVariant(handler);
  }
  if (!counters.pairs || entry.variant == nullptr) return;
  if (counters.last != nullptr) ++counters.by_pair[{counters.last, entry.variant}];
  counters.last = entry.variant;
}

void CountPairs() { TheCounters().pairs = true; }

Profile TakeProfile() {
  Profile profile;
  for (const auto& [handler, entry] : TheCounters().by_handler) {
    if (entry.variant == nullptr) continue;
    profile.dispatches += entry.count;
    profile.variants.emplace_back(*entry.variant, entry.count);
  }
  for (const auto& [pair, count] : TheCounters().by_pair) profile.pairs.push_back({*pair.first, *pair.second, count});
  std::sort(profile.variants.begin(), profile.variants.end(),
            [](const auto& a, const auto& b) { return a.second > b.second; });
  std::sort(profile.pairs.begin(), profile.pairs.end(),
            [](const Profile::Pair& a, const Profile::Pair& b) { return a.count > b.count; });
  TheCounters() = {};
  return profile;
}

}  // namespace cvm
