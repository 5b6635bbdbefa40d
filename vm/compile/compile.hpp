// Compiles one function to register code: a Sink of the walk that folds the operand stack away.
//
// The result depends on the module and the options alone, not on an instance: instances of a module share code. Targets
// inside the code are offsets until it is installed at its final address (CodeImage::Install in engine/).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/module/module.hpp"
#include "vm/regcode/handlers.hpp"
#include "vm/regcode/unwind.hpp"
#include "vm/types/features.hpp"
#include "vm/types/type_info.hpp"

namespace cvm {

// Hands out the copies of handlers in turn. The turns run on from function to function of a module, which predicts
// better than starting again in each (spike: 6 %). Not thread-safe: compilations of one module that share it are
// serialised.
class CopyCounters {
 public:
  uint32_t Next(const Variant& variant);

 private:
  absl::flat_hash_map<uint64_t, uint32_t> next_;
};

// What code of a module may assume of where things are. Owned by the engine's module; constant for its life.
struct CompileEnv {
  const HandlerTable* handlers = nullptr;
  Features features;
  // Byte offset from the context of each global of the module's own (index: global - imported).
  std::vector<int32_t> global_offsets;
  // Canonical id of each type of the module (by type index): what call_indirect compares.
  std::vector<uint32_t> type_ids;
  // The same types as running code sees them: field offsets.
  std::vector<const TypeInfo*> type_infos;
  // Address of the entry cell of each function that is not imported (an Enter or a CompileStub; index: func -
  // imported).
  std::vector<const uint8_t*> entries;
  // Which of them are Enters. Missing elements are CompileStubs.
  std::vector<bool> compiled;
  // Memory 0 is addressed without checks up to this constant offset: it is followed by at least so many inaccessible
  // bytes beyond its index range. Accesses that do not qualify are emitted in their slow form. 0: every access to a
  // memory 0 with i32 addresses still takes the plain form, whose handlers then check in code.
  uint64_t guard_bytes = 0;
  // What each instruction costs (index: Opcode), where code is to charge for what it does; empty otherwise.
  std::span<const uint16_t> costs;
  uint32_t bulk_bytes = 1;  // FuelCosts
  // Owned by whoever compiles the module; nullptr: each function begins anew.
  CopyCounters* copies = nullptr;
};

struct RegCode {
  std::vector<uint64_t> words;      // cells; targets hold byte offsets from the start
  std::vector<uint32_t> target_at;  // byte positions of targets, to be rebased at installation
  uint32_t frame_bytes = 0;         // from the record to the end of temporaries and outgoing windows
  uint32_t window_bytes = 0;        // parameters and results, below the record
  uint32_t ref_slots = 0;
  uint32_t ref_offset = 0;  // of the first reference slot from the record's start
  // (byte position of a cell, file offset of its instruction), rising; for backtraces and listings.
  std::vector<std::pair<uint32_t, uint64_t>> origins;
  UnwindTable unwind;
  // Byte positions of the first cells of loops, rising: every cycle within the function goes through one.
  std::vector<uint32_t> loops;
  // Where code is metered: (byte position of a cell, what is owed while it runs), where that changes, rising.
  std::vector<std::pair<uint32_t, uint32_t>> owed;
  // What is owed while the cell at byte position `at` runs.
  uint32_t OwedAt(uint32_t at) const;
};

// Slots of the window of a function of this type: max(parameter slots, result slots).
uint32_t WindowSlots(const FuncType& type);

// Compiles `func`, which must not be imported. The module has been validated; an error can only be a limit or kBug.
Result<RegCode> CompileFunction(const ModuleData& module, FuncIndex func, const CompileEnv& env);

// The code as text, one cell a line: position, operation, operands ("S[-8]", "acc", "#5", "pin0"), target.
std::string Listing(const RegCode& code, const HandlerTable& handlers);
// The same, line by line; a label's line has the position of the cell that follows.
struct ListedCell {
  uint32_t at;
  std::string text;
};
std::vector<ListedCell> ListCells(const RegCode& code, const HandlerTable& handlers);

}  // namespace cvm
