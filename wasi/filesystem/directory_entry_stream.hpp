// The resource `directory-entry-stream` of wasi:filesystem/types: the entries of a directory one by one. Has a position
// and a descriptor of its own. Owned by the guest's handle; one thread.
#pragma once

#include <optional>
#include <utility>

#include "gen/wasi/filesystem/types.hpp"
#include "wasi/os/dir.hpp"

namespace cvm::wasi {

class HostDirectoryEntryStream final : public filesystem::types::DirectoryEntryStream {
 public:
  explicit HostDirectoryEntryStream(DirStream stream) : stream_(std::move(stream)) {}

  using Entry = WitResult<std::optional<filesystem::types::DirectoryEntry>, filesystem::types::ErrorCode>;
  Pending<Entry> ReadDirectoryEntry() override;

 private:
  DirStream stream_;
};

}  // namespace cvm::wasi
