// Directory listings by getdents64, which tells the difference between the end and an error and needs no lock; readdir
// keeps a hidden buffer and reports through errno alone.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "vm/base/utf8.hpp"
#include "wasi/os/dir.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/posix_fs.hpp"

namespace cvm::wasi {
namespace {

constexpr size_t kBufferBytes = 16 * 1024;

// Layout of linux_dirent64 (getdents(2)).
constexpr size_t kInodeAt = 0;
constexpr size_t kLengthAt = 16;
constexpr size_t kTypeAt = 18;
constexpr size_t kNameAt = 19;

template <class T>
T Load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

}  // namespace

DirStream::DirStream(UniqueFd fd) : fd_(std::move(fd)) {}

OsResult<std::optional<DirEntry>> DirStream::Next() {
  while (!done_) {
    if (position_ == end_) {
      buffer_.resize(kBufferBytes);
      const long count =
          RetryOnEintr([&] { return ::syscall(SYS_getdents64, fd_.get(), buffer_.data(), buffer_.size()); });
      // A directory that was removed while open is at its end.
      if (count < 0 && errno != ENOENT) return LastFsError();
      if (count <= 0) break;
      position_ = 0;
      end_ = static_cast<size_t>(count);
    }
    const uint8_t* record = buffer_.data() + position_;
    position_ += Load<uint16_t>(record + kLengthAt);
    const std::string name(reinterpret_cast<const char*>(record + kNameAt));
    if (name == "." || name == "..") continue;
    if (!IsValidUtf8(name)) return FsError::kIllegalByteSequence;
    DirEntry entry{FileTypeFromMode(DTTOIF(record[kTypeAt])), Load<uint64_t>(record + kInodeAt), name};
    if (entry.type == FileType::kUnknown) {
      struct stat status{};
      if (::fstatat(fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        entry.type = FileTypeFromMode(status.st_mode);
      }
    }
    return std::optional<DirEntry>(std::move(entry));
  }
  done_ = true;
  buffer_ = {};
  return std::optional<DirEntry>();
}

}  // namespace cvm::wasi
