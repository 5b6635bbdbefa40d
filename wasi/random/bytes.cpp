#include "wasi/random/bytes.hpp"

#include <string>

#include "vm/base/try.hpp"

namespace cvm::wasi {
namespace {

Error NoEntropy(std::string_view function, FsError error) {
  return Error(ErrorKind::kIo, std::string(function) + ": no random numbers: " + std::string(FsErrorWords(error)));
}

}  // namespace

Result<std::vector<uint8_t>> RandomBytes(Entropy& entropy, uint64_t len, uint64_t limit, std::string_view function) {
  if (len > limit) {
    return TrapError(std::string(function) + ": length above the limit of " + std::to_string(limit) + " bytes");
  }
  std::vector<uint8_t> bytes(len);
  if (auto filled = entropy.Fill(bytes); !filled.ok()) return NoEntropy(function, filled.error());
  return bytes;
}

Result<uint64_t> RandomWord(Entropy& entropy, std::string_view function) {
  auto word = entropy.Next();
  if (!word.ok()) return NoEntropy(function, word.error());
  return *word;
}

}  // namespace cvm::wasi
