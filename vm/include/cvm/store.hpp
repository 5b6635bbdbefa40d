// Store: owns everything that runs for one tenant, and its limits. Belongs to one thread at a time. Destroying it destroys all
// instances; handles to them (Func, Memory, Instance) must not be used afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "cvm/engine.hpp"

namespace cvm {

// Limits of a store: name in `cvm-run -W`, meaning, default.
struct StoreOptions {
  uint64_t max_memory_bytes = uint64_t{4} << 30;      // max-memory-size: of one linear memory
  uint64_t max_table_elements = 10'000'000;            // max-table-elements: of one table
  uint32_t max_instances = 10'000;                     // max-instances
  uint32_t max_tables = 10'000;                        // max-tables
  uint32_t max_memories = 10'000;                      // max-memories
  uint64_t max_heap_bytes = uint64_t{1} << 30;         // max-heap-size: of garbage-collected objects, all together
  uint64_t max_wasm_stack_bytes = uint64_t{8} << 20;   // max-wasm-stack: of one guest computation
};

class Store {
 public:
  explicit Store(const Engine& engine, const StoreOptions& options = {});
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  const Engine& engine() const { return engine_; }

  // Frees the structures and arrays that nothing refers to any more. It happens by itself; this is for moments of leisure.
  void CollectGarbage();
  // Bytes of structures and arrays that were in use after the last collection.
  uint64_t live_heap_bytes() const;

  struct Impl;
  Impl& impl() const { return *impl_; }   // for cvm's own layers

 private:
  Engine engine_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cvm
