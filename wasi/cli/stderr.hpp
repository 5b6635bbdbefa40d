// wasi:cli/stderr: each call gives a new stream over the one standard error. One thread, that of the reactor.
#pragma once

#include <memory>
#include <utility>

#include "gen/wasi/cli/stderr_.hpp"
#include "wasi/io/stream_sink.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostStderr final : public cli::Stderr {
 public:
  HostStderr(Reactor& reactor, std::shared_ptr<StreamSink> sink) : reactor_(reactor), sink_(std::move(sink)) {}

  Result<Own<io::streams::OutputStream>> GetStderr() override;

 private:
  Reactor& reactor_;
  std::shared_ptr<StreamSink> sink_;
};

}  // namespace cvm::wasi
