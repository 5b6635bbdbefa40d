// wasi:cli/stdout: each call gives a new stream over the one standard output. One thread, that of the reactor.
#pragma once

#include <memory>
#include <utility>

#include "gen/wasi/cli/stdout_.hpp"
#include "wasi/io/stream_sink.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostStdout final : public cli::Stdout {
 public:
  HostStdout(Reactor& reactor, std::shared_ptr<StreamSink> sink) : reactor_(reactor), sink_(std::move(sink)) {}

  Result<Own<io::streams::OutputStream>> GetStdout() override;

 private:
  Reactor& reactor_;
  std::shared_ptr<StreamSink> sink_;
};

}  // namespace cvm::wasi
