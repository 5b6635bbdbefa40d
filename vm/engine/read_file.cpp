#include "vm/engine/read_file.hpp"

#include <algorithm>
#include <fstream>

#include "vm/base/try.hpp"

namespace cvm {

Result<std::vector<uint8_t>> ReadFile(const std::string& path, const LoadLimits& limits, LoadLimit which) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(ErrorKind::kIo, "cannot open `" + path + "`");
  std::vector<uint8_t> bytes;
  char block[1 << 16];
  while (file.read(block, sizeof block) || file.gcount() != 0) {
    bytes.insert(bytes.end(), block, block + file.gcount());
    if (bytes.size() > limits.*which) return std::move(LimitExceeded(limits, which, bytes.size()).In(path));
  }
  if (file.bad()) return Error(ErrorKind::kIo, "cannot read `" + path + "`");
  return bytes;
}

}  // namespace cvm
