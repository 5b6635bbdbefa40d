// LoadLimits: what a module or a component may declare, as load_limits.def lists it. Part of an engine; read by the
// binary decoders, the text parser and the validators, so that both formats obey the same numbers. Exceeding one is an
// error of kind kLimit that says what was found, what is allowed, and by which name to raise it.
//
// The rows of components stand with those of modules because one configuration carries both; vm/ reads only the first
// part.
//
// Plain values; safe from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cvm/limits.hpp"
#include "cvm/result.hpp"

namespace cvm {

struct LoadLimits {
#define LIMIT(member, key, default_value, strict, most, words, meaning) uint64_t member = default_value;
#include "vm/types/load_limits.def"

  static LoadLimits Strict();
  bool operator==(const LoadLimits&) const = default;
};

// Names a limit: &LoadLimits::functions.
using LoadLimit = uint64_t LoadLimits::*;

// All of them, in the order of the table.
std::span<const LimitInfo> LoadLimitTable();
// Sets a limit by its key. Errors of kind kUsage: an unknown key, a value above what is possible.
Result<void> SetLoadLimit(LoadLimits* limits, std::string_view key, uint64_t value);

// "too many functions: 1000001, the limit is 1000000 (-W max-functions)". `words`, if given, in place of the table's.
[[gnu::cold]] Error LimitExceeded(const LoadLimits& limits, LoadLimit which, uint64_t found,
                                  std::string_view words = {});

inline Result<void> CheckLimit(const LoadLimits& limits, LoadLimit which, uint64_t found) {
  if (found <= limits.*which) [[likely]]
    return {};
  return LimitExceeded(limits, which, found);
}

}  // namespace cvm
