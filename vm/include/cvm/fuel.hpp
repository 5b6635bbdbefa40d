// FuelCosts: what a metered engine (Config::ConsumeFuel) charges for what guests do.
//
// Every executed WebAssembly instruction costs what its class costs here; block, loop, try_table, try, else, catch,
// delegate and end are free. What an instruction does by the number of bytes, pages or elements given at run time is
// charged on top, before it is done: all of it or nothing. A spend depends on the module, the costs and what was
// executed alone, not on the machine, the build or the version of the interpreter's code.
#pragma once

#include <cstdint>

namespace cvm {

struct FuelCosts {
  // No cost may be above this.
  static constexpr uint32_t kMost = 10'000;

  uint32_t trivial = 0;   // nop, drop, local.get, constants
  uint32_t simple = 1;    // integer arithmetic, comparisons, conversions, locals, globals, references
  uint32_t floating = 1;  // float arithmetic, comparisons, conversions
  uint32_t vector = 1;    // on 128 bits
  uint32_t division = 4;  // division and remainder of integers, division of floats, square roots
  uint32_t memory = 1;    // loads and stores; fields and elements
  uint32_t atomic = 4;
  uint32_t control = 1;        // if and all branches, return, unreachable; at least 1
  uint32_t call = 2;           // of a function named by the instruction; at least 1
  uint32_t call_indirect = 4;  // of one from a table or a reference; at least 1
  uint32_t host_call = 20;     // on top, where the function is the host's
  uint32_t exception = 50;     // throw, throw_ref, rethrow; at least 1
  uint32_t allocation = 5;     // of a structure or array
  uint32_t bulk = 4;           // an instruction on a range of a memory, table, array or segment
  uint32_t bulk_bytes = 64;    // bytes of that range that cost 1 more; elements count with their size; at least 1
  uint32_t grow = 20;          // memory.grow, table.grow
  uint32_t grow_page = 64;     // each 64 KiB that a memory grows by

  // The same for all instructions that are not free, and nothing for sizes: a count of instructions.
  static FuelCosts Each(uint32_t cost);
};

}  // namespace cvm
