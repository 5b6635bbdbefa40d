// Constant folding, by the same semantics that the interpreter executes.
#pragma once

#include <cstdint>

#include "vm/isa/opcode.hpp"

namespace cvm {

// Computes an instruction from integers to an integer; i32 zero-extended. False if it is none, or would trap.
bool Fold(Opcode op, const uint64_t* operands, uint64_t* result);

}  // namespace cvm
