#include "wasi/random/insecure_seed.hpp"

namespace cvm::wasi {

Result<std::tuple<uint64_t, uint64_t>> HostInsecureSeed::InsecureSeed_() { return seed_; }

}  // namespace cvm::wasi
