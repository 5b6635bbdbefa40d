// The functions of `descriptor` that go by paths. All of their checks are those of Dir.
#include "wasi/filesystem/convert.hpp"
#include "wasi/filesystem/descriptor.hpp"
#include "wasi/filesystem/directory_entry_stream.hpp"

namespace cvm::wasi {

namespace types = filesystem::types;

OsResult<const Dir*> HostDescriptor::Directory() const {
  const Dir* dir = descriptor_->AsDir();
  if (dir == nullptr) return FsError::kNotDirectory;
  return dir;
}

OsResult<std::pair<const Dir*, const Dir*>> HostDescriptor::Directories(Borrow<types::Descriptor> other) const {
  auto* ours = other.As<HostDescriptor>();
  if (ours == nullptr) return FsError::kBadDescriptor;
  auto first = Directory();
  if (!first.ok()) return first.error();
  auto second = ours->Directory();
  if (!second.ok()) return second.error();
  return std::pair(*first, *second);
}

Pending<HostDescriptor::Fallible<Own<types::DirectoryEntryStream>>> HostDescriptor::ReadDirectory() {
  using OwnStream = Own<types::DirectoryEntryStream>;
  auto dir = Directory();
  if (!dir.ok()) return Fallible<OwnStream>(Err(ErrorCodeFrom(dir.error())));
  auto stream = (*dir)->Read();
  if (!stream.ok()) return Fallible<OwnStream>(Err(ErrorCodeFrom(stream.error())));
  return Fallible<OwnStream>(Ok(OwnStream(std::make_unique<HostDirectoryEntryStream>(*std::move(stream)))));
}

Pending<HostDescriptor::Done> HostDescriptor::CreateDirectoryAt(std::string_view path) {
  auto dir = Directory();
  if (!dir.ok()) return Done(Err(ErrorCodeFrom(dir.error())));
  return Answer((*dir)->CreateDirectoryAt(path));
}

Pending<HostDescriptor::Fallible<types::DescriptorStat>> HostDescriptor::StatAt(PathFlags path_flags,
                                                                                std::string_view path) {
  auto dir = Directory();
  if (!dir.ok()) return Fallible<types::DescriptorStat>(Err(ErrorCodeFrom(dir.error())));
  auto stat = (*dir)->StatAt(path, Follows(path_flags));
  if (!stat.ok()) return Fallible<types::DescriptorStat>(Err(ErrorCodeFrom(stat.error())));
  return Fallible<types::DescriptorStat>(Ok(DescriptorStatFrom(*stat)));
}

Pending<HostDescriptor::Done> HostDescriptor::SetTimesAt(PathFlags path_flags, std::string_view path,
                                                         const NewTime& data_access_timestamp,
                                                         const NewTime& data_modification_timestamp) {
  auto dir = Directory();
  if (!dir.ok()) return Done(Err(ErrorCodeFrom(dir.error())));
  const auto access = NewTimestampFrom(data_access_timestamp);
  if (!access.ok()) return Done(Err(ErrorCodeFrom(access.error())));
  const auto modification = NewTimestampFrom(data_modification_timestamp);
  if (!modification.ok()) return Done(Err(ErrorCodeFrom(modification.error())));
  return Answer((*dir)->SetTimesAt(path, Follows(path_flags), *access, *modification));
}

Pending<HostDescriptor::Done> HostDescriptor::LinkAt(PathFlags old_path_flags, std::string_view old_path,
                                                     Borrow<types::Descriptor> new_descriptor,
                                                     std::string_view new_path) {
  auto dirs = Directories(new_descriptor);
  if (!dirs.ok()) return Done(Err(ErrorCodeFrom(dirs.error())));
  return Answer(dirs->first->LinkAt(Follows(old_path_flags), old_path, *dirs->second, new_path));
}

Pending<HostDescriptor::Fallible<Own<types::Descriptor>>> HostDescriptor::OpenAt(PathFlags path_flags,
                                                                                 std::string_view path,
                                                                                 types::OpenFlags open_flags,
                                                                                 types::DescriptorFlags flags) {
  using OwnDescriptor = Own<types::Descriptor>;
  auto dir = Directory();
  if (!dir.ok()) return Fallible<OwnDescriptor>(Err(ErrorCodeFrom(dir.error())));
  auto opened = (*dir)->OpenAt(path, OpenOptionsFrom(path_flags, open_flags, flags));
  if (!opened.ok()) return Fallible<OwnDescriptor>(Err(ErrorCodeFrom(opened.error())));
  auto made = std::make_unique<HostDescriptor>(reactor_, *std::move(opened), max_read_);
  return Fallible<OwnDescriptor>(Ok(OwnDescriptor(std::move(made))));
}

Pending<HostDescriptor::Fallible<std::string>> HostDescriptor::ReadlinkAt(std::string_view path) {
  auto dir = Directory();
  if (!dir.ok()) return Fallible<std::string>(Err(ErrorCodeFrom(dir.error())));
  auto target = (*dir)->ReadLinkAt(path);
  if (!target.ok()) return Fallible<std::string>(Err(ErrorCodeFrom(target.error())));
  return Fallible<std::string>(Ok(*std::move(target)));
}

Pending<HostDescriptor::Done> HostDescriptor::RemoveDirectoryAt(std::string_view path) {
  auto dir = Directory();
  if (!dir.ok()) return Done(Err(ErrorCodeFrom(dir.error())));
  return Answer((*dir)->RemoveDirectoryAt(path));
}

Pending<HostDescriptor::Done> HostDescriptor::RenameAt(std::string_view old_path,
                                                       Borrow<types::Descriptor> new_descriptor,
                                                       std::string_view new_path) {
  auto dirs = Directories(new_descriptor);
  if (!dirs.ok()) return Done(Err(ErrorCodeFrom(dirs.error())));
  return Answer(dirs->first->RenameAt(old_path, *dirs->second, new_path));
}

Pending<HostDescriptor::Done> HostDescriptor::SymlinkAt(std::string_view old_path, std::string_view new_path) {
  auto dir = Directory();
  if (!dir.ok()) return Done(Err(ErrorCodeFrom(dir.error())));
  return Answer((*dir)->SymlinkAt(old_path, new_path));
}

Pending<HostDescriptor::Done> HostDescriptor::UnlinkFileAt(std::string_view path) {
  auto dir = Directory();
  if (!dir.ok()) return Done(Err(ErrorCodeFrom(dir.error())));
  return Answer((*dir)->UnlinkFileAt(path));
}

Pending<HostDescriptor::Fallible<types::MetadataHashValue>> HostDescriptor::MetadataHashAt(PathFlags path_flags,
                                                                                           std::string_view path) {
  auto dir = Directory();
  if (!dir.ok()) return Fallible<types::MetadataHashValue>(Err(ErrorCodeFrom(dir.error())));
  auto hash = (*dir)->HashMetadataAt(path, Follows(path_flags));
  if (!hash.ok()) return Fallible<types::MetadataHashValue>(Err(ErrorCodeFrom(hash.error())));
  return Fallible<types::MetadataHashValue>(Ok(types::MetadataHashValue{hash->lower, hash->upper}));
}

}  // namespace cvm::wasi
