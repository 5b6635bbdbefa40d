// Operations that change entries. Each resolves the parent beneath the directory and then acts on the last component by
// a call that never follows it, so that there is no moment between a check and its use.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasi/os/dir.hpp"
#include "wasi/os/path.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/posix_fs.hpp"

namespace cvm::wasi {
namespace {

constexpr mode_t kNewDirectoryMode = 0777;  // less the umask
constexpr Rights kMutate{false, false, true};

}  // namespace

// "link/" names what the link leads to. The kernel's calls fail on it with errors of their own (ENOTDIR, EEXIST,
// EISDIR), which would hide an escape.
FsError Dir::Refine(std::string_view path, FsError error) const {
  if (path.ends_with('/')) {
    auto there = context().resolver().Open(fd(), path, O_PATH | O_DIRECTORY);
    if (there.Is(FsError::kNotPermitted)) return FsError::kNotPermitted;
  }
  return error;
}

OsResult<void> Dir::SetTimesAt(std::string_view path, bool symlink_follow, const NewTimestamp& access,
                               const NewTimestamp& modification) const {
  if (auto checked = CheckPathAnd(path, {false, true, true}); !checked.ok()) return checked;
  auto opened = OpenPath(path, symlink_follow);
  if (!opened.ok()) return opened.error();
  const auto times = TimesFrom(access, modification);
  const timespec array[2] = {times.first, times.second};
  // The descriptor is O_PATH, so it may be a link itself; futimens takes no such descriptor.
  if (RetryOnEintr([&] { return ::utimensat(opened->get(), "", array, AT_EMPTY_PATH); }) == 0) return {};
  if (errno != EINVAL && errno != ENOENT && errno != EBADF) return LastFsError();
  // Linux before 5.8 knows no AT_EMPTY_PATH here.
  if (!symlink_follow && SplitLast(path).name != "..") {
    auto parent = context().resolver().OpenParent(fd(), path);
    if (!parent.ok()) return parent.error();
    if (!parent->trailing_slash) {
      const int result = ::utimensat(parent->fd, parent->name.c_str(), array, AT_SYMLINK_NOFOLLOW);
      if (result != 0) return LastFsError();
      return {};
    }
  }
  auto readable = context().resolver().Open(fd(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!readable.ok()) return readable.error();
  if (::futimens(readable->get(), array) != 0) return LastFsError();
  return {};
}

OsResult<void> Dir::CreateDirectoryAt(std::string_view path) const {
  if (auto checked = CheckPathAnd(path, kMutate); !checked.ok()) return checked;
  auto parent = context().resolver().OpenParent(fd(), path);
  if (!parent.ok()) return parent.error();
  if (::mkdirat(parent->fd, parent->name.c_str(), kNewDirectoryMode) == 0) return {};
  return Refine(path, LastFsError());
}

OsResult<void> Dir::RemoveDirectoryAt(std::string_view path) const {
  if (auto checked = CheckPathAnd(path, kMutate); !checked.ok()) return checked;
  auto parent = context().resolver().OpenParent(fd(), path);
  if (!parent.ok()) return parent.error();
  if (::unlinkat(parent->fd, parent->name.c_str(), AT_REMOVEDIR) == 0) return {};
  return Refine(path, LastFsError());
}

OsResult<void> Dir::UnlinkFileAt(std::string_view path) const {
  if (auto checked = CheckPathAnd(path, kMutate); !checked.ok()) return checked;
  auto parent = context().resolver().OpenParent(fd(), path);
  if (!parent.ok()) return parent.error();
  if (::unlinkat(parent->fd, parent->name.c_str(), 0) == 0) return {};
  return Refine(path, LastFsError());
}

OsResult<void> Dir::SymlinkAt(std::string_view target, std::string_view path) const {
  if (auto checked = CheckPathAnd(path, kMutate); !checked.ok()) return checked;
  if (auto checked = CheckLinkTarget(target, context().options().portable_names); !checked.ok()) return checked;
  auto parent = context().resolver().OpenParent(fd(), path);
  if (!parent.ok()) return parent.error();
  if (::symlinkat(std::string(target).c_str(), parent->fd, parent->name.c_str()) == 0) return {};
  return Refine(path, LastFsError());
}

OsResult<void> Dir::CheckMove(std::string_view old_path, const Dir& new_dir, std::string_view new_path) const {
  if (auto checked = CheckPathAnd(old_path, kMutate); !checked.ok()) return checked;
  if (auto checked = new_dir.CheckPathAnd(new_path, kMutate); !checked.ok()) return checked;
  if (!rights().Contains(new_dir.rights())) return FsError::kNotPermitted;
  return {};
}

OsResult<void> Dir::RenameAt(std::string_view old_path, const Dir& new_dir, std::string_view new_path) const {
  if (auto checked = CheckMove(old_path, new_dir, new_path); !checked.ok()) return checked;
  auto from = context().resolver().OpenParent(fd(), old_path);
  if (!from.ok()) return from.error();
  auto to = new_dir.context().resolver().OpenParent(new_dir.fd(), new_path);
  if (!to.ok()) return to.error();
  if (::renameat(from->fd, from->name.c_str(), to->fd, to->name.c_str()) == 0) return {};
  return new_dir.Refine(new_path, Refine(old_path, LastFsError()));
}

OsResult<void> Dir::LinkAt(bool symlink_follow, std::string_view old_path, const Dir& new_dir,
                           std::string_view new_path) const {
  if (auto checked = CheckMove(old_path, new_dir, new_path); !checked.ok()) return checked;
  if (symlink_follow) return FsError::kInvalid;
  auto from = context().resolver().OpenParent(fd(), old_path);
  if (!from.ok()) return from.error();
  if (from->trailing_slash) {
    // linkat would follow "link/", out of the tree even. What such a path can name at all is a directory.
    auto there = context().resolver().Open(fd(), old_path, O_PATH | O_DIRECTORY);
    return there.ok() ? FsError::kNotPermitted : there.error();
  }
  auto to = new_dir.context().resolver().OpenParent(new_dir.fd(), new_path);
  if (!to.ok()) return to.error();
  if (::linkat(from->fd, from->name.c_str(), to->fd, to->name.c_str(), 0) == 0) return {};
  return new_dir.Refine(new_path, LastFsError());
}

}  // namespace cvm::wasi
