#include "wasi/os/entropy.hpp"

#include <algorithm>
#include <bit>

namespace cvm::wasi {

OsResult<uint64_t> Entropy::Next() {
  uint8_t bytes[8];
  if (auto filled = Fill(bytes); !filled.ok()) return filled.error();
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

SeededEntropy::SeededEntropy(uint64_t seed) {
  // splitmix64: spreads any seed, zero included, over the four words.
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15u;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    word = z ^ (z >> 31);
  }
}

uint64_t SeededEntropy::Step() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

OsResult<void> SeededEntropy::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    uint64_t word = Step();
    const size_t count = std::min<size_t>(out.size(), 8);
    for (size_t i = 0; i < count; ++i, word >>= 8) out[i] = static_cast<uint8_t>(word);
    out = out.subspan(count);
  }
  return {};
}

}  // namespace cvm::wasi
