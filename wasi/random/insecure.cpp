#include "wasi/random/insecure.hpp"

namespace cvm::wasi {

Result<std::vector<uint8_t>> HostInsecure::GetInsecureRandomBytes(uint64_t len) {
  return RandomBytes(entropy_, len, limit_, "get-insecure-random-bytes");
}

Result<uint64_t> HostInsecure::GetInsecureRandomU64() { return RandomWord(entropy_, "get-insecure-random-u64"); }

}  // namespace cvm::wasi
