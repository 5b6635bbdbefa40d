#include "wasi/io/stream_sink.hpp"

#include <algorithm>

namespace cvm::wasi {

// Ready when the sink has room; the sink says when that may have changed.
class StreamSink::RoomPollable final : public Pollable {
 public:
  RoomPollable(Reactor& reactor, StreamSink& sink) : Pollable(reactor), sink_(sink) { sink_.watchers_.push_back(this); }
  ~RoomPollable() override { std::erase(sink_.watchers_, this); }

  bool IsReady() override {
    if (sink_.HasRoom()) return true;
    // Perhaps the reader has come meanwhile: so a guest that only asks, and never waits, gets on too.
    if (auto drained = sink_.Drain(); !drained.ok()) sink_.error_ = drained.error();
    return sink_.HasRoom();
  }
  void Changed() { Notify(); }

 private:
  StreamSink& sink_;
};

StreamSink::~StreamSink() = default;

OsResult<uint64_t> StreamSink::Room() {
  auto drained = Drain();
  if (!drained.ok()) return drained.error();
  return *drained ? capacity_ : 0;
}

OsResult<void> StreamSink::Write(std::span<const uint8_t> bytes) {
  if (auto drained = Drain(); !drained.ok()) return drained.error();
  // Several streams over one output may have been promised the same room: each may still use it once, within reason.
  if (pending_.size() + bytes.size() > 2 * capacity_) return FsError::kWouldBlock;
  while (pending_.empty() && !bytes.empty()) {
    auto written = TryWrite(bytes);
    if (written.Is(FsError::kWouldBlock) && fd() >= 0) break;
    if (!written.ok()) return written.error();
    bytes = bytes.subspan(*written);
  }
  if (bytes.empty()) return {};
  pending_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  DrainLater();
  return {};
}

OsResult<bool> StreamSink::Flush() {
  flushing_ = true;
  return Drain();
}

OsResult<bool> StreamSink::Drain() {
  if (error_.has_value()) return *std::exchange(error_, std::nullopt);
  size_t done = 0;
  OsResult<void> failed;
  while (done < pending_.size() && failed.ok()) {
    auto written = TryWrite({reinterpret_cast<const uint8_t*>(pending_.data()) + done, pending_.size() - done});
    if (written.ok()) {
      done += *written;
    } else {
      failed = written.error();
    }
  }
  pending_.erase(0, done);
  if (failed.ok() && flushing_) {
    failed = TryFlush();
    flushing_ = !failed.ok();
  }
  if (failed.ok()) return true;
  if (failed.Is(FsError::kWouldBlock) && fd() >= 0) {
    DrainLater();
    return false;
  }
  // The output is gone: what it did not take is lost, and said to be.
  pending_ = {};
  flushing_ = false;
  return failed.error();
}

void StreamSink::DrainLater() {
  if (drain_ != nullptr && drain_->pending()) return;
  if (writable_ == nullptr) writable_ = reactor_.ForFd(fd(), Interest::kWrite);
  Pollable* const list[] = {writable_.get()};
  drain_ = reactor_.Wait(list, [this](std::span<const uint32_t>) { OnWritable(); });
}

void StreamSink::OnWritable() {
  if (auto drained = Drain(); !drained.ok()) error_ = drained.error();
  if (!HasRoom()) return;
  for (RoomPollable* watcher : watchers_) watcher->Changed();
}

std::unique_ptr<Pollable> StreamSink::Ready() { return std::make_unique<RoomPollable>(reactor_, *this); }

}  // namespace cvm::wasi
