// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein): a keyed hash whose inputs cannot be told from its
// outputs without the key. For metadata hashes. Pure function.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace cvm::wasi {

// The two words of the digest, first word first.
std::array<uint64_t, 2> SipHash128(const std::array<uint8_t, 16>& key, std::span<const uint8_t> message);

}  // namespace cvm::wasi
