// print∘parse is the identity: a module that is printed, flat or folded, and parsed again encodes to the same bytes.
// What text has no words for (vm/text/print.hpp) is put aside first, on both sides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/types/features.hpp"

namespace cvm::test {

// What is wrong, or "".
std::string CheckPrintIdentity(const std::vector<uint8_t>& bytes, const Features& features, bool folded);
// Whether the module can be decoded, its bodies too, and printed; a malformed one cannot.
bool IsPrintable(const std::vector<uint8_t>& bytes, const Features& features);

}  // namespace cvm::test
