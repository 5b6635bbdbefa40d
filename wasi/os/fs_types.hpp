// The plain data of the filesystem seam: types of objects, attributes, rights, the ways to open. Nothing here is the
// operating system's; the terms are those of wasi:filesystem/types. Value types, no thread affinity.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "wasi/os/clock.hpp"
#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

// In the order of WIT's `descriptor-type`.
enum class FileType : uint8_t {
  kUnknown,
  kBlockDevice,
  kCharacterDevice,
  kDirectory,
  kFifo,
  kSymbolicLink,
  kRegularFile,
  kSocket,
};

// In the order of WIT's `advice`, which is preview 1's too.
enum class Advice : uint8_t { kNormal, kSequential, kRandom, kWillNeed, kDontNeed, kNoReuse };

struct FileStat {
  FileType type = FileType::kUnknown;
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t link_count = 0;
  uint64_t size = 0;
  WallTime access;
  WallTime modification;
  WallTime status_change;

  bool operator==(const FileStat&) const = default;
  bool IsSameObject(const FileStat& other) const { return device == other.device && inode == other.inode; }
};

// What to set a timestamp to.
struct NewTimestamp {
  enum class Kind : uint8_t { kNoChange, kNow, kTimestamp };
  Kind kind = Kind::kNoChange;
  WallTime time;

  static NewTimestamp NoChange() { return {}; }
  static NewTimestamp Now() { return {Kind::kNow, {}}; }
  static NewTimestamp At(WallTime time) { return {Kind::kTimestamp, time}; }
};

// The authority that a descriptor carries: over a file itself, or over everything beneath a directory. It attaches when
// the descriptor is made and is never more than that of the directory it was opened through.
struct Rights {
  bool read = true;    // read files, list directories, follow and read links
  bool write = true;   // write file data, change sizes and times of files
  bool mutate = true;  // create, rename, link and delete; times of directories

  bool operator==(const Rights&) const = default;
  static constexpr Rights All() { return {}; }
  static constexpr Rights ReadOnly() { return {true, false, false}; }
  constexpr Rights Intersect(Rights other) const {
    return {read && other.read, write && other.write, mutate && other.mutate};
  }
  constexpr bool Contains(Rights other) const { return Intersect(other) == other; }
};

// Preview 1's `fdflags`: how reads and writes of a file behave. 0.2 uses the three of synchronisation.
struct FileFlags {
  bool append = false;
  bool nonblock = false;
  bool data_sync = false;  // data-integrity-sync, O_DSYNC
  bool read_sync = false;  // requested-write-sync, O_RSYNC
  bool file_sync = false;  // file-integrity-sync, O_SYNC

  bool operator==(const FileFlags&) const = default;
};

// WIT's `descriptor-flags` without the three of synchronisation: what was asked for when opening.
struct AccessFlags {
  bool read = false;
  bool write = false;
  bool mutate_directory = false;

  bool operator==(const AccessFlags&) const = default;
};

// The arguments of open-at apart from the path. With neither read nor write, an object is opened for reading; create
// implies write.
struct OpenOptions {
  bool symlink_follow = false;
  bool create = false;
  bool directory = false;
  bool exclusive = false;
  bool truncate = false;
  AccessFlags access;
  FileFlags flags;
  // The most that a directory opened so may carry; what its parent lacks is missing all the same.
  Rights rights = Rights::All();
};

struct DirEntry {
  FileType type = FileType::kUnknown;
  uint64_t inode = 0;
  std::string name;
};

// 128 bits that change when the object or its content does; keyed, so that inode numbers cannot be read out of it
// (security row FS-12).
struct MetadataHash {
  uint64_t lower = 0;
  uint64_t upper = 0;

  bool operator==(const MetadataHash&) const = default;
};

// How paths are kept beneath their directory.
enum class ResolveMode : uint8_t {
  kAuto,     // openat2 where the kernel has it, else the walk
  kOpenat2,  // openat2 or an error; for tests
  kWalk,     // component by component; for tests and for kernels before 5.6
};

// What all descriptors opened through one preopen share.
struct FsOptions {
  ResolveMode resolve = ResolveMode::kAuto;
  // Key of the metadata hashes; one per store, from its Entropy.
  std::array<uint8_t, 16> hash_key{};
  // Block and character devices are refused unless this is set (FS-09).
  bool allow_devices = false;
  // Refuses names that mean something else on Windows, so that a tree stays portable (FS-08); see IsPortableName.
  bool portable_names = false;
};

}  // namespace cvm::wasi
