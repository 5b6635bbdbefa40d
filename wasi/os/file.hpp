// File: an open object that is not a directory. Positions are the callers': every read and write names its offset
// (except on pipes and the like, which have none). Owner and threads: descriptor.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "wasi/os/descriptor.hpp"

namespace cvm::wasi {

class File final : public Descriptor {
 public:
  File(UniqueFd fd, FileType type, Rights rights, AccessFlags access, FileFlags flags,
       std::shared_ptr<const FsContext> context);
  File* AsFile() override { return this; }

  // True for objects with offsets; the others (pipes, terminals) ignore them and may answer kWouldBlock.
  bool IsSeekable() const { return type() == FileType::kRegularFile || type() == FileType::kBlockDevice; }

  // Reads up to out.size() bytes at `offset`; 0 is the end of the file (or out was empty).
  OsResult<size_t> ReadAt(std::span<uint8_t> out, uint64_t offset) const;
  // Writes a prefix of `bytes`, at least one byte of them, and answers how many. With the append flag set, `offset` is
  // honoured still (POSIX pwrite); callers that mean to append call Append.
  OsResult<size_t> WriteAt(std::span<const uint8_t> bytes, uint64_t offset) const;
  // The same at the end of the file, atomically against other writers.
  OsResult<size_t> Append(std::span<const uint8_t> bytes) const;

  OsResult<void> Advise(uint64_t offset, uint64_t length, Advice advice) const;
  // Reserves room, and extends the file where offset + length is past its end. kUnsupported where the file system does
  // not know how.
  OsResult<void> Allocate(uint64_t offset, uint64_t length) const;
  OsResult<void> SetSize(uint64_t size) const;
  // Preview 1's fd_fdstat_set_flags: append and nonblock may change; a change of the others is kUnsupported.
  OsResult<void> SetFlags(const FileFlags& flags);

 private:
  OsResult<void> CheckWritable() const;
};

}  // namespace cvm::wasi
