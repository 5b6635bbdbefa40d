#include "wasi/filesystem/descriptor.hpp"

#include <algorithm>

#include "wasi/filesystem/convert.hpp"
#include "wasi/filesystem/file_streams.hpp"
#include "wasi/io/streams.hpp"

namespace cvm::wasi {

namespace types = filesystem::types;

std::shared_ptr<const File> HostDescriptor::SharedFile() const {
  return std::shared_ptr<const File>(descriptor_, descriptor_->AsFile());
}

// --- Data of files. A directory has none: bad-descriptor, but for read-via-stream, where wasmtime says is-directory and
// guests' read(2) is built on it.

Result<HostDescriptor::Fallible<HostDescriptor::OwnInput>> HostDescriptor::ReadViaStream(uint64_t offset) {
  auto file = SharedFile();
  if (file == nullptr) return Fallible<OwnInput>(Err(ErrorCode::kIsDirectory));
  if (!file->access().read) return Fallible<OwnInput>(Err(ErrorCode::kBadDescriptor));
  auto source = std::make_shared<FileStreamSource>(std::move(file), offset);
  return Fallible<OwnInput>(Ok(OwnInput(std::make_unique<HostInputStream>(reactor_, std::move(source), max_read_))));
}

HostDescriptor::Fallible<HostDescriptor::OwnOutput> HostDescriptor::OutputAt(std::optional<uint64_t> position) {
  auto file = SharedFile();
  if (file == nullptr) return Err(ErrorCode::kBadDescriptor);
  if (!file->rights().write) return Err(ErrorCode::kReadOnly);
  // A descriptor that was not opened for writing gets its stream, as in wasmtime; the first write to it fails.
  auto sink = std::make_shared<FileStreamSink>(reactor_, std::move(file), position);
  return Ok(OwnOutput(std::make_unique<HostOutputStream>(reactor_, std::move(sink))));
}

Result<HostDescriptor::Fallible<HostDescriptor::OwnOutput>> HostDescriptor::WriteViaStream(uint64_t offset) {
  return OutputAt(offset);
}

Result<HostDescriptor::Fallible<HostDescriptor::OwnOutput>> HostDescriptor::AppendViaStream() {
  return OutputAt(std::nullopt);
}

Result<HostDescriptor::Done> HostDescriptor::Advise(uint64_t offset, uint64_t length, types::Advice advice) {
  const File* file = descriptor_->AsFile();
  if (file == nullptr) return Done(Err(ErrorCode::kBadDescriptor));
  return Answer(file->Advise(offset, length, static_cast<wasi::Advice>(advice)));
}

Pending<HostDescriptor::Done> HostDescriptor::SetSize(uint64_t size) {
  const File* file = descriptor_->AsFile();
  if (file == nullptr) return Done(Err(ErrorCode::kBadDescriptor));
  // ftruncate(2) on a descriptor that is not open for writing.
  if (!file->access().write) return Done(Err(ErrorCode::kInvalid));
  return Answer(file->SetSize(size));
}

Pending<HostDescriptor::Fallible<std::tuple<std::vector<uint8_t>, bool>>> HostDescriptor::Read(uint64_t length,
                                                                                               uint64_t offset) {
  using Data = Fallible<std::tuple<std::vector<uint8_t>, bool>>;
  const File* file = descriptor_->AsFile();
  if (file == nullptr) return Data(Err(ErrorCode::kBadDescriptor));
  std::vector<uint8_t> bytes(std::min(length, max_read_));
  auto count = file->ReadAt(bytes, offset);
  if (!count.ok()) return Data(Err(ErrorCodeFrom(count.error())));
  bytes.resize(*count);
  const bool end = bytes.empty();
  return Data(Ok(std::tuple(std::move(bytes), end)));
}

Pending<HostDescriptor::Fallible<uint64_t>> HostDescriptor::Write(std::span<const uint8_t> buffer, uint64_t offset) {
  const File* file = descriptor_->AsFile();
  if (file == nullptr) return Fallible<uint64_t>(Err(ErrorCode::kBadDescriptor));
  auto count = file->WriteAt(buffer, offset);
  if (!count.ok()) return Fallible<uint64_t>(Err(ErrorCodeFrom(count.error())));
  return Fallible<uint64_t>(Ok(uint64_t{*count}));
}

// --- Attributes

Result<HostDescriptor::Fallible<types::DescriptorFlags>> HostDescriptor::GetFlags() {
  types::DescriptorFlags flags;
  const auto add = [&flags](bool set, types::DescriptorFlags flag) {
    if (set) flags |= flag;
  };
  if (descriptor_->AsDir() != nullptr) {
    add(descriptor_->rights().read, types::DescriptorFlags::kRead);
    add(descriptor_->rights().mutate, types::DescriptorFlags::kMutateDirectory);
    return Fallible<types::DescriptorFlags>(Ok(flags));
  }
  add(descriptor_->access().read, types::DescriptorFlags::kRead);
  add(descriptor_->access().write, types::DescriptorFlags::kWrite);
  const FileFlags sync = descriptor_->flags();
  add(sync.file_sync, types::DescriptorFlags::kFileIntegritySync);
  add(sync.data_sync, types::DescriptorFlags::kDataIntegritySync);
  add(sync.read_sync, types::DescriptorFlags::kRequestedWriteSync);
  return Fallible<types::DescriptorFlags>(Ok(flags));
}

Result<HostDescriptor::Fallible<types::DescriptorType>> HostDescriptor::GetType() {
  return Fallible<types::DescriptorType>(Ok(DescriptorTypeFrom(descriptor_->type())));
}

Pending<HostDescriptor::Done> HostDescriptor::SyncData() { return Answer(descriptor_->SyncData()); }

Pending<HostDescriptor::Done> HostDescriptor::Sync() { return Answer(descriptor_->Sync()); }

Pending<HostDescriptor::Fallible<types::DescriptorStat>> HostDescriptor::Stat() {
  auto stat = descriptor_->Stat();
  if (!stat.ok()) return Fallible<types::DescriptorStat>(Err(ErrorCodeFrom(stat.error())));
  return Fallible<types::DescriptorStat>(Ok(DescriptorStatFrom(*stat)));
}

Pending<HostDescriptor::Done> HostDescriptor::SetTimes(const NewTime& data_access_timestamp,
                                                       const NewTime& data_modification_timestamp) {
  const auto access = NewTimestampFrom(data_access_timestamp);
  if (!access.ok()) return Done(Err(ErrorCodeFrom(access.error())));
  const auto modification = NewTimestampFrom(data_modification_timestamp);
  if (!modification.ok()) return Done(Err(ErrorCodeFrom(modification.error())));
  return Answer(descriptor_->SetTimes(*access, *modification));
}

Result<bool> HostDescriptor::IsSameObject(Borrow<types::Descriptor> other) {
  auto* ours = other.As<HostDescriptor>();
  if (ours == nullptr) return false;
  auto same = descriptor_->IsSameObject(*ours->descriptor_);
  return same.ok() && *same;
}

Pending<HostDescriptor::Fallible<types::MetadataHashValue>> HostDescriptor::MetadataHash() {
  auto hash = descriptor_->HashMetadata();
  if (!hash.ok()) return Fallible<types::MetadataHashValue>(Err(ErrorCodeFrom(hash.error())));
  return Fallible<types::MetadataHashValue>(Ok(types::MetadataHashValue{hash->lower, hash->upper}));
}

}  // namespace cvm::wasi
