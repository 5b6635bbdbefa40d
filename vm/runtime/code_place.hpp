// CodePlace: what stack walks have to know of a place in code — the function it belongs to, what that catches there,
// and where its frames have references. PlaceCache remembers them by return address, so that a throw or a collection
// that walks frames takes no lock and searches no map for places it has met before. Owned by the Store;
// single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vm/regcode/unwind.hpp"

namespace cvm::rt {

struct ModuleCode;

// Where the references of a frame lie, relative to its record.
struct FrameRefs {
  uint32_t offset = 0;
  uint32_t slots = 0;
};

struct CodePlace {
  const uint8_t* ip = nullptr;          // within the function's code or just past it
  const uint8_t* code = nullptr;        // its first cell; nullptr: `ip` is not in the module's code
  const UnwindTable* unwind = nullptr;  // nullptr: the function catches nothing
  const TryRange* range = nullptr;      // the innermost one that a throw at `ip` is in; nullptr: none
  FrameRefs refs;
};

class PlaceCache {
 public:
  // The place `ip` in code of `module`, which lives as long as the cache. Valid until the next call.
  const CodePlace& Find(const ModuleCode& module, const uint8_t* ip) {
    if (!entries_.empty()) [[likely]] {
      const CodePlace& entry = entries_[IndexOf(ip)];
      if (entry.ip == ip) [[likely]]
        return entry;
    }
    return Fill(module, ip);
  }

 private:
  static constexpr uint32_t kIndexBits = 9;
  // Cells are 8-byte aligned, and those of one function near each other.
  static size_t IndexOf(const uint8_t* ip) {
    return reinterpret_cast<uintptr_t>(ip) / 8 * uint64_t{0x9e3779b97f4a7c15} >> (64 - kIndexBits);
  }
  const CodePlace& Fill(const ModuleCode& module, const uint8_t* ip);

  std::vector<CodePlace> entries_;  // made at the first walk: most stores have none
};

}  // namespace cvm::rt
