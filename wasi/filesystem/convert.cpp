#include "wasi/filesystem/convert.hpp"

namespace cvm::wasi {

namespace types = filesystem::types;

// The enumerations have the same cases in the same order (fs_types.hpp, os_result.hpp), so that casts are enough.
static_assert(bind::TypeOf<types::ErrorCode>::kNames.size() == kFsErrorCount);
static_assert(static_cast<int>(types::ErrorCode::kCrossDevice) == static_cast<int>(FsError::kCrossDevice));
static_assert(static_cast<int>(types::ErrorCode::kNotPermitted) == static_cast<int>(FsError::kNotPermitted));
static_assert(static_cast<int>(types::DescriptorType::kSocket) == static_cast<int>(FileType::kSocket));
static_assert(static_cast<int>(types::DescriptorType::kSymbolicLink) == static_cast<int>(FileType::kSymbolicLink));
static_assert(static_cast<int>(types::Advice::kNoReuse) == static_cast<int>(Advice::kNoReuse));

types::ErrorCode ErrorCodeFrom(FsError error) { return static_cast<types::ErrorCode>(error); }

types::DescriptorType DescriptorTypeFrom(FileType type) { return static_cast<types::DescriptorType>(type); }

namespace {

std::optional<types::Datetime> DatetimeFrom(const WallTime& time) {
  const auto seconds = time.UnsignedSeconds();
  if (!seconds.ok()) return std::nullopt;
  return types::Datetime{*seconds, time.nanoseconds};
}

}  // namespace

types::DescriptorStat DescriptorStatFrom(const FileStat& stat) {
  return {DescriptorTypeFrom(stat.type),
          stat.link_count,
          stat.size,
          DatetimeFrom(stat.access),
          DatetimeFrom(stat.modification),
          DatetimeFrom(stat.status_change)};
}

OsResult<NewTimestamp> NewTimestampFrom(const types::NewTimestamp& timestamp) {
  if (timestamp.Is<types::NewTimestamp::NoChange>()) return NewTimestamp::NoChange();
  if (timestamp.Is<types::NewTimestamp::Now>()) return NewTimestamp::Now();
  const types::Datetime& time = timestamp.As<types::NewTimestamp::Timestamp>()->value;
  const auto wall = WallTime::FromUnsigned(time.seconds, time.nanoseconds);
  if (!wall.ok()) return wall.error();
  return NewTimestamp::At(*wall);
}

OpenOptions OpenOptionsFrom(types::PathFlags path_flags, types::OpenFlags open_flags, types::DescriptorFlags flags) {
  OpenOptions options;
  options.symlink_follow = Follows(path_flags);
  options.create = open_flags.Has(types::OpenFlags::kCreate);
  options.directory = open_flags.Has(types::OpenFlags::kDirectory);
  options.exclusive = open_flags.Has(types::OpenFlags::kExclusive);
  options.truncate = open_flags.Has(types::OpenFlags::kTruncate);
  options.access.read = flags.Has(types::DescriptorFlags::kRead);
  options.access.write = flags.Has(types::DescriptorFlags::kWrite);
  options.access.mutate_directory = flags.Has(types::DescriptorFlags::kMutateDirectory);
  options.flags.file_sync = flags.Has(types::DescriptorFlags::kFileIntegritySync);
  options.flags.data_sync = flags.Has(types::DescriptorFlags::kDataIntegritySync);
  options.flags.read_sync = flags.Has(types::DescriptorFlags::kRequestedWriteSync);
  return options;
}

}  // namespace cvm::wasi
