// wasi:io/streams: bytes in and out over a StreamSource or StreamSink, which do the work; here is what the interface
// demands of the guest: permits, limits, the end. A call that has to wait answers a Pending; no thread blocks.
//
// Streams are owned by the guest's handles; they must go before their reactor. One thread, that of the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "gen/wasi/io/streams.hpp"
#include "wasi/io/stream_sink.hpp"
#include "wasi/io/stream_source.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

// The interface has no functions of its own: its methods are those of the resources.
class HostStreams final : public io::Streams {};

using io::streams::StreamError;

class HostInputStream final : public io::streams::InputStream {
 public:
  // The most that one call reads, whatever the guest asks for (security row HST-01), unless the embedder says otherwise.
  static constexpr uint64_t kMaxRead = 64 * 1024;

  HostInputStream(Reactor& reactor, std::shared_ptr<StreamSource> source, uint64_t max_read = kMaxRead)
      : reactor_(reactor), source_(std::move(source)), max_read_(max_read) {}

  using Bytes = WitResult<std::vector<uint8_t>, StreamError>;
  using Count = WitResult<uint64_t, StreamError>;
  Result<Bytes> Read(uint64_t len) override;
  Pending<Bytes> BlockingRead(uint64_t len) override;
  Result<Count> Skip(uint64_t len) override;
  Pending<Count> BlockingSkip(uint64_t len) override;
  Result<Own<io::streams::Pollable>> Subscribe() override;

  std::unique_ptr<::cvm::Waiter> MakeWaiter();

 private:
  // Nothing if the source would block; a read of no bytes is never told so.
  std::optional<Bytes> TryRead(uint64_t len);
  StreamError Fail(FsError error);

  Reactor& reactor_;
  std::shared_ptr<StreamSource> source_;
  uint64_t max_read_;
  bool closed_ = false;  // after the end or an error, for good
};

class HostOutputStream final : public io::streams::OutputStream {
 public:
  // The most that the functions which write and flush in one take.
  static constexpr uint64_t kMaxBlockingWrite = 4096;

  HostOutputStream(Reactor& reactor, std::shared_ptr<StreamSink> sink) : reactor_(reactor), sink_(std::move(sink)) {}

  using Done = WitResult<void, StreamError>;
  using Count = WitResult<uint64_t, StreamError>;
  Result<Count> CheckWrite() override;
  Result<Done> Write(std::span<const uint8_t> contents) override;
  Pending<Done> BlockingWriteAndFlush(std::span<const uint8_t> contents) override;
  Result<Done> Flush() override;
  Pending<Done> BlockingFlush() override;
  Result<Own<io::streams::Pollable>> Subscribe() override;
  Result<Done> WriteZeroes(uint64_t len) override;
  Pending<Done> BlockingWriteZeroesAndFlush(uint64_t len) override;
  Result<Count> Splice(Borrow<io::streams::InputStream> src, uint64_t len) override;
  Pending<Count> BlockingSplice(Borrow<io::streams::InputStream> src, uint64_t len) override;

 private:
  // Uses up the permit for a write of `size` bytes; a trap if it is not enough. A guest that has not asked for one gets
  // what check-write would have answered.
  Result<Done> TakePermit(uint64_t size);
  Count Room();
  Done Put(std::span<const uint8_t> bytes);
  Pending<Done> PutAllAndFlush(std::span<const uint8_t> rest);
  std::unique_ptr<::cvm::Waiter> MakeWaiter();
  StreamError Fail(FsError error);

  Reactor& reactor_;
  std::shared_ptr<StreamSink> sink_;
  std::optional<uint64_t> permit_;
  bool closed_ = false;  // after an error, for good
};

}  // namespace cvm::wasi
