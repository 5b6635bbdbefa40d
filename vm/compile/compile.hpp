// Compiles one function to register code: a Sink of the walk that folds the operand stack away.
//
// The result depends on the module and the options alone, not on an instance: instances of a module share code. Targets
// inside the code are offsets until it is installed at its final address (CodeImage::Install in engine/).
#pragma once

#include <cstdint>
#include <vector>

#include "vm/module/module.hpp"
#include "vm/regcode/handlers.hpp"
#include "vm/types/features.hpp"

namespace cvm {

// What code of a module may assume of where things are. Owned by the engine's module; constant for its life.
struct CompileEnv {
  const HandlerTable* handlers = nullptr;
  Features features;
  // Byte offset from the context of each global of the module's own (index: global - imported).
  std::vector<int32_t> global_offsets;
  // Canonical id of each type of the module (by type index): what call_indirect compares.
  std::vector<uint32_t> type_ids;
  // Address of the entry cell of each function that is not imported (an Enter or a CompileStub; index: func - imported).
  std::vector<const uint8_t*> entries;
  // Memory 0 is addressed without checks up to this constant offset: it is followed by at least so many inaccessible
  // bytes beyond its index range. Accesses that do not qualify are emitted in their slow form. 0: every access to a
  // memory 0 with i32 addresses still takes the plain form, whose handlers then check in code.
  uint64_t guard_bytes = 0;
  // For the bench harness: counts executed WebAssembly instructions by cells of their own.
  bool count_instructions = false;
};

struct RegCode {
  std::vector<uint64_t> words;          // cells; targets hold byte offsets from the start
  std::vector<uint32_t> target_at;      // byte positions of targets, to be rebased at installation
  uint32_t frame_bytes = 0;             // from the record to the end of temporaries and outgoing windows
  uint32_t window_bytes = 0;            // parameters and results, below the record
  uint32_t ref_slots = 0;
  // (byte position of a cell, file offset of its instruction), rising; for backtraces and listings.
  std::vector<std::pair<uint32_t, uint64_t>> origins;
};

// Slots of the window of a function of this type: max(parameter slots, result slots).
uint32_t WindowSlots(const FuncType& type);

// Compiles `func`, which must not be imported. The module has been validated; an error can only be a limit or kBug.
Result<RegCode> CompileFunction(const Module& module, FuncIndex func, const CompileEnv& env);

// The code as text, one cell a line: position, operation, operands ("S[-8]", "acc", "#5", "pin0"), target.
std::string Listing(const RegCode& code, const HandlerTable& handlers);

}  // namespace cvm
