// What a counting build (CVM_COUNT_DISPATCHES, portable loop) has executed: instructions, dispatches, and dispatches by handler
// variant. For bench/interp alone: process-wide and not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/regcode/handlers.hpp"

namespace cvm {

void CountDispatch(HandlerAddress handler);
void CountInstructions(uint32_t count);

struct Profile {
  uint64_t instructions = 0;
  uint64_t dispatches = 0;
  std::vector<std::pair<Variant, uint64_t>> variants;   // most frequent first; without Count cells
};
Profile TakeProfile();

}  // namespace cvm
