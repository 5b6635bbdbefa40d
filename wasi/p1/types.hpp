// The numbers and layouts of preview 1: wasi_snapshot_preview1.witx and its layouts in linear memory, in the words of
// that document. Plain data, pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "wasi/os/fs_types.hpp"
#include "wasi/os/os_result.hpp"

namespace cvm::wasi::p1 {

// `errno`. Those that this host answers; the numbers are the standard's.
enum class Errno : uint16_t {
  kSuccess = 0,
  kAcces = 2,
  kAgain = 6,
  kAlready = 7,
  kBadf = 8,
  kBusy = 10,
  kDeadlk = 16,
  kDquot = 19,
  kExist = 20,
  kFault = 21,
  kFbig = 22,
  kIlseq = 25,
  kInprogress = 26,
  kIntr = 27,
  kInval = 28,
  kIo = 29,
  kIsdir = 31,
  kLoop = 32,
  kMfile = 33,
  kMlink = 34,
  kMsgsize = 35,
  kNametoolong = 37,
  kNodev = 43,
  kNoent = 44,
  kNolck = 46,
  kNomem = 48,
  kNospc = 51,
  kNotdir = 54,
  kNotempty = 55,
  kNotrecoverable = 56,
  kNotsock = 57,
  kNotsup = 58,
  kNotty = 59,
  kNxio = 60,
  kOverflow = 61,
  kPerm = 63,
  kPipe = 64,
  kRofs = 69,
  kSpipe = 70,
  kTxtbsy = 74,
  kXdev = 75,
  kNotcapable = 76,
};

Errno ErrnoFrom(FsError error);
template <class T>
Errno ErrnoFrom(const OsResult<T>& result) {
  return result.ok() ? Errno::kSuccess : ErrnoFrom(result.error());
}

// `rights`, by bit.
using RightBits = uint64_t;
inline constexpr RightBits kFdDatasync = 1 << 0;
inline constexpr RightBits kFdRead = 1 << 1;
inline constexpr RightBits kFdSeek = 1 << 2;
inline constexpr RightBits kFdFdstatSetFlags = 1 << 3;
inline constexpr RightBits kFdSync = 1 << 4;
inline constexpr RightBits kFdTell = 1 << 5;
inline constexpr RightBits kFdWrite = 1 << 6;
inline constexpr RightBits kFdAdvise = 1 << 7;
inline constexpr RightBits kFdAllocate = 1 << 8;
inline constexpr RightBits kPathCreateDirectory = 1 << 9;
inline constexpr RightBits kPathCreateFile = 1 << 10;
inline constexpr RightBits kPathLinkSource = 1 << 11;
inline constexpr RightBits kPathLinkTarget = 1 << 12;
inline constexpr RightBits kPathOpen = 1 << 13;
inline constexpr RightBits kFdReaddir = 1 << 14;
inline constexpr RightBits kPathReadlink = 1 << 15;
inline constexpr RightBits kPathRenameSource = 1 << 16;
inline constexpr RightBits kPathRenameTarget = 1 << 17;
inline constexpr RightBits kPathFilestatGet = 1 << 18;
inline constexpr RightBits kPathFilestatSetSize = 1 << 19;
inline constexpr RightBits kPathFilestatSetTimes = 1 << 20;
inline constexpr RightBits kFdFilestatGet = 1 << 21;
inline constexpr RightBits kFdFilestatSetSize = 1 << 22;
inline constexpr RightBits kFdFilestatSetTimes = 1 << 23;
inline constexpr RightBits kPathSymlink = 1 << 24;
inline constexpr RightBits kPathRemoveDirectory = 1 << 25;
inline constexpr RightBits kPathUnlinkFile = 1 << 26;
inline constexpr RightBits kPollFdReadwrite = 1 << 27;

// What applies to each kind of descriptor.
inline constexpr RightBits kDirectoryRights =
    kFdDatasync | kFdFdstatSetFlags | kFdSync | kPathCreateDirectory | kPathCreateFile | kPathLinkSource |
    kPathLinkTarget | kPathOpen | kFdReaddir | kPathReadlink | kPathRenameSource | kPathRenameTarget |
    kPathFilestatGet | kPathFilestatSetSize | kPathFilestatSetTimes | kFdFilestatGet | kFdFilestatSetTimes |
    kPathSymlink | kPathRemoveDirectory | kPathUnlinkFile;
inline constexpr RightBits kFileRights = kFdDatasync | kFdRead | kFdSeek | kFdFdstatSetFlags | kFdSync | kFdTell |
                                         kFdWrite | kFdAdvise | kFdAllocate | kFdFilestatGet | kFdFilestatSetSize |
                                         kFdFilestatSetTimes | kPollFdReadwrite;
// Of those, what only makes sense on a file opened for writing.
inline constexpr RightBits kWritableFileRights = kFdWrite | kFdAllocate | kFdFilestatSetSize;
inline constexpr RightBits kInheritingRights = kDirectoryRights | kFileRights;
inline constexpr RightBits kInputRights = kFdRead | kFdFdstatSetFlags | kFdFilestatGet | kPollFdReadwrite;
inline constexpr RightBits kOutputRights =
    kFdWrite | kFdFdstatSetFlags | kFdFilestatGet | kPollFdReadwrite | kFdSync | kFdDatasync;

enum class Filetype : uint8_t {
  kUnknown = 0,
  kBlockDevice = 1,
  kCharacterDevice = 2,
  kDirectory = 3,
  kRegularFile = 4,
  kSocketStream = 6,
  kSymbolicLink = 7,
};
Filetype FiletypeFrom(FileType type);

// `fdflags`, `oflags`, `lookupflags`, `fstflags`, `subclockflags`.
inline constexpr uint32_t kFdflagsAppend = 1, kFdflagsDsync = 2, kFdflagsNonblock = 4, kFdflagsRsync = 8,
                          kFdflagsSync = 16, kFdflagsAll = 31;
inline constexpr uint32_t kOflagsCreat = 1, kOflagsDirectory = 2, kOflagsExcl = 4, kOflagsTrunc = 8, kOflagsAll = 15;
inline constexpr uint32_t kLookupSymlinkFollow = 1;
inline constexpr uint32_t kFstAtim = 1, kFstAtimNow = 2, kFstMtim = 4, kFstMtimNow = 8, kFstAll = 15;
inline constexpr uint16_t kSubclockAbstime = 1;

FileFlags FileFlagsFrom(uint32_t fdflags);
uint32_t FdflagsFrom(const FileFlags& flags);

enum class ClockId : uint32_t { kRealtime = 0, kMonotonic = 1, kProcessCputime = 2, kThreadCputime = 3 };
enum class EventType : uint8_t { kClock = 0, kFdRead = 1, kFdWrite = 2 };

// Where an offset of fd_seek counts from. The predecessor numbers them otherwise.
enum class Whence : uint8_t { kSet, kCur, kEnd };

// What differs between preview 1 and its predecessor.
struct Snapshot1 {
  static constexpr std::array kWhence{Whence::kSet, Whence::kCur, Whence::kEnd};
  static constexpr size_t kFilestatSize = 64;
  static constexpr size_t kFilestatNlinkSize = 8;
  static constexpr size_t kSubscriptionSize = 48;
  static constexpr size_t kSubscriptionClock = 16;  // offset of the clock's id
};
struct Unstable {
  static constexpr std::array kWhence{Whence::kCur, Whence::kEnd, Whence::kSet};
  static constexpr size_t kFilestatSize = 56;
  static constexpr size_t kFilestatNlinkSize = 4;
  static constexpr size_t kSubscriptionSize = 56;
  static constexpr size_t kSubscriptionClock = 24;  // an identifier comes first
};
inline constexpr size_t kEventSize = 32;
inline constexpr size_t kDirentSize = 24;
inline constexpr size_t kIovecSize = 8;

// A record of the standard on its way to the guest: all bytes are zero until they are put, padding too (security row
// FS-12: nothing of the host's memory goes out).
template <size_t kSize>
class Record {
 public:
  template <class T>
  Record& Put(size_t offset, T value) {
    for (size_t i = 0; i < sizeof(T); ++i) {
      bytes_[offset + i] = static_cast<uint8_t>(static_cast<uint64_t>(value) >> (8 * i));
    }
    return *this;
  }
  std::span<const uint8_t, kSize> bytes() const { return bytes_; }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

// A little-endian number.
template <class T>
T GetLe(std::span<const uint8_t> bytes, size_t offset) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) value |= static_cast<uint64_t>(bytes[offset + i]) << (8 * i);
  return static_cast<T>(value);
}

}  // namespace cvm::wasi::p1
