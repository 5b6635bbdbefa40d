#include "wasi/io/streams.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "vm/base/try.hpp"
#include "wasi/io/error.hpp"
#include "wasi/io/poll.hpp"

namespace cvm::wasi {
namespace {

// A reader that went away closes a stream; anything else is an error to look into.
StreamError StreamErrorFrom(FsError error) {
  if (error == FsError::kPipe) return StreamError::Closed{};
  return StreamError::LastOperationFailed{std::make_unique<HostIoError>(error)};
}

constexpr std::array<uint8_t, HostOutputStream::kMaxBlockingWrite> kZeroes{};

}  // namespace

// --- input-stream

StreamError HostInputStream::Fail(FsError error) {
  closed_ = true;
  return StreamErrorFrom(error);
}

std::optional<HostInputStream::Bytes> HostInputStream::TryRead(uint64_t len) {
  if (closed_) return Bytes(Err(StreamError::Closed{}));
  std::vector<uint8_t> bytes(std::min(len, max_read_));
  if (bytes.empty()) return Bytes(Ok(std::move(bytes)));
  auto count = source_->Read(bytes);
  if (count.Is(FsError::kWouldBlock)) return std::nullopt;
  if (!count.ok()) return Bytes(Err(Fail(count.error())));
  if (*count == 0) {
    closed_ = true;
    return Bytes(Err(StreamError::Closed{}));
  }
  bytes.resize(*count);
  return Bytes(Ok(std::move(bytes)));
}

Result<HostInputStream::Bytes> HostInputStream::Read(uint64_t len) {
  std::optional<Bytes> read = TryRead(len);
  if (!read.has_value()) return Bytes(Ok(std::vector<uint8_t>()));
  return *std::move(read);
}

Pending<HostInputStream::Bytes> HostInputStream::BlockingRead(uint64_t len) {
  std::optional<Bytes> read = TryRead(len);
  if (read.has_value()) return *std::move(read);
  return Pending<Bytes>::Suspend(MakeWaiter(), [this, len] { return BlockingRead(len); });
}

Result<HostInputStream::Count> HostInputStream::Skip(uint64_t len) {
  CVM_ASSIGN_OR_RETURN(Bytes read, Read(len));
  if (!read.ok()) return Count(Err(std::move(read.error())));
  return Count(Ok(uint64_t{read.value().size()}));
}

Pending<HostInputStream::Count> HostInputStream::BlockingSkip(uint64_t len) {
  std::optional<Bytes> read = TryRead(len);
  if (!read.has_value()) return Pending<Count>::Suspend(MakeWaiter(), [this, len] { return BlockingSkip(len); });
  if (!read->ok()) return Count(Err(std::move(read->error())));
  return Count(Ok(uint64_t{read->value().size()}));
}

Result<Own<io::streams::Pollable>> HostInputStream::Subscribe() {
  auto ready = closed_ ? std::make_unique<ReadyPollable>(reactor_) : source_->Ready(reactor_);
  return Own<io::streams::Pollable>(std::make_unique<HostPollable>(reactor_, std::move(ready), source_));
}

std::unique_ptr<::cvm::Waiter> HostInputStream::MakeWaiter() {
  return std::make_unique<PollableWaiter>(reactor_, source_->Ready(reactor_), source_);
}

// --- output-stream

StreamError HostOutputStream::Fail(FsError error) {
  closed_ = true;
  return StreamErrorFrom(error);
}

HostOutputStream::Count HostOutputStream::Room() {
  if (closed_) return Err(StreamError::Closed{});
  auto room = sink_->Room();
  if (!room.ok()) return Err(Fail(room.error()));
  return Ok(*room);
}

Result<HostOutputStream::Count> HostOutputStream::CheckWrite() {
  Count room = Room();
  permit_ = room.ok() ? room.value() : 0;
  return room;
}

Result<HostOutputStream::Done> HostOutputStream::TakePermit(uint64_t size) {
  if (closed_) return Done(Err(StreamError::Closed{}));
  if (!permit_.has_value()) {
    Count room = Room();
    if (!room.ok()) return Done(Err(std::move(room.error())));
    permit_ = room.value();
  }
  // wasi:io/streams output-stream.write: more than the permit is a trap (security row HST-04).
  if (size > *permit_) {
    return TrapError("write: " + std::to_string(size) + " bytes exceed the permit of " + std::to_string(*permit_));
  }
  permit_.reset();
  return Done(Ok());
}

HostOutputStream::Done HostOutputStream::Put(std::span<const uint8_t> bytes) {
  if (auto written = sink_->Write(bytes); !written.ok()) return Err(Fail(written.error()));
  return Ok();
}

Result<HostOutputStream::Done> HostOutputStream::Write(std::span<const uint8_t> contents) {
  CVM_ASSIGN_OR_RETURN(Done permitted, TakePermit(contents.size()));
  if (!permitted.ok()) return permitted;
  return Put(contents);
}

Pending<HostOutputStream::Done> HostOutputStream::BlockingWriteAndFlush(std::span<const uint8_t> contents) {
  if (contents.size() > kMaxBlockingWrite) return TrapError("blocking-write-and-flush: more than 4096 bytes");
  return PutAllAndFlush(contents);
}

Pending<HostOutputStream::Done> HostOutputStream::PutAllAndFlush(std::span<const uint8_t> rest) {
  while (!rest.empty()) {
    Count room = Room();
    if (!room.ok()) return Done(Err(std::move(room.error())));
    if (room.value() == 0) {
      return Pending<Done>::Suspend(MakeWaiter(), [this, rest] { return PutAllAndFlush(rest); });
    }
    const auto part = rest.first(std::min<uint64_t>(room.value(), rest.size()));
    if (Done put = Put(part); !put.ok()) return put;
    rest = rest.subspan(part.size());
  }
  permit_.reset();
  return BlockingFlush();
}

Result<HostOutputStream::Done> HostOutputStream::Flush() {
  if (closed_) return Done(Err(StreamError::Closed{}));
  if (auto flushed = sink_->Flush(); !flushed.ok()) return Done(Err(Fail(flushed.error())));
  return Done(Ok());
}

Pending<HostOutputStream::Done> HostOutputStream::BlockingFlush() {
  if (closed_) return Done(Err(StreamError::Closed{}));
  auto flushed = sink_->Flush();
  if (!flushed.ok()) return Done(Err(Fail(flushed.error())));
  if (*flushed) return Done(Ok());
  return Pending<Done>::Suspend(MakeWaiter(), [this] { return BlockingFlush(); });
}

Result<Own<io::streams::Pollable>> HostOutputStream::Subscribe() {
  auto ready = closed_ ? std::make_unique<ReadyPollable>(reactor_) : sink_->Ready();
  return Own<io::streams::Pollable>(std::make_unique<HostPollable>(reactor_, std::move(ready), sink_));
}

Result<HostOutputStream::Done> HostOutputStream::WriteZeroes(uint64_t len) {
  CVM_ASSIGN_OR_RETURN(Done permitted, TakePermit(len));
  // No buffer of `len` bytes, however large the permit (security row HST-03).
  while (permitted.ok() && len > 0) {
    const auto part = std::span(kZeroes).first(std::min<uint64_t>(len, kZeroes.size()));
    permitted = Put(part);
    len -= part.size();
  }
  return permitted;
}

Pending<HostOutputStream::Done> HostOutputStream::BlockingWriteZeroesAndFlush(uint64_t len) {
  if (len > kMaxBlockingWrite) return TrapError("blocking-write-zeroes-and-flush: more than 4096 bytes");
  return PutAllAndFlush(std::span(kZeroes).first(len));
}

Result<HostOutputStream::Count> HostOutputStream::Splice(Borrow<io::streams::InputStream> src, uint64_t len) {
  // As check-write, read and write in one, so that no permit is passed over.
  permit_.reset();
  Count room = Room();
  if (!room.ok()) return room;
  CVM_ASSIGN_OR_RETURN(HostInputStream::Bytes read, src->Read(std::min(len, room.value())));
  if (!read.ok()) return Count(Err(std::move(read.error())));
  if (Done put = Put(read.value()); !put.ok()) return Count(Err(std::move(put.error())));
  return Count(Ok(uint64_t{read.value().size()}));
}

Pending<HostOutputStream::Count> HostOutputStream::BlockingSplice(Borrow<io::streams::InputStream> src, uint64_t len) {
  auto* ours = src.As<HostInputStream>();
  if (ours == nullptr) return UsageError("blocking-splice: a stream that is not of this host");
  Count room = Room();
  if (!room.ok()) return room;
  if (room.value() == 0 && len != 0) {
    return Pending<Count>::Suspend(MakeWaiter(), [this, src, len] { return BlockingSplice(src, len); });
  }
  Result<Count> spliced = Splice(src, len);
  if (!spliced.ok() || !spliced->ok() || spliced->value() != 0 || len == 0) return spliced;
  return Pending<Count>::Suspend(ours->MakeWaiter(), [this, src, len] { return BlockingSplice(src, len); });
}

std::unique_ptr<::cvm::Waiter> HostOutputStream::MakeWaiter() {
  return std::make_unique<PollableWaiter>(reactor_, sink_->Ready(), sink_);
}

}  // namespace cvm::wasi
