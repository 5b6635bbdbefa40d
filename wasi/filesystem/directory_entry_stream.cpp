#include "wasi/filesystem/directory_entry_stream.hpp"

#include "wasi/filesystem/convert.hpp"

namespace cvm::wasi {

Pending<HostDirectoryEntryStream::Entry> HostDirectoryEntryStream::ReadDirectoryEntry() {
  auto next = stream_.Next();
  if (!next.ok()) return Entry(Err(ErrorCodeFrom(next.error())));
  std::optional<filesystem::types::DirectoryEntry> entry;
  if (next->has_value()) entry.emplace(DescriptorTypeFrom((*next)->type), std::move((*next)->name));
  return Entry(Ok(std::move(entry)));
}

}  // namespace cvm::wasi
