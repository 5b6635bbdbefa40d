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

std::string_view FsErrorWords(FsError error) {
  static constexpr std::array<std::string_view, kFsErrorCount> kWords = {
      "access denied",
      "the operation would block",
      "already in progress",
      "bad descriptor",
      "resource busy",
      "deadlock avoided",
      "disk quota exceeded",
      "already exists",
      "file too large",
      "illegal byte sequence",
      "in progress",
      "interrupted",
      "invalid argument",
      "input/output error",
      "is a directory",
      "too many levels of symbolic links",
      "too many links",
      "message too long",
      "name too long",
      "no such device",
      "no such file or directory",
      "no locks available",
      "out of memory",
      "no space left on device",
      "not a directory",
      "directory not empty",
      "state not recoverable",
      "not supported",
      "not a terminal",
      "no such device or address",
      "value too large",
      "operation not permitted",
      "broken pipe",
      "read-only file system",
      "invalid seek",
      "text file busy",
      "crosses file systems",
  };
  static_assert(!kWords.back().empty(), "words for every case");
  return kWords[static_cast<size_t>(error)];
}

}  // namespace cvm::wasi
