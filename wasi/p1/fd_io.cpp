// Reading and writing descriptors. Bytes go between the file and the guest's memory without a copy in between.
#include <limits>

#include "vm/base/try.hpp"
#include "wasi/p1/host.hpp"

namespace cvm::wasi::p1 {

Host::Found<OpenFile> Host::FindSeekable(uint32_t fd, RightBits needed) {
  Entry* entry = table_.Find(fd);
  if (entry == nullptr || std::holds_alternative<OpenDir>(entry->object)) return {Errno::kBadf};
  auto* file = std::get_if<OpenFile>(&entry->object);
  if (file == nullptr || !file->file->IsSeekable()) return {Errno::kSpipe};
  if (!entry->Has(needed)) return {Errno::kNotcapable};
  return {Errno::kSuccess, entry, file};
}

Descriptor* Host::DescriptorOf(Entry& entry) {
  if (auto* file = std::get_if<OpenFile>(&entry.object)) return file->file;
  if (auto* dir = std::get_if<OpenDir>(&entry.object)) return dir->dir.get();
  return nullptr;
}

template <class Transfer>
Result<Errno> Host::Move(const Iovecs& iovecs, bool only_first, int poll_fd, Interest interest, Out<uint32_t> count,
                         Transfer transfer) {
  while (true) {
    uint32_t total = 0;
    const Errno error = iovecs.ForEach(only_first, &total, transfer);
    if (error == Errno::kAgain && poll_fd >= 0) {
      CVM_RETURN_IF_ERROR(context_.WaitForFd(poll_fd, interest));
      continue;
    }
    if (error == Errno::kSuccess) count.Set(total);
    return error;
  }
}

// A blocking write whose waits an interruption ends: then *waited is its error.
OsResult<size_t> Host::WriteAll(ByteSink& sink, Bytes bytes, Result<void>* waited) {
  if (sink.fd() < 0) return sink.Write(bytes, Blocking::kYes);
  size_t total = 0;
  while (total < bytes.size()) {
    const OsResult<size_t> done = sink.Write(bytes.subspan(total), Blocking::kNo);
    if (done.ok()) {
      total += *done;
    } else if (done.error() != FsError::kWouldBlock) {
      return done.error();
    } else if (*waited = context_.WaitForFd(sink.fd(), Interest::kWrite); !waited->ok()) {
      return FsError::kInterrupted;
    }
  }
  return total;
}

Result<Errno> Host::FdRead(uint32_t fd, Iovecs iovecs, Out<uint32_t> count) {
  Entry* entry = table_.Find(fd);
  if (entry == nullptr) return Errno::kBadf;
  if (auto* input = std::get_if<InputStream>(&entry->object)) {
    if (!entry->Has(kFdRead)) return Errno::kNotcapable;
    // After the first bytes the next read could block. What blocks is a wait, which an interruption ends.
    return Move(iovecs, true, entry->nonblock ? -1 : input->source->fd(), Interest::kRead, count,
                [&](Bytes out) { return input->source->Read(out, Blocking::kNo); });
  }
  const auto file = Find<OpenFile>(fd, kFdRead, Errno::kBadf);
  if (!file.ok()) return file.error;
  const bool seekable = file.object->file->IsSeekable();
  const int poll_fd = seekable || file.object->file->flags().nonblock ? -1 : file.object->file->fd();
  return Move(iovecs, !seekable, poll_fd, Interest::kRead, count, [&](Bytes out) {
    auto done = file.object->file->ReadAt(out, file.object->position);
    if (done.ok()) file.object->position += *done;
    return done;
  });
}

Result<Errno> Host::FdWrite(uint32_t fd, Iovecs iovecs, Out<uint32_t> count) {
  Entry* entry = table_.Find(fd);
  if (entry == nullptr) return Errno::kBadf;
  if (auto* output = std::get_if<OutputStream>(&entry->object)) {
    if (!entry->Has(kFdWrite)) return Errno::kNotcapable;
    ByteSink& sink = *output->sink;
    if (entry->nonblock || !context_.may_wait_within()) {
      return Move(iovecs, false, entry->nonblock ? -1 : sink.fd(), Interest::kWrite, count,
                  [&](Bytes bytes) { return sink.Write(bytes, Blocking::kNo); });
    }
    Result<void> waited;
    Result<Errno> moved =
        Move(iovecs, false, -1, Interest::kWrite, count, [&](Bytes bytes) { return WriteAll(sink, bytes, &waited); });
    if (!waited.ok()) return std::move(waited).error();
    return moved;
  }
  const auto found = Find<OpenFile>(fd, kFdWrite, Errno::kBadf);
  if (!found.ok()) return found.error;
  OpenFile& open = *found.object;
  const int poll_fd = open.file->IsSeekable() || open.file->flags().nonblock ? -1 : open.file->fd();
  const bool append = open.file->flags().append;
  Result<Errno> moved = Move(iovecs, false, poll_fd, Interest::kWrite, count, [&](Bytes bytes) {
    if (append) return open.file->Append(bytes);
    auto done = open.file->WriteAt(bytes, open.position);
    if (done.ok()) open.position += *done;
    return done;
  });
  // POSIX write: an appending write leaves the position at the end of the file.
  if (append && moved.ok() && *moved == Errno::kSuccess) {
    if (const auto status = open.file->Stat(); status.ok()) open.position = status->size;
  }
  return moved;
}

Errno Host::FdPread(uint32_t fd, Iovecs iovecs, uint64_t offset, Out<uint32_t> count) {
  const auto found = FindSeekable(fd, kFdRead | kFdSeek);
  if (!found.ok()) return found.error;
  uint32_t total = 0;
  const Errno error = iovecs.ForEach(false, &total, [&](Bytes out) {
    auto done = found.object->file->ReadAt(out, offset);
    if (done.ok()) offset += *done;
    return done;
  });
  if (error == Errno::kSuccess) count.Set(total);
  return error;
}

Errno Host::FdPwrite(uint32_t fd, Iovecs iovecs, uint64_t offset, Out<uint32_t> count) {
  const auto found = FindSeekable(fd, kFdWrite | kFdSeek);
  if (!found.ok()) return found.error;
  uint32_t total = 0;
  const Errno error = iovecs.ForEach(false, &total, [&](Bytes bytes) {
    auto done = found.object->file->WriteAt(bytes, offset);
    if (done.ok()) offset += *done;
    return done;
  });
  if (error == Errno::kSuccess) count.Set(total);
  return error;
}

template <class Version>
Errno Host::FdSeek(uint32_t fd, int64_t offset, uint32_t whence, Out<uint64_t> position) {
  if (whence >= Version::kWhence.size()) return Errno::kInval;
  const Whence from = Version::kWhence[whence];
  // A seek to where one is is a tell (witx, on the right fd_tell).
  const bool tell = from == Whence::kCur && offset == 0;
  const auto found = FindSeekable(fd, tell ? RightBits{0} : kFdSeek);
  if (!found.ok()) return found.error;
  if (tell && !found.entry->Has(kFdTell) && !found.entry->Has(kFdSeek)) return Errno::kNotcapable;
  uint64_t base = 0;
  if (from == Whence::kCur) base = found.object->position;
  if (from == Whence::kEnd) {
    const auto status = found.object->file->Stat();
    if (!status.ok()) return ErrnoFrom(status.error());
    base = status->size;
  }
  // Positions fit a signed number, so the sum does not wrap.
  const uint64_t target = base + static_cast<uint64_t>(offset);
  if (target > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return offset < 0 ? Errno::kInval : Errno::kOverflow;
  }
  found.object->position = target;
  position.Set(target);
  return Errno::kSuccess;
}
template Errno Host::FdSeek<Snapshot1>(uint32_t, int64_t, uint32_t, Out<uint64_t>);
template Errno Host::FdSeek<Unstable>(uint32_t, int64_t, uint32_t, Out<uint64_t>);

Errno Host::FdTell(uint32_t fd, Out<uint64_t> position) {
  const auto found = FindSeekable(fd, kFdTell);
  if (found.ok()) position.Set(found.object->position);
  return found.error;
}

Errno Host::SyncWith(uint32_t fd, RightBits needed, OsResult<void> (Descriptor::*sync)() const) {
  Entry* entry = table_.Find(fd);
  if (entry == nullptr) return Errno::kBadf;
  if (std::holds_alternative<InputStream>(entry->object)) return Errno::kInval;
  if (!entry->Has(needed)) return Errno::kNotcapable;
  if (auto* output = std::get_if<OutputStream>(&entry->object)) return ErrnoFrom(output->sink->Flush(Blocking::kNo));
  return ErrnoFrom((DescriptorOf(*entry)->*sync)());
}

Errno Host::FdSync(uint32_t fd) { return SyncWith(fd, kFdSync, &Descriptor::Sync); }
Errno Host::FdDatasync(uint32_t fd) { return SyncWith(fd, kFdDatasync, &Descriptor::SyncData); }

Errno Host::FdAdvise(uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice) {
  if (advice > static_cast<uint32_t>(Advice::kNoReuse)) return Errno::kInval;
  const auto found = FindSeekable(fd, kFdAdvise);
  if (!found.ok()) return found.error;
  return ErrnoFrom(found.object->file->Advise(offset, length, static_cast<Advice>(advice)));
}

Errno Host::FdAllocate(uint32_t fd, uint64_t offset, uint64_t length) {
  const auto found = FindSeekable(fd, kFdAllocate);
  if (!found.ok()) return found.error;
  return ErrnoFrom(found.object->file->Allocate(offset, length));
}

// Sockets come to a guest of preview 1 as preopened descriptors only, and no config has any: none of its numbers is
// one.
Errno Host::SocketOnly(uint32_t fd) { return table_.Find(fd) == nullptr ? Errno::kBadf : Errno::kNotsock; }

Errno Host::SockAccept(uint32_t fd, uint32_t, Out<uint32_t>) { return SocketOnly(fd); }
Errno Host::SockRecv(uint32_t fd, Iovecs, uint32_t, Out<uint32_t>, Out<uint16_t>) { return SocketOnly(fd); }
Errno Host::SockSend(uint32_t fd, Iovecs, uint32_t, Out<uint32_t>) { return SocketOnly(fd); }
Errno Host::SockShutdown(uint32_t fd, uint32_t) { return SocketOnly(fd); }

}  // namespace cvm::wasi::p1
