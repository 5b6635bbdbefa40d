#include "wasi/random/random.hpp"

namespace cvm::wasi {

Result<std::vector<uint8_t>> HostRandom::GetRandomBytes(uint64_t len) {
  return RandomBytes(entropy_, len, limit_, "get-random-bytes");
}

Result<uint64_t> HostRandom::GetRandomU64() { return RandomWord(entropy_, "get-random-u64"); }

}  // namespace cvm::wasi
