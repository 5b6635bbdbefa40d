// wasi:random/insecure: a generator of its own, seeded once, so that cheap numbers cost no system call and say nothing
// about the good ones. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "gen/wasi/random/insecure.hpp"
#include "wasi/os/entropy.hpp"
#include "wasi/random/bytes.hpp"

namespace cvm::wasi {

class HostInsecure final : public random::Insecure {
 public:
  explicit HostInsecure(uint64_t seed, uint64_t limit = kDefaultRandomLimit) : entropy_(seed), limit_(limit) {}

  Result<std::vector<uint8_t>> GetInsecureRandomBytes(uint64_t len) override;
  Result<uint64_t> GetInsecureRandomU64() override;

 private:
  SeededEntropy entropy_;
  uint64_t limit_;
};

}  // namespace cvm::wasi
