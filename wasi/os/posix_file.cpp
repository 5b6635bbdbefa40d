#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "wasi/os/file.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/posix_fs.hpp"
#include "wasi/os/posix_pipe.hpp"

namespace cvm::wasi {

File::File(UniqueFd fd, FileType type, Rights rights, AccessFlags access, FileFlags flags,
           std::shared_ptr<const FsContext> context)
    : Descriptor(std::move(fd), type, rights, access, flags, std::move(context)) {}

OsResult<void> File::CheckWritable() const {
  if (!access().write) return FsError::kBadDescriptor;
  if (!rights().write) return FsError::kReadOnly;
  return {};
}

OsResult<size_t> File::ReadAt(std::span<uint8_t> out, uint64_t offset) const {
  if (!access().read) return FsError::kBadDescriptor;
  if (!rights().read) return FsError::kNotPermitted;
  if (!IsSeekable()) {
    const ssize_t count = RetryOnEintr([&] { return ::read(fd(), out.data(), out.size()); });
    if (count < 0) return LastFsError();
    return static_cast<size_t>(count);
  }
  if (!FitsOffset(offset)) return FsError::kInvalid;
  // The kernel refuses ranges that end past the largest offset; there is nothing to read there.
  out = out.first(std::min<uint64_t>(out.size(), static_cast<uint64_t>(INT64_MAX) - offset));
  const ssize_t count = RetryOnEintr([&] { return ::pread(fd(), out.data(), out.size(), static_cast<off_t>(offset)); });
  if (count < 0) return LastFsError();
  return static_cast<size_t>(count);
}

OsResult<size_t> File::WriteAt(std::span<const uint8_t> bytes, uint64_t offset) const {
  if (auto writable = CheckWritable(); !writable.ok()) return writable.error();
  if (!IsSeekable()) {
    const ssize_t count = WriteWithoutSigpipe(fd(), bytes);
    if (count < 0) return LastFsError();
    return static_cast<size_t>(count);
  }
  if (!FitsOffset(offset, bytes.size())) return FsError::kFileTooLarge;
  const ssize_t count =
      RetryOnEintr([&] { return ::pwrite(fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
  if (count < 0) return LastFsError();
  return static_cast<size_t>(count);
}

OsResult<size_t> File::Append(std::span<const uint8_t> bytes) const {
  if (!IsSeekable()) return WriteAt(bytes, 0);
  if (auto writable = CheckWritable(); !writable.ok()) return writable.error();
  // RWF_APPEND appends once, whatever the flags of the description; O_APPEND would make every pwrite append (pwrite(2),
  // BUGS), so it is never set on our descriptors.
  const iovec vector{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  const ssize_t count = RetryOnEintr([&] { return ::pwritev2(fd(), &vector, 1, 0, RWF_APPEND); });
  if (count >= 0) return static_cast<size_t>(count);
  if (errno != ENOSYS && errno != EOPNOTSUPP) return LastFsError();
  // Kernels before 4.16: not atomic against other processes, the best there is without reopening.
  const auto status = Stat();
  if (!status.ok()) return status.error();
  return WriteAt(bytes, status->size);
}

OsResult<void> File::Advise(uint64_t offset, uint64_t length, Advice advice) const {
  static constexpr std::array<int, 6> kAdvice = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                                 POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (!FitsOffset(offset) || !FitsOffset(length)) return FsError::kInvalid;
  // A range past the largest offset is legal advice about nothing; the kernel wants the sum to fit.
  if (!FitsOffset(offset, length)) length = 0;
  const int error = ::posix_fadvise(fd(), static_cast<off_t>(offset), static_cast<off_t>(length),
                                    kAdvice[static_cast<size_t>(advice)]);
  if (error != 0) return FsErrorFromErrno(error);
  return {};
}

OsResult<void> File::Allocate(uint64_t offset, uint64_t length) const {
  if (auto writable = CheckWritable(); !writable.ok()) return writable.error();
  if (length == 0) return FsError::kInvalid;
  if (!FitsOffset(offset, length)) return FsError::kFileTooLarge;
  const int result =
      RetryOnEintr([&] { return ::fallocate(fd(), 0, static_cast<off_t>(offset), static_cast<off_t>(length)); });
  if (result != 0) return LastFsError();
  return {};
}

OsResult<void> File::SetSize(uint64_t size) const {
  if (auto writable = CheckWritable(); !writable.ok()) return writable.error();
  if (!FitsOffset(size)) return FsError::kFileTooLarge;
  if (RetryOnEintr([&] { return ::ftruncate(fd(), static_cast<off_t>(size)); }) != 0) return LastFsError();
  return {};
}

OsResult<void> File::SetFlags(const FileFlags& flags) {
  FileFlags same = flags;
  same.append = flags_.append;
  same.nonblock = flags_.nonblock;
  if (same != flags_) return FsError::kUnsupported;
  flags_ = flags;
  return {};
}

}  // namespace cvm::wasi
