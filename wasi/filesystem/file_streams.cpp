#include "wasi/filesystem/file_streams.hpp"

namespace cvm::wasi {

OsResult<size_t> FileStreamSource::Read(std::span<uint8_t> out) {
  auto count = file_->ReadAt(out, position_);
  if (count.ok()) position_ += *count;
  return count;
}

std::unique_ptr<Pollable> FileStreamSource::Ready(Reactor& reactor) {
  if (file_->IsSeekable()) return std::make_unique<ReadyPollable>(reactor);
  return reactor.ForFd(file_->fd(), Interest::kRead);
}

OsResult<size_t> FileStreamSink::TryWrite(std::span<const uint8_t> bytes) {
  if (!position_.has_value()) return file_->Append(bytes);
  auto count = file_->WriteAt(bytes, *position_);
  if (count.ok()) *position_ += *count;
  return count;
}

}  // namespace cvm::wasi
