// Context: what running code of one instance reaches through its context register. Plain data, owned by the Instance; the
// instance's own globals follow it in the same block (ContextLayout).
#pragma once

#include <atomic>
#include <cstdint>

#include "vm/module/module.hpp"

namespace cvm {
struct TypeInfo;
}

namespace cvm::rt {

class Execution;
class Heap;
class Memory;
class Table;
struct Function;
struct Global;
struct Instance;

struct Context {
  uint8_t* memory = nullptr;          // base of memory 0; constant for the instance's life
  uint64_t memory_bytes = 0;          // its present size
  // Of the execution that runs in this context; below all frames once an interruption was requested. Other threads
  // write it: StackLimit, EnterContext.
  uint8_t* stack_limit = nullptr;
  Execution* execution = nullptr;
  Function** functions = nullptr;     // whole index space; entries of own functions are made on demand (may be null)
  Table** tables = nullptr;
  Memory** memories = nullptr;
  Global** globals = nullptr;         // whole index space
  const uint8_t** entries = nullptr;  // entry cells of the module's own functions
  const uint32_t* type_ids = nullptr; // canonical id of each type index
  Instance* instance = nullptr;
  Heap* heap = nullptr;
  const TypeInfo* const* type_infos = nullptr;   // by type index
  const std::atomic<uint32_t>* attention = nullptr;  // of the store: interruption.hpp
  int64_t* fuel = nullptr;                           // of the store; see there
};

inline uint8_t* StackLimit(const Context& context) { return __atomic_load_n(&context.stack_limit, __ATOMIC_RELAXED); }
inline void StoreStackLimit(Context& context, uint8_t* limit) {
  __atomic_store_n(&context.stack_limit, limit, __ATOMIC_RELAXED);
}

// Code of `execution` goes on in `context`. In this order: whoever requests an interruption sets `attention` first and
// the limits then (Interruption::Hold), so that one of the two writes of "no room" comes last.
inline void EnterContext(Context& context, Execution* execution, uint8_t* limit) {
  context.execution = execution;
  StoreStackLimit(context, limit);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (context.attention->load(std::memory_order_relaxed) != 0) [[unlikely]]
    StoreStackLimit(context, nullptr);
}

// Where the module's own globals lie, relative to the context: 8 bytes each, v128 16.
struct ContextLayout {
  explicit ContextLayout(const cvm::ModuleData& module);
  std::vector<int32_t> global_offsets;   // by global - imported_globals
  uint32_t bytes = 0;                    // the whole block
};

}  // namespace cvm::rt
