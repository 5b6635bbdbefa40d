// wasi:random/random over an Entropy, which is used, not owned. As thread-safe as that.
#pragma once

#include <cstdint>
#include <vector>

#include "gen/wasi/random/random.hpp"
#include "wasi/os/entropy.hpp"
#include "wasi/random/bytes.hpp"

namespace cvm::wasi {

class HostRandom final : public random::Random {
 public:
  explicit HostRandom(Entropy& entropy, uint64_t limit = kDefaultRandomLimit) : entropy_(entropy), limit_(limit) {}

  Result<std::vector<uint8_t>> GetRandomBytes(uint64_t len) override;
  Result<uint64_t> GetRandomU64() override;

 private:
  Entropy& entropy_;
  uint64_t limit_;
};

}  // namespace cvm::wasi
