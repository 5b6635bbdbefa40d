// Host: preview 1 for one guest. A method for each function of the standard, with the standard's parameters as typed
// values; preview1.cpp decodes them from the guest's slots and puts the table of all methods into a linker.
//
// A method answers an errno; one that may wait or end the guest's run answers a Result, whose Error ends the run. What
// differs between preview 1 and its predecessor is a template parameter (types.hpp: Snapshot1, Unstable).
//
// Owned by the linker that it was added to; one thread, that of the store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cvm/result.hpp"
#include "wasi/p1/context.hpp"
#include "wasi/p1/descriptors.hpp"
#include "wasi/p1/guest_memory.hpp"
#include "wasi/p1/types.hpp"

namespace cvm::wasi::p1 {

class Host {
 public:
  explicit Host(std::shared_ptr<WasiContext> context);
  // Before each call: whose guest it is that calls.
  void CalledBy(rt::Store& store) { context_.store = &store; }

  // process.cpp
  Errno ArgsGet(Address argv, Address argv_buf);
  Errno ArgsSizesGet(Out<uint32_t> count, Out<uint32_t> bytes);
  Errno EnvironGet(Address environ, Address environ_buf);
  Errno EnvironSizesGet(Out<uint32_t> count, Out<uint32_t> bytes);
  Errno ClockResGet(uint32_t id, Out<uint64_t> resolution);
  Errno ClockTimeGet(uint32_t id, uint64_t precision, Out<uint64_t> time);
  Errno RandomGet(Buffer buffer);
  Errno SchedYield();
  Result<void> ProcExit(uint32_t code);
  Errno ProcRaise(uint32_t signal);

  // fd_io.cpp
  Result<Errno> FdRead(uint32_t fd, Iovecs iovecs, Out<uint32_t> count);
  Result<Errno> FdWrite(uint32_t fd, Iovecs iovecs, Out<uint32_t> count);
  Errno FdPread(uint32_t fd, Iovecs iovecs, uint64_t offset, Out<uint32_t> count);
  Errno FdPwrite(uint32_t fd, Iovecs iovecs, uint64_t offset, Out<uint32_t> count);
  template <class Version>
  Errno FdSeek(uint32_t fd, int64_t offset, uint32_t whence, Out<uint64_t> position);
  Errno FdTell(uint32_t fd, Out<uint64_t> position);
  Errno FdSync(uint32_t fd);
  Errno FdDatasync(uint32_t fd);
  Errno FdAdvise(uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice);
  Errno FdAllocate(uint32_t fd, uint64_t offset, uint64_t length);
  Errno SockAccept(uint32_t fd, uint32_t flags, Out<uint32_t> accepted);
  Errno SockRecv(uint32_t fd, Iovecs iovecs, uint32_t flags, Out<uint32_t> count, Out<uint16_t> out_flags);
  Errno SockSend(uint32_t fd, Iovecs iovecs, uint32_t flags, Out<uint32_t> count);
  Errno SockShutdown(uint32_t fd, uint32_t how);

  // fd_state.cpp
  Errno FdClose(uint32_t fd);
  Errno FdRenumber(uint32_t from, uint32_t to);
  Errno FdFdstatGet(uint32_t fd, OutRecord<24> stat);
  Errno FdFdstatSetFlags(uint32_t fd, uint32_t fdflags);
  Errno FdFdstatSetRights(uint32_t fd, uint64_t base, uint64_t inheriting);
  template <class Version>
  Errno FdFilestatGet(uint32_t fd, OutRecord<Version::kFilestatSize> stat);
  Errno FdFilestatSetSize(uint32_t fd, uint64_t size);
  Errno FdFilestatSetTimes(uint32_t fd, uint64_t atim, uint64_t mtim, uint32_t fstflags);
  Errno FdPrestatGet(uint32_t fd, OutRecord<8> prestat);
  Errno FdPrestatDirName(uint32_t fd, Buffer name);
  Errno FdReaddir(uint32_t fd, Buffer buffer, uint64_t cookie, Out<uint32_t> used);

  // path.cpp
  Errno PathCreateDirectory(uint32_t fd, Path path);
  template <class Version>
  Errno PathFilestatGet(uint32_t fd, uint32_t lookupflags, Path path, OutRecord<Version::kFilestatSize> stat);
  Errno PathFilestatSetTimes(uint32_t fd, uint32_t lookupflags, Path path, uint64_t atim, uint64_t mtim,
                             uint32_t fstflags);
  Errno PathLink(uint32_t old_fd, uint32_t lookupflags, Path old_path, uint32_t new_fd, Path new_path);
  Errno PathOpen(uint32_t fd, uint32_t lookupflags, Path path, uint32_t oflags, uint64_t rights_base,
                 uint64_t rights_inheriting, uint32_t fdflags, Out<uint32_t> opened);
  Errno PathReadlink(uint32_t fd, Path path, Buffer buffer, Out<uint32_t> used);
  Errno PathRemoveDirectory(uint32_t fd, Path path);
  Errno PathRename(uint32_t old_fd, Path old_path, uint32_t new_fd, Path new_path);
  Errno PathSymlink(Path target, uint32_t fd, Path path);
  Errno PathUnlinkFile(uint32_t fd, Path path);

  // poll.cpp
  template <class Version>
  Result<Errno> PollOneoff(Address subscriptions, Address events, uint32_t count, Out<uint32_t> fired);

  // For tests.
  size_t open_descriptors() const { return table_.size(); }

 private:
  class Poll;  // poll.cpp

  // An entry of kind Object that has the rights `needed`, or why there is none: EBADF, `wrong_kind`, ENOTCAPABLE.
  template <class Object>
  struct Found {
    Errno error;
    Entry* entry = nullptr;
    Object* object = nullptr;
    bool ok() const { return error == Errno::kSuccess; }
  };
  template <class Object>
  Found<Object> Find(uint32_t fd, RightBits needed, Errno wrong_kind) {
    Entry* entry = table_.Find(fd);
    if (entry == nullptr) return {Errno::kBadf};
    auto* object = std::get_if<Object>(&entry->object);
    if (object == nullptr) return {wrong_kind};
    if (!entry->Has(needed)) return {Errno::kNotcapable};
    return {Errno::kSuccess, entry, object};
  }
  // The file of a call that needs a position: ESPIPE for streams, EBADF for directories.
  Found<OpenFile> FindSeekable(uint32_t fd, RightBits needed);
  // The directory of a call that names a path.
  Found<OpenDir> FindDir(uint32_t fd, RightBits needed) { return Find<OpenDir>(fd, needed, Errno::kNotdir); }
  // The file or directory of a call that is for both; null for streams.
  static Descriptor* DescriptorOf(Entry& entry);

  Errno PutStrings(const std::vector<std::string>& strings, Address pointers, Address buffer);
  Errno PutSizes(const std::vector<std::string>& strings, Out<uint32_t> count, Out<uint32_t> bytes);
  Errno SyncWith(uint32_t fd, RightBits needed, OsResult<void> (Descriptor::*sync)() const);
  Errno SocketOnly(uint32_t fd);
  OsResult<size_t> WriteAll(ByteSink& sink, Bytes bytes, Result<void>* waited);
  // Moves bytes by `transfer`, waiting for `poll_fd` where it would block.
  template <class Transfer>
  Result<Errno> Move(const Iovecs& iovecs, bool only_first, int poll_fd, Interest interest, Out<uint32_t> count,
                     Transfer transfer);
  // Device and inode numbers as the guest sees them: as different as the host's, but not the host's (FS-12).
  uint64_t Mask(uint64_t number) const;
  template <class Version>
  Errno PutFilestat(const FileStat& status, OutRecord<Version::kFilestatSize> out) const;
  void AddStreams();

  std::shared_ptr<WasiContext> owner_;
  WasiContext::Impl& context_;
  std::vector<std::string> environ_;  // "NAME=VALUE"
  DescriptorTable table_;
};

// `fstflags` with the two times, as the file system takes them; false if the flags contradict one another.
bool TimesFrom(uint64_t atim, uint64_t mtim, uint32_t fstflags, NewTimestamp* access, NewTimestamp* modification);

}  // namespace cvm::wasi::p1
