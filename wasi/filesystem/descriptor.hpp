// The resource `descriptor` of wasi:filesystem/types over a Descriptor of wasi/os, where rights are checked and paths
// are kept beneath their directory. Here is only what the interface says besides: which operations want a file and
// which a directory, limits, and the words of the answers.
//
// Disk operations are answered at once: on a local file system they end without waiting for anybody. Owned by the
// guest's handle; one thread, that of the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "gen/wasi/filesystem/types.hpp"
#include "wasi/os/dir.hpp"
#include "wasi/os/file.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostDescriptor final : public filesystem::types::Descriptor {
 public:
  // The most that one read gives, whatever the guest asks for (security row HST-01), unless the embedder says otherwise.
  static constexpr uint64_t kMaxRead = 64 * 1024;

  using ErrorCode = filesystem::types::ErrorCode;
  using PathFlags = filesystem::types::PathFlags;
  using NewTime = filesystem::types::NewTimestamp;
  template <class T>
  using Fallible = WitResult<T, ErrorCode>;
  using Done = Fallible<void>;
  using OwnInput = Own<filesystem::types::InputStream>;
  using OwnOutput = Own<filesystem::types::OutputStream>;

  // What is opened beneath has the same limit.
  HostDescriptor(Reactor& reactor, std::shared_ptr<wasi::Descriptor> descriptor, uint64_t max_read = kMaxRead)
      : reactor_(reactor), descriptor_(std::move(descriptor)), max_read_(max_read) {}

  // Data of files.
  Result<Fallible<OwnInput>> ReadViaStream(uint64_t offset) override;
  Result<Fallible<OwnOutput>> WriteViaStream(uint64_t offset) override;
  Result<Fallible<OwnOutput>> AppendViaStream() override;
  Result<Done> Advise(uint64_t offset, uint64_t length, filesystem::types::Advice advice) override;
  Pending<Done> SetSize(uint64_t size) override;
  Pending<Fallible<std::tuple<std::vector<uint8_t>, bool>>> Read(uint64_t length, uint64_t offset) override;
  Pending<Fallible<uint64_t>> Write(std::span<const uint8_t> buffer, uint64_t offset) override;

  // Attributes.
  Result<Fallible<filesystem::types::DescriptorFlags>> GetFlags() override;
  Result<Fallible<filesystem::types::DescriptorType>> GetType() override;
  Pending<Done> SyncData() override;
  Pending<Done> Sync() override;
  Pending<Fallible<filesystem::types::DescriptorStat>> Stat() override;
  Pending<Done> SetTimes(const NewTime& data_access_timestamp, const NewTime& data_modification_timestamp) override;
  Result<bool> IsSameObject(Borrow<filesystem::types::Descriptor> other) override;
  Pending<Fallible<filesystem::types::MetadataHashValue>> MetadataHash() override;

  // Names in directories (descriptor_at.cpp).
  Pending<Fallible<Own<filesystem::types::DirectoryEntryStream>>> ReadDirectory() override;
  Pending<Done> CreateDirectoryAt(std::string_view path) override;
  Pending<Fallible<filesystem::types::DescriptorStat>> StatAt(PathFlags path_flags, std::string_view path) override;
  Pending<Done> SetTimesAt(PathFlags path_flags, std::string_view path, const NewTime& data_access_timestamp,
                           const NewTime& data_modification_timestamp) override;
  Pending<Done> LinkAt(PathFlags old_path_flags, std::string_view old_path,
                       Borrow<filesystem::types::Descriptor> new_descriptor, std::string_view new_path) override;
  Pending<Fallible<Own<filesystem::types::Descriptor>>> OpenAt(PathFlags path_flags, std::string_view path,
                                                               filesystem::types::OpenFlags open_flags,
                                                               filesystem::types::DescriptorFlags flags) override;
  Pending<Fallible<std::string>> ReadlinkAt(std::string_view path) override;
  Pending<Done> RemoveDirectoryAt(std::string_view path) override;
  Pending<Done> RenameAt(std::string_view old_path, Borrow<filesystem::types::Descriptor> new_descriptor,
                         std::string_view new_path) override;
  Pending<Done> SymlinkAt(std::string_view old_path, std::string_view new_path) override;
  Pending<Done> UnlinkFileAt(std::string_view path) override;
  Pending<Fallible<filesystem::types::MetadataHashValue>> MetadataHashAt(PathFlags path_flags,
                                                                         std::string_view path) override;

  const std::shared_ptr<wasi::Descriptor>& descriptor() const { return descriptor_; }

 private:
  // The file, or null if this is a directory.
  std::shared_ptr<const File> SharedFile() const;
  // A stream for writing at `position`, or at the end without one.
  Fallible<OwnOutput> OutputAt(std::optional<uint64_t> position);
  // kNotDirectory if this is a file.
  OsResult<const Dir*> Directory() const;
  // Both directories of an operation on two paths.
  OsResult<std::pair<const Dir*, const Dir*>> Directories(Borrow<filesystem::types::Descriptor> other) const;

  Reactor& reactor_;
  std::shared_ptr<wasi::Descriptor> descriptor_;
  uint64_t max_read_;
};

}  // namespace cvm::wasi
