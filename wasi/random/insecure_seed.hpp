// wasi:random/insecure-seed: the same pair for as long as the host lives, another for the next. Immutable.
#pragma once

#include <cstdint>
#include <tuple>

#include "gen/wasi/random/insecure_seed.hpp"

namespace cvm::wasi {

class HostInsecureSeed final : public random::InsecureSeed {
 public:
  HostInsecureSeed(uint64_t first, uint64_t second) : seed_(first, second) {}

  Result<std::tuple<uint64_t, uint64_t>> InsecureSeed_() override;

 private:
  std::tuple<uint64_t, uint64_t> seed_;
};

}  // namespace cvm::wasi
