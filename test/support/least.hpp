// Least: where a limit lies, found by trying.
#pragma once

#include <cstdint>

namespace cvm::test {

// The smallest limit under which `works` answers true; `high` at the most, which is not tried.
template <class Works>
uint64_t Least(uint64_t high, Works works) {
  uint64_t low = 0;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    if (works(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace cvm::test
