// The resource `outgoing-body` of wasi:http/types: collects what the guest writes in memory, up to a limit, for whoever
// sends the message. Owned by the guest's handle; one thread, that of the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gen/wasi/http/types.hpp"
#include "wasi/http/fields.hpp"
#include "wasi/io/stream_sink.hpp"
#include "wasi/os/stdio.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

// What a message's body comes to. Shared between the message, its outgoing-body and that one's stream.
struct BodyData {
  // More than this is answered with a failed operation of the stream.
  static constexpr size_t kMaxBytes = size_t{1} << 20;

  MemorySink bytes{kMaxBytes};
  std::shared_ptr<FieldList> trailers;
  bool finished = false;
};

class HostOutgoingBody final : public http::types::OutgoingBody {
 public:
  // `headers` are the message's: their content-length must come true.
  HostOutgoingBody(Reactor& reactor, std::shared_ptr<BodyData> data, std::shared_ptr<const FieldList> headers,
                   bool is_request)
      : reactor_(reactor), data_(std::move(data)), headers_(std::move(headers)), is_request_(is_request) {}

  // The one stream; an error when asked again.
  Result<WitResult<Own<http::types::OutputStream>>> Write() override;
  // The static function `finish`.
  WitResult<void, http::types::ErrorCode> Finish(std::shared_ptr<FieldList> trailers);

 private:
  Reactor& reactor_;
  std::shared_ptr<BodyData> data_;
  std::shared_ptr<const FieldList> headers_;
  bool is_request_;
  bool written_ = false;
};

}  // namespace cvm::wasi
