// What the interfaces of wasi:random share: bytes and words from an Entropy, within a limit. Pure functions of it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cvm/result.hpp"
#include "wasi/os/entropy.hpp"

namespace cvm::wasi {

// The most bytes that one call gives unless the embedder says otherwise; more is a trap, as the functions must not
// return less than they were asked for (security row HST-01).
inline constexpr uint64_t kDefaultRandomLimit = uint64_t{1} << 20;

// `function` is for the words of the error.
Result<std::vector<uint8_t>> RandomBytes(Entropy& entropy, uint64_t len, uint64_t limit, std::string_view function);
Result<uint64_t> RandomWord(Entropy& entropy, std::string_view function);

}  // namespace cvm::wasi
