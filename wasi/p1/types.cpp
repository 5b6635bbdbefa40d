#include "wasi/p1/types.hpp"

namespace cvm::wasi::p1 {
namespace {

// By FsError: the two lists have the same words.
constexpr std::array<Errno, kFsErrorCount> kErrnos = {
    Errno::kAcces,       Errno::kAgain,    Errno::kAlready,        Errno::kBadf,   Errno::kBusy,       Errno::kDeadlk,
    Errno::kDquot,       Errno::kExist,    Errno::kFbig,           Errno::kIlseq,  Errno::kInprogress, Errno::kIntr,
    Errno::kInval,       Errno::kIo,       Errno::kIsdir,          Errno::kLoop,   Errno::kMlink,      Errno::kMsgsize,
    Errno::kNametoolong, Errno::kNodev,    Errno::kNoent,          Errno::kNolck,  Errno::kNomem,      Errno::kNospc,
    Errno::kNotdir,      Errno::kNotempty, Errno::kNotrecoverable, Errno::kNotsup, Errno::kNotty,      Errno::kNxio,
    Errno::kOverflow,    Errno::kPerm,     Errno::kPipe,           Errno::kRofs,   Errno::kSpipe,      Errno::kTxtbsy,
    Errno::kXdev,
};
static_assert(kErrnos[static_cast<size_t>(FsError::kCrossDevice)] == Errno::kXdev);
static_assert(kErrnos[static_cast<size_t>(FsError::kNotDirectory)] == Errno::kNotdir);

// By FileType. Preview 1 has no word for a FIFO.
constexpr std::array<Filetype, 8> kFiletypes = {
    Filetype::kUnknown, Filetype::kBlockDevice,  Filetype::kCharacterDevice, Filetype::kDirectory,
    Filetype::kUnknown, Filetype::kSymbolicLink, Filetype::kRegularFile,     Filetype::kSocketStream,
};
static_assert(kFiletypes[static_cast<size_t>(FileType::kSocket)] == Filetype::kSocketStream);

}  // namespace

Errno ErrnoFrom(FsError error) { return kErrnos[static_cast<size_t>(error)]; }

Filetype FiletypeFrom(FileType type) { return kFiletypes[static_cast<size_t>(type)]; }

FileFlags FileFlagsFrom(uint32_t fdflags) {
  FileFlags flags;
  flags.append = (fdflags & kFdflagsAppend) != 0;
  flags.nonblock = (fdflags & kFdflagsNonblock) != 0;
  flags.data_sync = (fdflags & kFdflagsDsync) != 0;
  flags.read_sync = (fdflags & kFdflagsRsync) != 0;
  flags.file_sync = (fdflags & kFdflagsSync) != 0;
  return flags;
}

uint32_t FdflagsFrom(const FileFlags& flags) {
  return (flags.append ? kFdflagsAppend : 0) | (flags.nonblock ? kFdflagsNonblock : 0) |
         (flags.data_sync ? kFdflagsDsync : 0) | (flags.read_sync ? kFdflagsRsync : 0) |
         (flags.file_sync ? kFdflagsSync : 0);
}

}  // namespace cvm::wasi::p1
