// Descriptor: what a guest holds of a file system: an open file (file.hpp) or directory (dir.hpp), with its rights.
//
// Owned by shared pointers, because streams and work on the thread pool outlive the guest's handle. Immutable but for
// File's flags, so several threads may use one at a time where a member is const. The access flags say what it was
// opened for and fail with kBadDescriptor; the rights say what its preopen allows and fail with kReadOnly (write and
// mutate) or kNotPermitted (read).
#pragma once

#include <cstdint>
#include <memory>

#include "wasi/os/fs_types.hpp"
#include "wasi/os/os_result.hpp"
#include "wasi/os/unique_fd.hpp"

namespace cvm::wasi {

class Dir;
class File;
class FsContext;

class Descriptor {
 public:
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  virtual ~Descriptor();

  FileType type() const { return type_; }
  Rights rights() const { return rights_; }
  AccessFlags access() const { return access_; }
  // The synchronisation, append and nonblock flags in force.
  FileFlags flags() const { return flags_; }
  // For a reactor to watch. Stays this object's.
  int fd() const { return fd_.get(); }

  // One of the two is not null.
  virtual File* AsFile() { return nullptr; }
  virtual Dir* AsDir() { return nullptr; }

  OsResult<FileStat> Stat() const;
  // Needs the right to write (files) or mutate (directories), whatever the object was opened for.
  OsResult<void> SetTimes(const NewTimestamp& access, const NewTimestamp& modification) const;
  // fsync and fdatasync; nothing happens for what was not opened for writing.
  OsResult<void> Sync() const;
  OsResult<void> SyncData() const;
  OsResult<MetadataHash> HashMetadata() const;
  OsResult<bool> IsSameObject(const Descriptor& other) const;

 protected:
  Descriptor(UniqueFd fd, FileType type, Rights rights, AccessFlags access, FileFlags flags,
             std::shared_ptr<const FsContext> context);

  const FsContext& context() const { return *context_; }
  const std::shared_ptr<const FsContext>& shared_context() const { return context_; }

  FileFlags flags_;

 private:
  OsResult<void> SyncWith(int (*sync)(int)) const;

  UniqueFd fd_;
  FileType type_;
  Rights rights_;
  AccessFlags access_;
  std::shared_ptr<const FsContext> context_;
};

}  // namespace cvm::wasi
