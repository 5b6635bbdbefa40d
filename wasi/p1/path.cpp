// Calls that name a path beneath a directory. What a path may be and how it is kept beneath is wasi/os's; here are
// the rights of preview 1.
#include <algorithm>

#include "wasi/p1/host.hpp"

namespace cvm::wasi::p1 {
namespace {

bool Follows(uint32_t lookupflags) { return (lookupflags & kLookupSymlinkFollow) != 0; }

// The rights of what has been opened with `requested`. Reading and writing are what was asked for; all else that
// applies to the kind of object comes along, as far as the directory hands it on. So does every host of today: guests
// ask for arbitrary sets, and the rights that count are those of the preopen.
RightBits GrantedRights(const Descriptor& opened, RightBits requested, RightBits inheriting) {
  if (opened.type() == FileType::kDirectory) return kDirectoryRights & inheriting;
  RightBits rights = kFileRights & inheriting;
  if ((requested & kFdRead) == 0) rights &= ~kFdRead;
  if ((requested & kFdWrite) == 0) rights &= ~kWritableFileRights;
  // By the lack of these libc knows a terminal from other character devices.
  if (opened.type() != FileType::kRegularFile && opened.type() != FileType::kBlockDevice) {
    rights &= ~(kFdSeek | kFdTell);
  }
  return rights;
}

}  // namespace

Errno Host::PathOpen(uint32_t fd, uint32_t lookupflags, Path path, uint32_t oflags, uint64_t rights_base,
                     uint64_t /*rights_inheriting*/, uint32_t fdflags, Out<uint32_t> opened_fd) {
  if ((oflags & ~kOflagsAll) != 0 || (fdflags & ~kFdflagsAll) != 0) return Errno::kInval;
  RightBits needed = kPathOpen;
  if ((oflags & kOflagsCreat) != 0) needed |= kPathCreateFile;
  if ((oflags & kOflagsTrunc) != 0) needed |= kPathFilestatSetSize;
  const auto dir = FindDir(fd, needed);
  if (!dir.ok()) return dir.error;
  if (table_.full()) return Errno::kMfile;  // before anything is created
  const RightBits requested = rights_base & (kFdRead | kFdWrite);
  const bool directory = (oflags & kOflagsDirectory) != 0;
  if (!directory && (requested & ~dir.entry->inheriting) != 0) return Errno::kNotcapable;

  OpenOptions options;
  options.symlink_follow = Follows(lookupflags);
  options.create = (oflags & kOflagsCreat) != 0;
  options.directory = directory;
  options.exclusive = (oflags & kOflagsExcl) != 0;
  options.truncate = (oflags & kOflagsTrunc) != 0;
  options.access.read = (requested & kFdRead) != 0;
  options.access.write = (requested & kFdWrite) != 0;
  options.flags = FileFlagsFrom(fdflags);
  auto opened = dir.object->dir->OpenAt(path.text(), options);
  if (!opened.ok()) return ErrnoFrom(opened.error());

  std::shared_ptr<Descriptor> descriptor = *std::move(opened);
  const RightBits inheriting = dir.entry->inheriting;
  Entry entry;
  entry.base = GrantedRights(*descriptor, requested, inheriting);
  if (Dir* as_dir = descriptor->AsDir()) {
    entry.inheriting = inheriting;
    entry.object = OpenDir{std::shared_ptr<Dir>(descriptor, as_dir), std::nullopt, nullptr};
  } else {
    File* file = descriptor->AsFile();
    entry.object = OpenFile{std::move(descriptor), file};
  }
  const auto number = table_.Add(std::move(entry));
  if (!number) return Errno::kMfile;
  opened_fd.Set(*number);
  return Errno::kSuccess;
}

Errno Host::PathCreateDirectory(uint32_t fd, Path path) {
  const auto dir = FindDir(fd, kPathCreateDirectory);
  return dir.ok() ? ErrnoFrom(dir.object->dir->CreateDirectoryAt(path.text())) : dir.error;
}

Errno Host::PathRemoveDirectory(uint32_t fd, Path path) {
  const auto dir = FindDir(fd, kPathRemoveDirectory);
  return dir.ok() ? ErrnoFrom(dir.object->dir->RemoveDirectoryAt(path.text())) : dir.error;
}

Errno Host::PathUnlinkFile(uint32_t fd, Path path) {
  const auto dir = FindDir(fd, kPathUnlinkFile);
  return dir.ok() ? ErrnoFrom(dir.object->dir->UnlinkFileAt(path.text())) : dir.error;
}

Errno Host::PathSymlink(Path target, uint32_t fd, Path path) {
  const auto dir = FindDir(fd, kPathSymlink);
  return dir.ok() ? ErrnoFrom(dir.object->dir->SymlinkAt(target.text(), path.text())) : dir.error;
}

Errno Host::PathLink(uint32_t old_fd, uint32_t lookupflags, Path old_path, uint32_t new_fd, Path new_path) {
  const auto from = FindDir(old_fd, kPathLinkSource);
  if (!from.ok()) return from.error;
  const auto to = FindDir(new_fd, kPathLinkTarget);
  if (!to.ok()) return to.error;
  return ErrnoFrom(from.object->dir->LinkAt(Follows(lookupflags), old_path.text(), *to.object->dir, new_path.text()));
}

Errno Host::PathRename(uint32_t old_fd, Path old_path, uint32_t new_fd, Path new_path) {
  const auto from = FindDir(old_fd, kPathRenameSource);
  if (!from.ok()) return from.error;
  const auto to = FindDir(new_fd, kPathRenameTarget);
  if (!to.ok()) return to.error;
  return ErrnoFrom(from.object->dir->RenameAt(old_path.text(), *to.object->dir, new_path.text()));
}

Errno Host::PathReadlink(uint32_t fd, Path path, Buffer buffer, Out<uint32_t> used) {
  const auto dir = FindDir(fd, kPathReadlink);
  if (!dir.ok()) return dir.error;
  const auto target = dir.object->dir->ReadLinkAt(path.text());
  if (!target.ok()) return ErrnoFrom(target.error());
  // As POSIX readlink: what does not fit is cut off.
  const size_t count = std::min(target->size(), buffer.bytes().size());
  std::copy_n(target->begin(), count, buffer.bytes().begin());
  used.Set(static_cast<uint32_t>(count));
  return Errno::kSuccess;
}

template <class Version>
Errno Host::PathFilestatGet(uint32_t fd, uint32_t lookupflags, Path path, OutRecord<Version::kFilestatSize> stat) {
  const auto dir = FindDir(fd, kPathFilestatGet);
  if (!dir.ok()) return dir.error;
  const auto status = dir.object->dir->StatAt(path.text(), Follows(lookupflags));
  return status.ok() ? PutFilestat<Version>(*status, stat) : ErrnoFrom(status.error());
}
template Errno Host::PathFilestatGet<Snapshot1>(uint32_t, uint32_t, Path, OutRecord<Snapshot1::kFilestatSize>);
template Errno Host::PathFilestatGet<Unstable>(uint32_t, uint32_t, Path, OutRecord<Unstable::kFilestatSize>);

Errno Host::PathFilestatSetTimes(uint32_t fd, uint32_t lookupflags, Path path, uint64_t atim, uint64_t mtim,
                                 uint32_t fstflags) {
  NewTimestamp access;
  NewTimestamp modification;
  if (!TimesFrom(atim, mtim, fstflags, &access, &modification)) return Errno::kInval;
  const auto dir = FindDir(fd, kPathFilestatSetTimes);
  if (!dir.ok()) return dir.error;
  return ErrnoFrom(dir.object->dir->SetTimesAt(path.text(), Follows(lookupflags), access, modification));
}

}  // namespace cvm::wasi::p1
