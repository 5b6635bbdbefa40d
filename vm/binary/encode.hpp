// Encoding a module in the binary format: the inverse of DecodeModule. For modules that came from text, and for tools.
//
// Bodies and constant expressions are copied as they stand. Names and branch hints are written as custom sections,
// unless the module carries those sections among its customs; custom sections stand last, branch hints before the code.
#pragma once

#include <cstdint>
#include <vector>

#include "vm/module/module.hpp"

namespace cvm {

// Pure; safe from any thread.
std::vector<uint8_t> EncodeModule(const ModuleData& module);

}  // namespace cvm
