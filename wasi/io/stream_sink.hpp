// StreamSink: where an output-stream puts its bytes: standard output, a file, memory. The part of a stream that its
// pollables, and the other streams over the same output, share with it.
//
// What the output does not take at once is kept here, at most `capacity` bytes of it, and leaves as soon as the
// descriptor is writable, in the reactor's turns, whether or not the guest asks. Shared pointers; one thread, that of
// the reactor; must go before the reactor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "wasi/os/os_result.hpp"
#include "wasi/os/stdio.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class StreamSink {
 public:
  // What outputs that may fill up, and those that never do, let a guest write at a time.
  static constexpr uint64_t kPipeRoom = 64 * 1024;
  static constexpr uint64_t kFileRoom = 1024 * 1024;

  StreamSink(Reactor& reactor, uint64_t capacity) : reactor_(reactor), capacity_(capacity) {}
  StreamSink(const StreamSink&) = delete;
  StreamSink& operator=(const StreamSink&) = delete;
  virtual ~StreamSink();

  // How many bytes Write takes now; 0 while earlier ones have not left.
  OsResult<uint64_t> Room();
  // Takes all of `bytes`. kWouldBlock if that is more than this object may hold.
  OsResult<void> Write(std::span<const uint8_t> bytes);
  // Sees to it that all that was written leaves; answers whether it has.
  OsResult<bool> Flush();
  // Ready when Room is not 0, or there is an error to be told.
  std::unique_ptr<Pollable> Ready();
  size_t pending() const { return pending_.size(); }

 protected:
  // Writes a prefix of `bytes`; kWouldBlock if none can be taken now.
  virtual OsResult<size_t> TryWrite(std::span<const uint8_t> bytes) = 0;
  // Hands on what the output itself holds back; kWouldBlock if it cannot yet.
  virtual OsResult<void> TryFlush() { return {}; }
  // To watch for writability; -1 if TryWrite never answers kWouldBlock.
  virtual int fd() const { return -1; }

 private:
  class RoomPollable;

  // Writes what is kept as far as it goes. True if nothing is left.
  OsResult<bool> Drain();
  // Drain in a later turn, when the descriptor is writable; then look again.
  void DrainLater();
  void OnWritable();
  bool HasRoom() const { return error_.has_value() || (pending_.empty() && !flushing_); }

  Reactor& reactor_;
  uint64_t capacity_;
  std::string pending_;
  bool flushing_ = false;         // a Flush has not gone through yet
  std::optional<FsError> error_;  // of a drain that nobody was there to be told of
  std::unique_ptr<Pollable> writable_;
  std::unique_ptr<wasi::Waiter> drain_;
  std::vector<RoomPollable*> watchers_;
};

// Over a ByteSink, its own or one that outlives it.
class ByteStreamSink final : public StreamSink {
 public:
  ByteStreamSink(Reactor& reactor, ByteSink& sink)
      : StreamSink(reactor, sink.fd() < 0 ? kFileRoom : kPipeRoom), sink_(sink) {}
  ByteStreamSink(Reactor& reactor, std::unique_ptr<ByteSink> sink)
      : StreamSink(reactor, sink->fd() < 0 ? kFileRoom : kPipeRoom), owned_(std::move(sink)), sink_(*owned_) {}

 protected:
  OsResult<size_t> TryWrite(std::span<const uint8_t> bytes) override { return sink_.Write(bytes, Blocking::kNo); }
  OsResult<void> TryFlush() override { return sink_.Flush(Blocking::kNo); }
  int fd() const override { return sink_.fd(); }

 private:
  std::unique_ptr<ByteSink> owned_;
  ByteSink& sink_;
};

}  // namespace cvm::wasi
