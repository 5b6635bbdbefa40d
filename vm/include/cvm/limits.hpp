// Limits by name. Those of loading (what a file may declare) belong to an engine: Config::SetLimit. Those of running
// belong to a store: StoreOptions. `cvm-run -W` takes all of them by the keys below; docs/limits.md lists them.
//
// A limit that is reached is an Error of kind kLimit that says what was found, what is allowed and which key raises it;
// or, where the standard says what a guest is to see, that: memory.grow answers -1, a deep recursion traps.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cvm/result.hpp"

namespace cvm {

struct LimitInfo {
  std::string_view key;      // "max-functions"
  std::string_view meaning;  // one line
  uint64_t standard = 0;     // what holds unless it is set
  uint64_t strict = 0;       // what holds after Config::UseStrictLimits
  uint64_t most = 0;         // what it can be set to
};

// Limits of a store: everything that runs in it.
struct StoreOptions {
  uint64_t max_memory_bytes = uint64_t{16} << 30;         // max-memory-size: of one memory; 32 bits reach 4 GiB
  uint64_t max_total_memory_bytes = uint64_t{64} << 30;   // max-total-memory-size: of all but the shared ones
  uint64_t max_table_elements = 10'000'000;               // max-table-elements: of one table
  uint64_t max_total_table_elements = 10'000'000;         // max-total-table-elements: of all together
  uint64_t max_instances = 10'000;                        // max-instances
  uint64_t max_tables = 10'000;                           // max-tables
  uint64_t max_memories = 10'000;                         // max-memories
  uint64_t max_total_instance_bytes = uint64_t{4} << 30;  // max-total-instance-size: without memories and tables
  uint64_t max_heap_bytes = uint64_t{1} << 30;            // max-heap-size: of garbage-collected objects, all together
  uint64_t max_wasm_stack_bytes = uint64_t{8} << 20;      // max-wasm-stack: of one guest computation
  uint64_t max_host_nesting = 64;                         // max-host-nesting: host functions that call guests
  uint64_t max_backtrace_frames = 20;                     // max-backtrace-frames: of the error of a trap

  // By key; an Error of kind kUsage if there is none of that name, or the value is above what is possible.
  Result<void> SetLimit(std::string_view key, uint64_t value);
  // Every limit of a store.
  static std::span<const LimitInfo> LimitList();
};

}  // namespace cvm
