#include "wasi/os/siphash.hpp"

#include <bit>
#include <cstddef>

namespace cvm::wasi {
namespace {

uint64_t LoadLittleEndian(const uint8_t* bytes, size_t count = 8) {
  uint64_t word = 0;
  for (size_t i = count; i-- > 0;) word = word << 8 | bytes[i];
  return word;
}

struct State {
  uint64_t v0, v1, v2, v3;

  void Rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
      v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
      v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
      v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
    }
  }
  void Absorb(uint64_t word) {
    v3 ^= word;
    Rounds(2);
    v0 ^= word;
  }
  uint64_t Fold() const { return v0 ^ v1 ^ v2 ^ v3; }
};

}  // namespace

std::array<uint64_t, 2> SipHash128(const std::array<uint8_t, 16>& key, std::span<const uint8_t> message) {
  const uint64_t k0 = LoadLittleEndian(key.data());
  const uint64_t k1 = LoadLittleEndian(key.data() + 8);
  // The initial words are "somepseudorandomlygeneratedbytes"; 0xee marks the variant with 128 bits.
  State state{k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du ^ 0xee, k0 ^ 0x6c7967656e657261u,
              k1 ^ 0x7465646279746573u};
  size_t at = 0;
  for (; message.size() - at >= 8; at += 8) state.Absorb(LoadLittleEndian(message.data() + at));
  const uint64_t tail = LoadLittleEndian(message.data() + at, message.size() - at);
  state.Absorb(tail | static_cast<uint64_t>(message.size() & 0xff) << 56);
  state.v2 ^= 0xee;
  state.Rounds(4);
  const uint64_t first = state.Fold();
  state.v1 ^= 0xdd;
  state.Rounds(4);
  return {first, state.Fold()};
}

}  // namespace cvm::wasi
