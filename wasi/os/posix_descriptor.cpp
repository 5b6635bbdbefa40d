#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "wasi/os/descriptor.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/posix_fs.hpp"
#include "wasi/os/siphash.hpp"

namespace cvm::wasi {
namespace {

WallTime WallTimeFrom(const timespec& time) { return WallTime{time.tv_sec, static_cast<uint32_t>(time.tv_nsec)}; }

timespec TimespecFrom(const NewTimestamp& timestamp) {
  timespec time{};
  switch (timestamp.kind) {
    case NewTimestamp::Kind::kNoChange:
      time.tv_nsec = UTIME_OMIT;
      break;
    case NewTimestamp::Kind::kNow:
      time.tv_nsec = UTIME_NOW;
      break;
    case NewTimestamp::Kind::kTimestamp:
      time.tv_sec = timestamp.time.seconds;
      time.tv_nsec = timestamp.time.nanoseconds;
      break;
  }
  return time;
}

}  // namespace

FileType FileTypeFromMode(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegularFile;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISLNK(mode)) return FileType::kSymbolicLink;
  if (S_ISFIFO(mode)) return FileType::kFifo;
  if (S_ISCHR(mode)) return FileType::kCharacterDevice;
  if (S_ISBLK(mode)) return FileType::kBlockDevice;
  if (S_ISSOCK(mode)) return FileType::kSocket;
  return FileType::kUnknown;
}

FileStat FileStatFrom(const struct stat& status) {
  FileStat result;
  result.type = FileTypeFromMode(status.st_mode);
  result.device = status.st_dev;
  result.inode = status.st_ino;
  result.link_count = status.st_nlink;
  result.size = status.st_size < 0 ? 0 : static_cast<uint64_t>(status.st_size);
  result.access = WallTimeFrom(status.st_atim);
  result.modification = WallTimeFrom(status.st_mtim);
  result.status_change = WallTimeFrom(status.st_ctim);
  return result;
}

OsResult<FileStat> StatFd(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return LastFsError();
  return FileStatFrom(status);
}

std::pair<timespec, timespec> TimesFrom(const NewTimestamp& access, const NewTimestamp& modification) {
  return {TimespecFrom(access), TimespecFrom(modification)};
}

MetadataHash HashOf(const FileStat& status, const FsContext& context) {
  const uint64_t fields[] = {status.device,
                             status.inode,
                             status.size,
                             static_cast<uint64_t>(status.modification.seconds),
                             status.modification.nanoseconds,
                             static_cast<uint64_t>(status.type)};
  uint8_t message[sizeof(fields)];
  std::memcpy(message, fields, sizeof(fields));
  const auto words = SipHash128(context.options().hash_key, message);
  return MetadataHash{words[0], words[1]};
}

Descriptor::Descriptor(UniqueFd fd, FileType type, Rights rights, AccessFlags access, FileFlags flags,
                       std::shared_ptr<const FsContext> context)
    : flags_(flags), fd_(std::move(fd)), type_(type), rights_(rights), access_(access), context_(std::move(context)) {}

Descriptor::~Descriptor() = default;

OsResult<FileStat> Descriptor::Stat() const { return StatFd(fd_.get()); }

OsResult<void> Descriptor::SetTimes(const NewTimestamp& access, const NewTimestamp& modification) const {
  const bool allowed = type_ == FileType::kDirectory ? rights_.mutate : rights_.write;
  if (!allowed) return FsError::kReadOnly;
  const auto times = TimesFrom(access, modification);
  const timespec array[2] = {times.first, times.second};
  if (RetryOnEintr([&] { return ::futimens(fd_.get(), array); }) != 0) return LastFsError();
  return {};
}

OsResult<void> Descriptor::SyncWith(int (*sync)(int)) const {
  const bool changes = type_ == FileType::kDirectory ? rights_.mutate : access_.write;
  if (!changes) return {};
  if (RetryOnEintr([&] { return sync(fd_.get()); }) == 0) return {};
  // Pipes and some special files have nothing to synchronise.
  if (errno == EINVAL || errno == EROFS) return {};
  return LastFsError();
}

OsResult<void> Descriptor::Sync() const { return SyncWith(::fsync); }
OsResult<void> Descriptor::SyncData() const { return SyncWith(::fdatasync); }

OsResult<MetadataHash> Descriptor::HashMetadata() const {
  auto status = Stat();
  if (!status.ok()) return status.error();
  return HashOf(*status, *context_);
}

OsResult<bool> Descriptor::IsSameObject(const Descriptor& other) const {
  auto mine = Stat();
  if (!mine.ok()) return mine.error();
  auto theirs = other.Stat();
  if (!theirs.ok()) return theirs.error();
  return mine->IsSameObject(*theirs);
}

}  // namespace cvm::wasi
