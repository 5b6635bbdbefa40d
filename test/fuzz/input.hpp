// What the targets that need a module make of their input: the module that it is, or, in builds with the oracle, the
// one that wasm-smith makes of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#ifdef CVM_WITH_ORACLE
#include "test/differential/oracle.hpp"
#endif

namespace cvm::fuzz {

inline bool IsBinary(std::span<const uint8_t> input) {
  static constexpr uint8_t kMagic[4] = {0, 'a', 's', 'm'};
  return input.size() >= 4 && std::equal(kMagic, kMagic + 4, input.begin());
}

// Empty: there is none. `options`: of the oracle's generator.
inline std::vector<uint8_t> ModuleOf(std::span<const uint8_t> input, std::span<const uint8_t> environment,
                                     uint32_t options) {
  if (IsBinary(input)) return {input.begin(), input.end()};
#ifdef CVM_WITH_ORACLE
  differential::Answer answer = differential::GenerateModule(input, environment, options);
  if (answer.ok()) return std::move(answer.bytes);
#else
  static_cast<void>(environment), static_cast<void>(options);
#endif
  return {};
}

// A number by all of the input (FNV-1a).
inline uint64_t SeedOf(std::span<const uint8_t> input) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const uint8_t byte : input) hash = (hash ^ byte) * 0x100000001b3u;
  return hash;
}

}  // namespace cvm::fuzz
