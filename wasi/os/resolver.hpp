// Resolver: opens paths beneath a directory and nowhere else.
//
// Every path of a guest goes through here, on every operation, relative to the descriptor of its directory; nothing is
// checked by name first and opened by name later. Two ways to the same answer: openat2(2) with RESOLVE_BENEATH, and a
// walk of our own (essay in linux_resolver.cpp). Flags are open(2)'s; only posix_*.cpp and linux_*.cpp include this.
// Stateless but for what it has learnt about the kernel; any number of threads.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "wasi/os/fs_types.hpp"
#include "wasi/os/os_result.hpp"
#include "wasi/os/unique_fd.hpp"

namespace cvm::wasi {

// A directory and the name of an entry in it, for calls that act on the entry itself (unlinkat and its kin, none of
// which follows the last component). The name keeps a trailing slash: the kernel knows what it means for each call.
struct ParentAndName {
  UniqueFd opened;  // holds `fd` unless that is the base itself
  int fd = -1;
  std::string name;
  bool trailing_slash = false;
};

class Resolver {
 public:
  explicit Resolver(ResolveMode mode) : mode_(mode), walking_(mode == ResolveMode::kWalk) {}

  // open(2) of `path` beneath `base`; O_CLOEXEC is added. An escape is kNotPermitted. With O_NOFOLLOW the last
  // component is not followed, unless a slash comes after it. REQUIRES: CheckPath(path).ok().
  OsResult<UniqueFd> Open(int base, std::string_view path, int flags, unsigned mode = 0) const;

  // The parent of the last component of `path`. A last component of ".." is returned only if it stays beneath `base`.
  // REQUIRES: CheckPath(path).ok().
  OsResult<ParentAndName> OpenParent(int base, std::string_view path) const;

  // True once paths are resolved by the walk.
  bool walking() const { return walking_.load(std::memory_order_relaxed); }

 private:
  ResolveMode mode_;
  mutable std::atomic<bool> walking_;
};

}  // namespace cvm::wasi
