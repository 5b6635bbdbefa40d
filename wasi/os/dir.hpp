// Dir: an open directory, the root of what a guest may name through it. Every path argument is relative to it, resolved
// beneath it (resolver.hpp) and checked against its rights first. Owner and threads: descriptor.hpp; every member is
// const and holds no state between calls.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasi/os/descriptor.hpp"

namespace cvm::wasi {

// The entries of one directory in turn, without "." and "..". Has its own position and descriptor: entries that are
// there from beginning to end come exactly once, whatever is created and removed meanwhile.
class DirStream {
 public:
  explicit DirStream(UniqueFd fd);

  // The next entry, or none at the end. kIllegalByteSequence for a name that is not UTF-8; the next call goes on
  // after it.
  OsResult<std::optional<DirEntry>> Next();

 private:
  UniqueFd fd_;
  std::vector<uint8_t> buffer_;
  size_t position_ = 0;
  size_t end_ = 0;
  bool done_ = false;
};

class Dir final : public Descriptor {
 public:
  Dir(UniqueFd fd, Rights rights, AccessFlags access, std::shared_ptr<const FsContext> context);
  Dir* AsDir() override { return this; }

  OsResult<std::shared_ptr<Descriptor>> OpenAt(std::string_view path, const OpenOptions& options) const;
  OsResult<DirStream> Read() const;

  OsResult<FileStat> StatAt(std::string_view path, bool symlink_follow) const;
  OsResult<void> SetTimesAt(std::string_view path, bool symlink_follow, const NewTimestamp& access,
                            const NewTimestamp& modification) const;
  OsResult<MetadataHash> HashMetadataAt(std::string_view path, bool symlink_follow) const;
  // kNotPermitted if the target is absolute.
  OsResult<std::string> ReadLinkAt(std::string_view path) const;

  OsResult<void> CreateDirectoryAt(std::string_view path) const;
  OsResult<void> RemoveDirectoryAt(std::string_view path) const;
  OsResult<void> UnlinkFileAt(std::string_view path) const;
  // kNotPermitted if the target is absolute; it need not exist, and may lead out: following it is what is refused.
  OsResult<void> SymlinkAt(std::string_view target, std::string_view path) const;
  // Both directories need the right to mutate, and the object may not get more rights by its new place than by its old
  // one (security row FS-06).
  OsResult<void> RenameAt(std::string_view old_path, const Dir& new_dir, std::string_view new_path) const;
  // With `symlink_follow`, kInvalid, as in every implementation of WASI.
  OsResult<void> LinkAt(bool symlink_follow, std::string_view old_path, const Dir& new_dir,
                        std::string_view new_path) const;

 private:
  OsResult<void> CheckPathAnd(std::string_view path, Rights needed) const;
  OsResult<void> CheckMove(std::string_view old_path, const Dir& new_dir, std::string_view new_path) const;
  OsResult<void> CheckOpen(std::string_view path, const OpenOptions& options) const;
  OsResult<UniqueFd> OpenPath(std::string_view path, bool symlink_follow) const;
  // `error`, or kNotPermitted if it only hides that `path` leads out.
  FsError Refine(std::string_view path, FsError error) const;
};

// Opens a directory of the host as a preopen. `path` is the host's own and follows links; errors are for the embedder.
OsResult<std::shared_ptr<Dir>> OpenHostDirectory(const std::string& path, Rights rights, const FsOptions& options = {});

}  // namespace cvm::wasi
