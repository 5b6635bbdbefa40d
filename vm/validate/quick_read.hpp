// Reading the instructions that make up nearly all of real code, without the generality (and the Results) of ReadInstr:
// one-byte codes that no feature gates, with an index, an integer constant, a memory access or a plain block type
// behind them. What it does not take is left to ReadInstr, errors included; a test holds the two together. Pure
// function.
#pragma once

#include "vm/isa/instr.hpp"

namespace cvm {

// The longest instruction that QuickRead takes: a code, an alignment and an offset of nine bytes.
inline constexpr size_t kQuickReadBytes = 12;

// Reads the instruction at `pos` into `instr` (but for its offset) and returns where the next begins; nullptr if it is
// not of the kinds above. REQUIRES: kQuickReadBytes may be read.
const uint8_t* QuickRead(const uint8_t* pos, Instr* instr);

}  // namespace cvm
