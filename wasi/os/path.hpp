// Paths as guests spell them: what may be said at all, before any file system is asked. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

// Longest path, in bytes; one less than Linux's PATH_MAX, which counts the NUL.
inline constexpr size_t kMaxPathLength = 4095;
// Symbolic links that one look-up may pass through (Linux's own limit).
inline constexpr int kMaxSymlinks = 40;

// The checks that hold for every path argument: empty is kNoEntry, a NUL kInvalid, ill-formed UTF-8
// kIllegalByteSequence, more than kMaxPathLength bytes kNameTooLong, absolute kNotPermitted.
// With `portable_names`, kNotPermitted for a component that is not IsPortableName.
OsResult<void> CheckPath(std::string_view path, bool portable_names);

// The checks of a symbolic link's target: as CheckPath.
OsResult<void> CheckLinkTarget(std::string_view target, bool portable_names);

// False for names that Windows takes for devices (CON, NUL, COM1 and its superscript forms, with or without an
// extension), for drives, streams and other separators (`:`, `\`), and for names with a trailing dot or space, which it
// drops (security row FS-08).
bool IsPortableName(std::string_view component);

// A path cut before its last component: "a/b//" is {"a", "b", true}; "b" is {"", "b", false}.
struct SplitPath {
  std::string_view parent;
  std::string_view name;
  bool trailing_slash;
};
// REQUIRES: CheckPath(path).ok().
SplitPath SplitLast(std::string_view path);

}  // namespace cvm::wasi
