// Opening, listing and looking at things beneath a directory. The operations that change entries: posix_dir_mutate.cpp.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasi/os/dir.hpp"
#include "wasi/os/file.hpp"
#include "wasi/os/path.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/posix_fs.hpp"

namespace cvm::wasi {
namespace {

constexpr unsigned kNewFileMode = 0666;  // less the umask

// Opened objects never block the thread (a FIFO without a writer would, FS-09) and never become the terminal of the
// process.
constexpr int kAlways = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

int AccessMode(const OpenOptions& options) {
  const bool write = options.access.write || options.create;
  // Truncation needs a descriptor open for writing (O_RDONLY | O_TRUNC is undefined); the guest still gets no more
  // than it asked for.
  if (!write && !options.truncate) return O_RDONLY;
  return options.access.read || !options.access.write ? O_RDWR : O_WRONLY;
}

int OpenFlagsFrom(const OpenOptions& options) {
  int flags = AccessMode(options) | kAlways;
  if (!options.symlink_follow) flags |= O_NOFOLLOW;
  if (options.create) flags |= O_CREAT;
  // Without create, exclusive means nothing (POSIX leaves it undefined).
  if (options.create && options.exclusive) flags |= O_EXCL;
  if (options.directory) flags |= O_DIRECTORY;
  if (options.truncate) flags |= O_TRUNC;
  if (options.flags.data_sync) flags |= O_DSYNC;
  if (options.flags.file_sync) flags |= O_SYNC;
  if (options.flags.read_sync) flags |= O_RSYNC;
  return flags;
}

}  // namespace

Dir::Dir(UniqueFd fd, Rights rights, AccessFlags access, std::shared_ptr<const FsContext> context)
    : Descriptor(std::move(fd), FileType::kDirectory, rights, access, FileFlags{}, std::move(context)) {}

OsResult<void> Dir::CheckPathAnd(std::string_view path, Rights needed) const {
  if (auto checked = CheckPath(path, context().options().portable_names); !checked.ok()) return checked;
  if (needed.read && !rights().read) return FsError::kNotPermitted;
  if (!rights().Contains({false, needed.write, needed.mutate})) return FsError::kReadOnly;
  return {};
}

OsResult<void> Dir::CheckOpen(std::string_view path, const OpenOptions& options) const {
  Rights needed{false, false, false};
  // One line a flag (security row FS-05): whatever could lead to a change asks for the right to it.
  needed.read = options.access.read || !(options.access.write || options.create);
  needed.write = options.access.write || options.create || options.truncate;
  needed.mutate = options.access.mutate_directory || options.create;
  if (auto checked = CheckPathAnd(path, needed); !checked.ok()) return checked;
  if (options.directory && (options.create || options.exclusive || options.truncate)) return FsError::kInvalid;
  return {};
}

OsResult<std::shared_ptr<Descriptor>> Dir::OpenAt(std::string_view path, const OpenOptions& options) const {
  if (auto checked = CheckOpen(path, options); !checked.ok()) return checked.error();
  auto opened = context().resolver().Open(fd(), path, OpenFlagsFrom(options), kNewFileMode);
  if (!opened.ok()) return Refine(path, opened.error());
  auto status = StatFd(opened->get());
  if (!status.ok()) return status.error();

  const Rights rights = this->rights().Intersect(options.rights);
  if (status->type == FileType::kDirectory) {
    const AccessFlags access{true, false, options.access.mutate_directory && rights.mutate};
    return std::shared_ptr<Descriptor>(std::make_shared<Dir>(*std::move(opened), rights, access, shared_context()));
  }
  const bool device = status->type == FileType::kBlockDevice || status->type == FileType::kCharacterDevice;
  if (device && !context().options().allow_devices) return FsError::kNotPermitted;
  AccessFlags access{options.access.read, options.access.write || options.create, false};
  if (!options.access.read && !options.access.write) access.read = true;
  return std::shared_ptr<Descriptor>(
      std::make_shared<File>(*std::move(opened), status->type, rights, access, options.flags, shared_context()));
}

OsResult<DirStream> Dir::Read() const {
  if (!rights().read) return FsError::kNotPermitted;
  // A description of its own, hence a position of its own.
  UniqueFd own(RetryOnEintr([&] { return ::openat(fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!own.valid()) return LastFsError();
  return DirStream(std::move(own));
}

OsResult<UniqueFd> Dir::OpenPath(std::string_view path, bool symlink_follow) const {
  return context().resolver().Open(fd(), path, O_PATH | (symlink_follow ? 0 : O_NOFOLLOW));
}

OsResult<FileStat> Dir::StatAt(std::string_view path, bool symlink_follow) const {
  if (auto checked = CheckPathAnd(path, Rights::ReadOnly()); !checked.ok()) return checked.error();
  auto opened = OpenPath(path, symlink_follow);
  if (!opened.ok()) return opened.error();
  return StatFd(opened->get());
}

OsResult<MetadataHash> Dir::HashMetadataAt(std::string_view path, bool symlink_follow) const {
  auto status = StatAt(path, symlink_follow);
  if (!status.ok()) return status.error();
  return HashOf(*status, context());
}

OsResult<std::string> Dir::ReadLinkAt(std::string_view path) const {
  if (auto checked = CheckPathAnd(path, Rights::ReadOnly()); !checked.ok()) return checked.error();
  auto opened = OpenPath(path, false);
  if (!opened.ok()) return opened.error();
  char target[kMaxPathLength + 1];
  const ssize_t length = ::readlinkat(opened->get(), "", target, sizeof(target));
  if (length < 0) {
    // readlinkat of an empty path says ENOENT for what is no link; readlink(2) says EINVAL.
    return errno == ENOENT ? FsError::kInvalid : LastFsError();
  }
  const std::string_view text(target, static_cast<size_t>(length));
  if (text.size() > kMaxPathLength) return FsError::kNameTooLong;
  if (auto checked = CheckLinkTarget(text, false); !checked.ok()) return checked.error();
  return std::string(text);
}

OsResult<std::shared_ptr<Dir>> OpenHostDirectory(const std::string& path, Rights rights, const FsOptions& options) {
  UniqueFd fd(RetryOnEintr([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY); }));
  if (!fd.valid()) return LastFsError();
  const AccessFlags access{rights.read, false, rights.mutate};
  return std::make_shared<Dir>(std::move(fd), rights, access, std::make_shared<const FsContext>(options));
}

}  // namespace cvm::wasi
