// The walk: validates one function body (core/valid, and the algorithm of core/appendix/algorithm) and drives a Sink.
//
// Validation alone is a walk with NullSink; the register compiler is another sink, so that validating and compiling is
// one pass over the bytes. The module's declarations must have been validated before (ValidateDeclarations in
// module.hpp); what that found out is the walk's second input.
//
// A Sink is any class with
//     Result<void> OnInstr(const Instr& instr, bool reachable);
// called once an instruction has been found valid, in code order, the final `end` included. `reachable` is the state
// before the instruction; in unreachable code the operand stack is polymorphic, and a sink follows only the nesting
// (block, loop, if, else, end, try_table …) there.
#pragma once

#include <span>

#include "vm/isa/instr.hpp"
#include "vm/module/module.hpp"
#include "vm/validate/module.hpp"

namespace cvm {

struct NullSink {
  Result<void> OnInstr(const Instr&, bool) { return {}; }
};

// Parameters and results of a block type. The spans point into the module or into `block`.
std::span<const ValType> BlockParams(const ModuleData& module, const BlockType& block);
std::span<const ValType> BlockResults(const ModuleData& module, const BlockType& block);

// REQUIRES: `func` is not imported. The Instr that the sink gets lives until its OnInstr returns.
template <class Sink>
Result<void> WalkFunction(const ModuleData& module, const ValidatedModule& validated, FuncIndex func, Sink& sink);

}  // namespace cvm

#include "vm/validate/walk_impl.hpp"  // IWYU pragma: export
