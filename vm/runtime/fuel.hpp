// Fuel: what the guests of one store may still do, in units of FuelCosts. Owned by the Store; single-threaded.
//
// Running code takes what it owes from `left` in cells of its own (vm/compile/metering.cpp says where); slow functions
// take what depends on sizes by Take. `left` is never read as a budget by anybody else: it is what is left, plus what
// the code since the last charge owes.
#pragma once

#include <cstdint>

#include "cvm/fuel.hpp"

namespace cvm::rt {

struct Fuel {
  static constexpr uint64_t kMost = uint64_t{1} << 62;

  int64_t left = 0;
  // Of a metered engine; nullptr: nothing is charged.
  const FuelCosts* costs = nullptr;

  // Takes `units`, or all there is: false.
  bool Take(uint64_t units) {
    if (units > kMost || static_cast<int64_t>(units) > left) {
      left = 0;
      return false;
    }
    left -= static_cast<int64_t>(units);
    return true;
  }
  // What `bytes` of a bulk operation cost. REQUIRES: costs.
  uint64_t BulkUnits(uint64_t bytes) const { return bytes / costs->bulk_bytes; }
};

}  // namespace cvm::rt
