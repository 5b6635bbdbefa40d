// What instructions cost: FuelCosts (include/cvm/fuel.hpp) by opcode.
#pragma once

#include <cstdint>
#include <vector>

#include "cvm/fuel.hpp"
#include "cvm/result.hpp"
#include "vm/isa/opcode.hpp"

namespace cvm {

// kUsage where a cost is out of bounds, or would let a guest run for nothing.
Result<void> CheckCosts(const FuelCosts& costs);

// By opcode.
std::vector<uint16_t> CostTable(const FuelCosts& costs);

// Whether nothing may be owed when the instruction is executed: calls but for direct ones, throws, and all whose cost
// depends on sizes given at run time.
bool ChargedAtOnce(Opcode op);

}  // namespace cvm
