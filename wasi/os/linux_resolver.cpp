// Resolution beneath a directory.
//
// openat2 does it in the kernel, in one call, atomically against renames. Where it is missing (Linux before 5.6, or a
// seccomp filter that does not know it) we walk: each component is opened with O_NOFOLLOW relative to the descriptor of
// the one before, never by a name with a slash in it, so that nobody who renames things meanwhile can make one step
// into two. A symbolic link is opened as itself (O_PATH | O_NOFOLLOW), read through that descriptor, and its text put
// in front of what is left to do. ".." is never given to the kernel, which would go to whatever the parent is *now*: we
// return to the descriptor that we came from. So a directory that is moved out of the tree during the walk can show its
// own content, as it could a moment before, but never its new surroundings (security rows FS-03, FS-04).
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "wasi/os/path.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/resolver.hpp"

namespace cvm::wasi {
namespace {

// openat2 answers EAGAIN when a rename anywhere on the machine races with a "..": try again this often, then walk.
constexpr int kOpenat2Tries = 32;
// Attempts at a last component that somebody keeps swapping between a link and something else.
constexpr int kSwapTries = 32;
// Ancestors whose descriptors the walk keeps open; beyond that it finds them again by their names.
constexpr size_t kOpenLevels = 64;

constexpr int kStepFlags = O_PATH | O_NOFOLLOW | O_CLOEXEC;

int Openat(int dir, const char* name, int flags, unsigned mode = 0) {
  return RetryOnEintr([&] { return ::openat(dir, name, flags, mode); });
}

class Walk {
 public:
  Walk(int base, int flags, unsigned mode)
      : base_(base),
        flags_(flags | O_NOFOLLOW | O_CLOEXEC),
        mode_(mode),
        // O_CREAT | O_EXCL does not follow the last component either (POSIX open).
        follow_((flags & O_NOFOLLOW) == 0 && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL)) {}

  OsResult<UniqueFd> Run(std::string_view path) {
    // As the kernel: a name to be created cannot be spelled as a directory.
    const bool spelled_as_directory = path.ends_with('/');
    Push(path);
    while (!todo_.empty()) {
      std::string name = std::move(todo_.back());
      todo_.pop_back();
      const bool last = todo_.empty();
      if (name == ".." || name == ".") {
        if (name == "..") {
          if (auto up = Up(); !up.ok()) return up.error();
        }
        if (last) return OpenHere();
        continue;
      }
      if (last) {
        bool expanded = false;
        auto opened = Last(name, &expanded);
        if (!expanded) return opened;
        continue;
      }
      const bool create_next = spelled_as_directory && (flags_ & O_CREAT) != 0 && todo_.size() == 1;
      if (create_next) return FsError::kIsDirectory;
      if (auto down = Down(std::move(name)); !down.ok()) return down.error();
    }
    return FsError::kNoEntry;
  }

 private:
  struct Level {
    UniqueFd fd;  // may have been closed again to save descriptors
    std::string name;
  };

  int top() const { return levels_.empty() ? base_ : levels_.back().fd.get(); }

  // Puts the components of `path` in front of what is left. A trailing slash is a "." at the end (POSIX 4.13).
  void Push(std::string_view path) {
    if (path.ends_with('/')) todo_.emplace_back(".");
    size_t end = path.size();
    while (end > 0) {
      const size_t slash = path.find_last_of('/', end - 1);
      const size_t start = slash == path.npos ? 0 : slash + 1;
      if (start < end) todo_.emplace_back(path.substr(start, end - start));
      end = slash == path.npos ? 0 : slash;
    }
  }

  // The link that `fd` is an O_PATH descriptor of is replaced by its text.
  OsResult<void> Expand(int fd) {
    if (++links_ > kMaxSymlinks) return FsError::kLoop;
    char target[kMaxPathLength + 1];
    const ssize_t length = ::readlinkat(fd, "", target, sizeof(target));
    if (length < 0) return LastFsError();
    if (length == 0) return FsError::kNoEntry;
    if (static_cast<size_t>(length) > kMaxPathLength) return FsError::kNameTooLong;
    if (target[0] == '/') return FsError::kNotPermitted;
    Push({target, static_cast<size_t>(length)});
    return {};
  }

  OsResult<void> Down(std::string name) {
    UniqueFd fd(Openat(top(), name.c_str(), kStepFlags));
    if (!fd.valid()) return LastFsError();
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0) return LastFsError();
    if (S_ISLNK(status.st_mode)) return Expand(fd.get());
    if (!S_ISDIR(status.st_mode)) return FsError::kNotDirectory;
    levels_.push_back({std::move(fd), std::move(name)});
    if (levels_.size() > kOpenLevels) levels_[levels_.size() - 1 - kOpenLevels].fd.Reset();
    return {};
  }

  OsResult<void> Up() {
    if (levels_.empty()) return FsError::kNotPermitted;
    levels_.pop_back();
    if (levels_.empty() || levels_.back().fd.valid()) return {};
    // The descriptor was given up: the names are those of real directories, so find them again from the base.
    for (size_t i = 0; i < levels_.size(); ++i) {
      const int from = i == 0 ? base_ : levels_[i - 1].fd.get();
      levels_[i].fd.Reset(Openat(from, levels_[i].name.c_str(), kStepFlags | O_DIRECTORY));
      if (!levels_[i].fd.valid()) return LastFsError();
      if (i >= kOpenLevels) levels_[i - kOpenLevels].fd.Reset();
    }
    return {};
  }

  // Opens the directory that the walk stands in.
  OsResult<UniqueFd> OpenHere() {
    UniqueFd fd(Openat(top(), ".", flags_, mode_));
    if (!fd.valid()) return LastFsError();
    return fd;
  }

  OsResult<UniqueFd> Last(const std::string& name, bool* expanded) {
    for (int i = 0; i < kSwapTries; ++i) {
      if (follow_) {
        UniqueFd probe(Openat(top(), name.c_str(), kStepFlags));
        if (!probe.valid() && (errno != ENOENT || (flags_ & O_CREAT) == 0)) return LastFsError();
        struct stat status{};
        if (probe.valid() && ::fstat(probe.get(), &status) != 0) return LastFsError();
        if (probe.valid() && S_ISLNK(status.st_mode)) {
          if (auto link = Expand(probe.get()); !link.ok()) return link.error();
          *expanded = true;
          return UniqueFd();
        }
        if (probe.valid() && (flags_ & O_PATH) != 0) {
          if ((flags_ & O_DIRECTORY) != 0 && !S_ISDIR(status.st_mode)) return FsError::kNotDirectory;
          return probe;
        }
      }
      UniqueFd fd(Openat(top(), name.c_str(), flags_, mode_));
      if (fd.valid()) return fd;
      // ELOOP after the probe saw no link: swapped in between, look again.
      if (!follow_ || errno != ELOOP) return LastFsError();
    }
    return FsError::kLoop;
  }

  int base_;
  int flags_;
  unsigned mode_;
  bool follow_;
  int links_ = 0;
  std::vector<Level> levels_;
  std::vector<std::string> todo_;  // the next component is the last element
};

}  // namespace

OsResult<UniqueFd> Resolver::Open(int base, std::string_view path, int flags, unsigned mode) const {
  if (!walking()) {
    const std::string name(path);
    open_how how{};
    how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
    how.mode = (flags & O_CREAT) != 0 ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    for (int i = 0; i < kOpenat2Tries; ++i) {
      UniqueFd fd(static_cast<int>(
          RetryOnEintr([&] { return ::syscall(SYS_openat2, base, name.c_str(), &how, sizeof(how)); })));
      if (fd.valid()) return fd;
      if (errno == EXDEV) return FsError::kNotPermitted;
      if (errno != EAGAIN) break;
    }
    // EPERM is also an honest answer of the file system (an immutable file, O_NOATIME): then the walk repeats it.
    if (errno != ENOSYS && errno != EPERM && errno != EAGAIN) return LastFsError();
    if (mode_ == ResolveMode::kOpenat2) return LastFsError();
    if (errno == ENOSYS) walking_.store(true, std::memory_order_relaxed);
  }
  return Walk(base, flags, mode).Run(path);
}

OsResult<ParentAndName> Resolver::OpenParent(int base, std::string_view path) const {
  const SplitPath split = SplitLast(path);
  if (split.name == "..") {
    // The calls that act on an entry refuse ".." with errors of their own, but leaving is a different offence.
    auto there = Open(base, path, O_PATH | O_DIRECTORY);
    if (!there.ok()) return there.error();
  }
  ParentAndName result;
  result.fd = base;
  result.name = split.name;
  result.trailing_slash = split.trailing_slash;
  if (split.trailing_slash) result.name += '/';
  if (!split.parent.empty()) {
    auto parent = Open(base, split.parent, O_PATH | O_DIRECTORY);
    if (!parent.ok()) return parent.error();
    result.opened = *std::move(parent);
    result.fd = result.opened.get();
  }
  return result;
}

}  // namespace cvm::wasi
