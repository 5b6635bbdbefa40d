// Reading a file that is to be loaded, no further than the limit of its size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/types/load_limits.hpp"

namespace cvm {

// Errors: kIo, and kLimit for a file of more than `limits.*which` bytes.
Result<std::vector<uint8_t>> ReadFile(const std::string& path, const LoadLimits& limits, LoadLimit which);

}  // namespace cvm
