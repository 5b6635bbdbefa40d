// wasi:cli/stdin: each call gives a new stream over the one standard input: what one reads, the others do not see. One
// thread, that of the reactor.
#pragma once

#include <memory>
#include <utility>

#include "gen/wasi/cli/stdin_.hpp"
#include "wasi/io/stream_source.hpp"
#include "wasi/io/streams.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostStdin final : public cli::Stdin {
 public:
  HostStdin(Reactor& reactor, std::shared_ptr<StreamSource> source, uint64_t max_read = HostInputStream::kMaxRead)
      : reactor_(reactor), source_(std::move(source)), max_read_(max_read) {}

  Result<Own<io::streams::InputStream>> GetStdin() override;

 private:
  Reactor& reactor_;
  std::shared_ptr<StreamSource> source_;
  uint64_t max_read_;
};

}  // namespace cvm::wasi
