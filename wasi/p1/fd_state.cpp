// The state of descriptors: closing and renumbering, flags and rights, attributes, preopens, entries of directories.
#include <cstring>

#include "wasi/p1/host.hpp"

namespace cvm::wasi::p1 {

Errno Host::FdClose(uint32_t fd) { return table_.Close(fd) ? Errno::kSuccess : Errno::kBadf; }

Errno Host::FdRenumber(uint32_t from, uint32_t to) {
  return table_.Renumber(from, to) ? Errno::kSuccess : Errno::kBadf;
}

namespace {

// A stream that is no terminal could be anything, and says so.
Filetype StreamType(bool terminal) { return terminal ? Filetype::kCharacterDevice : Filetype::kUnknown; }

struct TypeOf {
  Filetype operator()(const InputStream& input) const { return StreamType(input.source->IsTerminal()); }
  Filetype operator()(const OutputStream& output) const { return StreamType(output.sink->IsTerminal()); }
  Filetype operator()(const OpenFile& file) const { return FiletypeFrom(file.file->type()); }
  Filetype operator()(const OpenDir&) const { return Filetype::kDirectory; }
};

}  // namespace

Errno Host::FdFdstatGet(uint32_t fd, OutRecord<24> stat) {
  Entry* entry = table_.Find(fd);
  if (entry == nullptr) return Errno::kBadf;
  uint32_t flags = entry->nonblock ? kFdflagsNonblock : 0;
  if (const auto* file = std::get_if<OpenFile>(&entry->object)) flags = FdflagsFrom(file->file->flags());
  stat.Set(Record<24>()
               .Put(0, static_cast<uint8_t>(std::visit(TypeOf(), entry->object)))
               .Put(2, static_cast<uint16_t>(flags))
               .Put(8, entry->base)
               .Put(16, entry->inheriting));
  return Errno::kSuccess;
}

Errno Host::FdFdstatSetFlags(uint32_t fd, uint32_t fdflags) {
  if ((fdflags & ~kFdflagsAll) != 0) return Errno::kInval;
  Entry* entry = table_.Find(fd);
  if (entry == nullptr || std::holds_alternative<OpenDir>(entry->object)) return Errno::kBadf;
  if (!entry->Has(kFdFdstatSetFlags)) return Errno::kNotcapable;
  if (auto* file = std::get_if<OpenFile>(&entry->object))
    return ErrnoFrom(file->file->SetFlags(FileFlagsFrom(fdflags)));
  // Streams always append, and nothing is to be synchronised.
  if ((fdflags & ~(kFdflagsAppend | kFdflagsNonblock)) != 0) return Errno::kNotsup;
  entry->nonblock = (fdflags & kFdflagsNonblock) != 0;
  return Errno::kSuccess;
}

// Rights can be given up, never gained.
Errno Host::FdFdstatSetRights(uint32_t fd, uint64_t base, uint64_t inheriting) {
  Entry* entry = table_.Find(fd);
  if (entry == nullptr) return Errno::kBadf;
  if ((base & ~entry->base) != 0 || (inheriting & ~entry->inheriting) != 0) return Errno::kNotcapable;
  entry->base = base;
  entry->inheriting = inheriting;
  return Errno::kSuccess;
}

// --- attributes

template <class Version>
Errno Host::PutFilestat(const FileStat& status, OutRecord<Version::kFilestatSize> out) const {
  constexpr bool kNarrow = Version::kFilestatNlinkSize == 4;
  constexpr size_t kNlink = kNarrow ? 20 : 24;
  constexpr size_t kSize = kNlink + Version::kFilestatNlinkSize;
  Record<Version::kFilestatSize> record;
  record.Put(0, Mask(status.device)).Put(8, Mask(status.inode));
  record.Put(16, static_cast<uint8_t>(FiletypeFrom(status.type)));
  if constexpr (kNarrow) {
    record.Put(kNlink, static_cast<uint32_t>(status.link_count));
  } else {
    record.Put(kNlink, status.link_count);
  }
  record.Put(kSize, status.size);
  size_t at = kSize + 8;
  for (const WallTime& time : {status.access, status.modification, status.status_change}) {
    const auto nanoseconds = time.ToNanoseconds();
    if (!nanoseconds.ok()) return ErrnoFrom(nanoseconds.error());
    record.Put(at, *nanoseconds);
    at += 8;
  }
  out.Set(record);
  return Errno::kSuccess;
}
template Errno Host::PutFilestat<Snapshot1>(const FileStat&, OutRecord<Snapshot1::kFilestatSize>) const;
template Errno Host::PutFilestat<Unstable>(const FileStat&, OutRecord<Unstable::kFilestatSize>) const;

template <class Version>
Errno Host::FdFilestatGet(uint32_t fd, OutRecord<Version::kFilestatSize> stat) {
  Entry* entry = table_.Find(fd);
  if (entry == nullptr) return Errno::kBadf;
  if (!entry->Has(kFdFilestatGet)) return Errno::kNotcapable;
  const Descriptor* descriptor = DescriptorOf(*entry);
  if (descriptor == nullptr) {
    // Of a stream nothing is told but what it is.
    stat.Set(Record<Version::kFilestatSize>().Put(16, static_cast<uint8_t>(std::visit(TypeOf(), entry->object))));
    return Errno::kSuccess;
  }
  const auto status = descriptor->Stat();
  return status.ok() ? PutFilestat<Version>(*status, stat) : ErrnoFrom(status.error());
}
template Errno Host::FdFilestatGet<Snapshot1>(uint32_t, OutRecord<Snapshot1::kFilestatSize>);
template Errno Host::FdFilestatGet<Unstable>(uint32_t, OutRecord<Unstable::kFilestatSize>);

Errno Host::FdFilestatSetSize(uint32_t fd, uint64_t size) {
  const auto found = Find<OpenFile>(fd, kFdFilestatSetSize, Errno::kBadf);
  return found.ok() ? ErrnoFrom(found.object->file->SetSize(size)) : found.error;
}

bool TimesFrom(uint64_t atim, uint64_t mtim, uint32_t fstflags, NewTimestamp* access, NewTimestamp* modification) {
  const auto choose = [&](uint32_t set, uint32_t now, uint64_t time, NewTimestamp* timestamp) {
    if ((fstflags & set) != 0) *timestamp = NewTimestamp::At(WallTime::FromNanoseconds(time));
    if ((fstflags & now) != 0) *timestamp = NewTimestamp::Now();
    return (fstflags & (set | now)) != (set | now);
  };
  return (fstflags & ~kFstAll) == 0 && choose(kFstAtim, kFstAtimNow, atim, access) &&
         choose(kFstMtim, kFstMtimNow, mtim, modification);
}

Errno Host::FdFilestatSetTimes(uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t fstflags) {
  NewTimestamp access;
  NewTimestamp modification;
  if (!TimesFrom(atim, mtim, fstflags, &access, &modification)) return Errno::kInval;
  Entry* entry = table_.Find(fd);
  const Descriptor* descriptor = entry != nullptr ? DescriptorOf(*entry) : nullptr;
  if (descriptor == nullptr) return Errno::kBadf;
  if (!entry->Has(kFdFilestatSetTimes)) return Errno::kNotcapable;
  return ErrnoFrom(descriptor->SetTimes(access, modification));
}

// --- preopens

Errno Host::FdPrestatGet(uint32_t fd, OutRecord<8> prestat) {
  const auto dir = Find<OpenDir>(fd, 0, Errno::kBadf);
  if (!dir.ok() || !dir.object->preopen_path.has_value()) return Errno::kBadf;
  constexpr uint8_t kPreopentypeDir = 0;
  const auto length = static_cast<uint32_t>(dir.object->preopen_path->size());
  prestat.Set(Record<8>().Put(0, kPreopentypeDir).Put(4, length));
  return Errno::kSuccess;
}

Errno Host::FdPrestatDirName(uint32_t fd, Buffer name) {
  const auto dir = Find<OpenDir>(fd, 0, Errno::kBadf);
  if (!dir.ok() || !dir.object->preopen_path.has_value()) return Errno::kBadf;
  const std::string& path = *dir.object->preopen_path;
  if (path.size() > name.bytes().size()) return Errno::kNametoolong;
  std::copy(path.begin(), path.end(), name.bytes().begin());
  return Errno::kSuccess;
}

// --- entries

Errno Host::FdReaddir(uint32_t fd, Buffer buffer, uint64_t cookie, Out<uint32_t> used) {
  const auto dir = Find<OpenDir>(fd, kFdReaddir, Errno::kNotdir);
  if (!dir.ok()) return dir.error;
  if (dir.object->reader == nullptr) dir.object->reader = std::make_unique<DirReader>(dir.object->dir);
  DirReader& reader = *dir.object->reader;
  if (const auto sought = reader.SeekTo(cookie); !sought.ok()) return ErrnoFrom(sought.error());
  Bytes room = buffer.bytes();
  // A buffer that comes back full says that there is more; the last entry may be cut anywhere.
  const auto put = [&](const void* bytes, size_t size) {
    size = std::min(size, room.size());
    std::memcpy(room.data(), bytes, size);
    room = room.subspan(size);
  };
  while (!room.empty()) {
    const auto next = reader.Next();
    if (!next.ok()) return ErrnoFrom(next.error());
    const DirEntry* entry = *next;
    if (entry == nullptr) break;
    const auto record = Record<kDirentSize>()
                            .Put(0, reader.cookie())
                            .Put(8, Mask(entry->inode))
                            .Put(16, static_cast<uint32_t>(entry->name.size()))
                            .Put(20, static_cast<uint8_t>(FiletypeFrom(entry->type)));
    put(record.bytes().data(), kDirentSize);
    put(entry->name.data(), entry->name.size());
  }
  used.Set(static_cast<uint32_t>(buffer.bytes().size() - room.size()));
  return Errno::kSuccess;
}

}  // namespace cvm::wasi::p1
