// StreamSource: where an input-stream gets its bytes: standard input, a file, memory. The part of a stream that its
// pollables share with it. Shared pointers; one thread, that of the reactor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "wasi/os/os_result.hpp"
#include "wasi/os/stdio.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class StreamSource {
 public:
  virtual ~StreamSource() = default;
  // Reads at least one byte, at most out.size(); 0 is the end (or out was empty); kWouldBlock if there is nothing yet.
  virtual OsResult<size_t> Read(std::span<uint8_t> out) = 0;
  // Ready when Read would not answer kWouldBlock.
  virtual std::unique_ptr<Pollable> Ready(Reactor& reactor) = 0;
};

// Over a ByteSource, its own or one that outlives it.
class ByteStreamSource final : public StreamSource {
 public:
  explicit ByteStreamSource(ByteSource& source) : source_(source) {}
  explicit ByteStreamSource(std::unique_ptr<ByteSource> source) : owned_(std::move(source)), source_(*owned_) {}

  OsResult<size_t> Read(std::span<uint8_t> out) override { return source_.Read(out, Blocking::kNo); }
  std::unique_ptr<Pollable> Ready(Reactor& reactor) override;

 private:
  std::unique_ptr<ByteSource> owned_;
  ByteSource& source_;
};

}  // namespace cvm::wasi
