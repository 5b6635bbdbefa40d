// Streams over files: where read-via-stream, write-via-stream and append-via-stream get and put their bytes. Each has a
// position of its own; the file is shared with the descriptor and outlives its handle.
//
// A regular file never makes anyone wait, so its reads and writes are made directly; a pipe or terminal that was opened
// through a directory may, and is watched. One thread, that of the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "wasi/io/stream_sink.hpp"
#include "wasi/io/stream_source.hpp"
#include "wasi/os/file.hpp"

namespace cvm::wasi {

class FileStreamSource final : public StreamSource {
 public:
  FileStreamSource(std::shared_ptr<const File> file, uint64_t position) : file_(std::move(file)), position_(position) {}

  OsResult<size_t> Read(std::span<uint8_t> out) override;
  std::unique_ptr<Pollable> Ready(Reactor& reactor) override;

 private:
  std::shared_ptr<const File> file_;
  uint64_t position_;
};

class FileStreamSink final : public StreamSink {
 public:
  // Without a position it appends.
  FileStreamSink(Reactor& reactor, std::shared_ptr<const File> file, std::optional<uint64_t> position)
      : StreamSink(reactor, file->IsSeekable() ? kFileRoom : kPipeRoom), file_(std::move(file)), position_(position) {}

 protected:
  OsResult<size_t> TryWrite(std::span<const uint8_t> bytes) override;
  int fd() const override { return file_->IsSeekable() ? -1 : file_->fd(); }

 private:
  std::shared_ptr<const File> file_;
  std::optional<uint64_t> position_;
};

}  // namespace cvm::wasi
