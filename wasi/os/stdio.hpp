// ByteSource and ByteSink: the seams to standard input, output and error.
//
// System streams are made over descriptors of the process; memory streams serve captures, prepared inputs and tests.
// A non-blocking call never blocks the thread, also on descriptors that other processes share (O_NONBLOCK is never set
// on those: it would change the terminal of the parent shell). One thread at a time per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

enum class Blocking : uint8_t { kNo, kYes };

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads at least one byte, at most out.size(); 0 is the end of the stream (or out was empty). kWouldBlock when there
  // is nothing yet and `blocking` is kNo.
  virtual OsResult<size_t> Read(std::span<uint8_t> out, Blocking blocking) = 0;
  virtual bool IsTerminal() const { return false; }
  // The descriptor to watch for readability; -1 if reads are always ready.
  virtual int fd() const { return -1; }
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Writes a prefix of `bytes` (kNo) or all of them (kYes) and answers how many. kWouldBlock when none can be taken
  // now. A closed reader is kPipe; no signal is raised.
  virtual OsResult<size_t> Write(std::span<const uint8_t> bytes, Blocking blocking) = 0;
  // Hands on what the sink itself holds back.
  virtual OsResult<void> Flush(Blocking blocking) = 0;
  virtual bool IsTerminal() const { return false; }
  // The descriptor to watch for writability; -1 if writes are always ready.
  virtual int fd() const { return -1; }

  OsResult<void> WriteAll(std::string_view text);
};

// Over a descriptor of the process, which stays the caller's. Output to a terminal goes through TerminalFilter unless
// `filter_terminal` is false; to anything else it is exact to the byte.
std::unique_ptr<ByteSource> MakeFdSource(int fd);
std::unique_ptr<ByteSink> MakeFdSink(int fd, bool filter_terminal = true);

// The three of the process.
std::unique_ptr<ByteSource> MakeStdin();
std::unique_ptr<ByteSink> MakeStdout();
std::unique_ptr<ByteSink> MakeStderr();

// A prepared input.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes = {}) : bytes_(std::move(bytes)) {}
  OsResult<size_t> Read(std::span<uint8_t> out, Blocking blocking) override;

 private:
  std::string bytes_;
  size_t position_ = 0;
};

// Keeps what is written, up to a limit (so that a guest cannot fill the host's memory); above it kInsufficientSpace.
class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(size_t limit = SIZE_MAX) : limit_(limit) {}
  OsResult<size_t> Write(std::span<const uint8_t> bytes, Blocking blocking) override;
  OsResult<void> Flush(Blocking) override { return {}; }

  const std::string& contents() const { return contents_; }
  std::string Take() { return std::exchange(contents_, {}); }

 private:
  size_t limit_;
  std::string contents_;
};

// Takes everything and keeps nothing: an absent stdout (security row HST-03: no allocation, whatever the length).
class NullSink final : public ByteSink {
 public:
  OsResult<size_t> Write(std::span<const uint8_t> bytes, Blocking) override { return bytes.size(); }
  OsResult<void> Flush(Blocking) override { return {}; }
};

}  // namespace cvm::wasi
