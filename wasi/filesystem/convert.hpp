// Between the words of wasi:filesystem/types and those of wasi/os. Pure functions.
#pragma once

#include "gen/wasi/filesystem/types.hpp"
#include "wasi/os/fs_types.hpp"
#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

filesystem::types::ErrorCode ErrorCodeFrom(FsError error);
filesystem::types::DescriptorType DescriptorTypeFrom(FileType type);
// Times that a datetime cannot say (before 1970) are left out.
filesystem::types::DescriptorStat DescriptorStatFrom(const FileStat& stat);
OsResult<NewTimestamp> NewTimestampFrom(const filesystem::types::NewTimestamp& timestamp);
OpenOptions OpenOptionsFrom(filesystem::types::PathFlags path_flags, filesystem::types::OpenFlags open_flags,
                            filesystem::types::DescriptorFlags flags);

inline bool Follows(filesystem::types::PathFlags flags) {
  return flags.Has(filesystem::types::PathFlags::kSymlinkFollow);
}

// The outcome of an operation of wasi/os as what a function of the interface answers.
inline WitResult<void, filesystem::types::ErrorCode> Answer(const OsResult<void>& result) {
  if (!result.ok()) return Err(ErrorCodeFrom(result.error()));
  return Ok();
}

}  // namespace cvm::wasi
