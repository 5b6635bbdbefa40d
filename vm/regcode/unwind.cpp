#include "vm/regcode/unwind.hpp"

#include <algorithm>

namespace cvm {

// Backwards, so that a range comes after those around it: `open` has the ranges that may be around the next one. A
// range that begins later than this one is apart from it, and from all that end before it.
void UnwindTable::LinkRanges() {
  std::vector<uint32_t> open;
  for (auto i = static_cast<uint32_t>(tries.size()); i-- > 0;) {
    while (!open.empty() && tries[open.back()].begin > tries[i].begin) open.pop_back();
    tries[i].outer = open.empty() ? TryRange::kNone : open.back();
    open.push_back(i);
  }
}

const TryRange* UnwindTable::Find(uint32_t place) const {
  const auto it = std::lower_bound(tries.begin(), tries.end(), place,
                                   [](const TryRange& range, uint32_t wanted) { return range.end < wanted; });
  if (it == tries.end()) return nullptr;
  const TryRange* range = &*it;
  while (range != nullptr && range->begin >= place) range = Outer(*range);
  return range;
}

}  // namespace cvm
