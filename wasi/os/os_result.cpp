#include "wasi/os/os_result.hpp"

#include <array>

namespace cvm::wasi {

std::string_view FsErrorName(FsError error) {
  static constexpr std::array<std::string_view, kFsErrorCount> kNames = {
      "access",
      "would-block",
      "already",
      "bad-descriptor",
      "busy",
      "deadlock",
      "quota",
      "exist",
      "file-too-large",
      "illegal-byte-sequence",
      "in-progress",
      "interrupted",
      "invalid",
      "io",
      "is-directory",
      "loop",
      "too-many-links",
      "message-size",
      "name-too-long",
      "no-device",
      "no-entry",
      "no-lock",
      "insufficient-memory",
      "insufficient-space",
      "not-directory",
      "not-empty",
      "not-recoverable",
      "unsupported",
      "no-tty",
      "no-such-device",
      "overflow",
      "not-permitted",
      "pipe",
      "read-only",
      "invalid-seek",
      "text-file-busy",
      "cross-device",
  };
  static_assert(!kNames.back().empty(), "a name for every case");
  return kNames[static_cast<size_t>(error)];
}

}  // namespace cvm::wasi
