// What a counting build (CVM_COUNT_DISPATCHES, portable loop) has executed: dispatches, all together, by handler
// variant and by pair of variants. For bench/interp alone: process-wide and not thread-safe. Instructions are counted
// by fuel.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/regcode/handlers.hpp"

namespace cvm {

void CountDispatch(HandlerAddress handler);
// Also counts pairs from now on, at a cost.
void CountPairs();

struct Profile {
  uint64_t dispatches = 0;
  // Most frequent first; without Fuel cells, and metered operations as what they are without metering.
  std::vector<std::pair<Variant, uint64_t>> variants;
  struct Pair {
    Variant first, second;
    uint64_t count;
  };
  std::vector<Pair> pairs;  // executed one right after the other: what a fusion would save
};
Profile TakeProfile();

}  // namespace cvm
