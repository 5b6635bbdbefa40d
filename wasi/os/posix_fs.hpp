// What the posix_*.cpp files of the filesystem seam share; nothing else includes this.
#pragma once

#include <sys/stat.h>
#include <time.h>

#include <utility>

#include "wasi/os/fs_types.hpp"
#include "wasi/os/resolver.hpp"

namespace cvm::wasi {

// Shared by all descriptors opened through one preopen.
class FsContext {
 public:
  explicit FsContext(const FsOptions& options) : options_(options), resolver_(options.resolve) {}
  const FsOptions& options() const { return options_; }
  const Resolver& resolver() const { return resolver_; }

 private:
  FsOptions options_;
  Resolver resolver_;
};

FileType FileTypeFromMode(mode_t mode);
FileStat FileStatFrom(const struct stat& status);
// fstat; works on O_PATH descriptors too.
OsResult<FileStat> StatFd(int fd);
// The two timestamps as utimensat wants them: access, then modification.
std::pair<timespec, timespec> TimesFrom(const NewTimestamp& access, const NewTimestamp& modification);
MetadataHash HashOf(const FileStat& status, const FsContext& context);

// True if an offset (and a length from there) fits the kernel's signed 64 bits.
inline bool FitsOffset(uint64_t offset, uint64_t length = 0) {
  constexpr uint64_t kMax = static_cast<uint64_t>(INT64_MAX);
  return offset <= kMax && length <= kMax - offset;
}

}  // namespace cvm::wasi
