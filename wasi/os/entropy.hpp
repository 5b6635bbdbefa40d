// Entropy: the seam to random bytes. SystemEntropy asks the kernel and may be shared between threads; SeededEntropy
// gives the same bytes for the same seed (tests, reproducible runs; also wasi:random/insecure) and is one thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

class Entropy {
 public:
  virtual ~Entropy() = default;
  // Fills all of `out`, or fails and leaves nothing that may be used.
  virtual OsResult<void> Fill(std::span<uint8_t> out) = 0;
  // Eight bytes as a number.
  OsResult<uint64_t> Next();
};

// Cryptographically secure bytes of the kernel.
std::unique_ptr<Entropy> MakeSystemEntropy();

// xoshiro256** with its state set from `seed` by splitmix64. Not secure.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(uint64_t seed);
  OsResult<void> Fill(std::span<uint8_t> out) override;

 private:
  uint64_t Step();

  uint64_t state_[4];
};

}  // namespace cvm::wasi
