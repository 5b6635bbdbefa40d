#include "wasi/os/posix_errno.hpp"

#include <array>

namespace cvm::wasi {
namespace {

struct Row {
  int error;
  FsError code;
};

// A list and not a switch: several of these are one number on some platforms (EAGAIN and EWOULDBLOCK, ENOTSUP and
// EOPNOTSUPP), and the first row wins.
constexpr std::array kRows = {
    Row{EACCES, FsError::kAccess},
    Row{EAGAIN, FsError::kWouldBlock},
    Row{EWOULDBLOCK, FsError::kWouldBlock},
    Row{EALREADY, FsError::kAlready},
    Row{EBADF, FsError::kBadDescriptor},
    Row{EBUSY, FsError::kBusy},
    Row{EDEADLK, FsError::kDeadlock},
    Row{EDQUOT, FsError::kQuota},
    Row{EEXIST, FsError::kExist},
    Row{EFBIG, FsError::kFileTooLarge},
    Row{EILSEQ, FsError::kIllegalByteSequence},
    Row{EINPROGRESS, FsError::kInProgress},
    Row{EINTR, FsError::kInterrupted},
    Row{EINVAL, FsError::kInvalid},
    Row{EIO, FsError::kIo},
    Row{EISDIR, FsError::kIsDirectory},
    Row{ELOOP, FsError::kLoop},
    Row{EMLINK, FsError::kTooManyLinks},
    Row{EMSGSIZE, FsError::kMessageSize},
    Row{ENAMETOOLONG, FsError::kNameTooLong},
    Row{ENODEV, FsError::kNoDevice},
    Row{ENOENT, FsError::kNoEntry},
    Row{ENOLCK, FsError::kNoLock},
    Row{ENOMEM, FsError::kInsufficientMemory},
    Row{ENOSPC, FsError::kInsufficientSpace},
    Row{ENOTDIR, FsError::kNotDirectory},
    Row{ENOTEMPTY, FsError::kNotEmpty},
    Row{ENOTRECOVERABLE, FsError::kNotRecoverable},
    Row{ENOTSUP, FsError::kUnsupported},
    Row{EOPNOTSUPP, FsError::kUnsupported},
    Row{ENOSYS, FsError::kUnsupported},
    Row{ENOTTY, FsError::kNoTty},
    Row{ENXIO, FsError::kNoSuchDevice},
    Row{EOVERFLOW, FsError::kOverflow},
    Row{EPERM, FsError::kNotPermitted},
    Row{EPIPE, FsError::kPipe},
    Row{EROFS, FsError::kReadOnly},
    Row{ESPIPE, FsError::kInvalidSeek},
    Row{ETXTBSY, FsError::kTextFileBusy},
    Row{EXDEV, FsError::kCrossDevice},
    // No case of their own: a table of the host that is full is the host's memory from where the guest stands.
    Row{EMFILE, FsError::kInsufficientMemory},
    Row{ENFILE, FsError::kInsufficientMemory},
    Row{ENOBUFS, FsError::kInsufficientMemory},
    Row{E2BIG, FsError::kInvalid},
    Row{EFAULT, FsError::kInvalid},
};

}  // namespace

FsError FsErrorFromErrno(int error) {
  for (const Row& row : kRows) {
    if (row.error == error) return row.code;
  }
  return FsError::kIo;
}

}  // namespace cvm::wasi
