// The descriptor table of a preview-1 guest: what its small numbers stand for, and with which rights. Owned by the host
// object (host.hpp); one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <variant>
#include <vector>

#include "wasi/os/dir.hpp"
#include "wasi/os/file.hpp"
#include "wasi/os/stdio.hpp"
#include "wasi/p1/types.hpp"

namespace cvm::wasi::p1 {

// A standard stream. The streams are the context's.
struct InputStream {
  ByteSource* source;
};
struct OutputStream {
  ByteSink* sink;
};

// An open file and its position, which preview 1 keeps per descriptor.
struct OpenFile {
  std::shared_ptr<Descriptor> descriptor;
  File* file;  // the same object
  uint64_t position = 0;
};

// Reads a directory by cookies. A cookie is the number of the entry that comes next: "." is 0, ".." is 1. Guests go
// back by the entries that did not fit their buffer, or to the beginning: the last entries are kept for the former, the
// directory is read anew for all else.
class DirReader {
 public:
  explicit DirReader(std::shared_ptr<Dir> dir) : dir_(std::move(dir)) {}

  // Makes `cookie` the next entry.
  OsResult<void> SeekTo(uint64_t cookie);
  // The next entry, or null at the end; valid until the next call. Names that are not UTF-8 cannot be said in WASI, nor
  // used in any other call: they are passed over.
  OsResult<const DirEntry*> Next();
  uint64_t cookie() const { return cookie_; }

 private:
  static constexpr size_t kKept = 64;

  OsResult<std::optional<DirEntry>> Read();

  std::shared_ptr<Dir> dir_;
  std::optional<DirStream> stream_;
  std::deque<DirEntry> kept_;  // entries that have been read, up to `read_`
  uint64_t read_ = 0;          // cookie of the entry that the stream gives next
  uint64_t cookie_ = 0;
};

struct OpenDir {
  std::shared_ptr<Dir> dir;
  std::optional<std::string> preopen_path;  // the name of a preopened directory
  std::unique_ptr<DirReader> reader;        // since the first fd_readdir
};

struct Entry {
  std::variant<InputStream, OutputStream, OpenFile, OpenDir> object;
  RightBits base = 0;
  RightBits inheriting = 0;
  bool nonblock = false;  // of streams; files keep their own

  bool Has(RightBits needed) const { return (base & needed) == needed; }
};

class DescriptorTable {
 public:
  explicit DescriptorTable(uint32_t most) : most_(most) {}

  // Gives `entry` the lowest free number; nothing if there are as many open as there may be.
  std::optional<uint32_t> Add(Entry entry);
  // Null for a number that is not open.
  Entry* Find(uint32_t fd);
  // False for a number that is not open.
  bool Close(uint32_t fd);
  // What `from` stands for is from now on `to`, which is closed first; both must be open.
  bool Renumber(uint32_t from, uint32_t to);
  bool full() const { return size() >= most_; }
  size_t size() const { return entries_.size() - free_.size(); }

 private:
  uint32_t most_;
  std::vector<std::optional<Entry>> entries_;
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> free_;  // empty places of entries_
};

}  // namespace cvm::wasi::p1
