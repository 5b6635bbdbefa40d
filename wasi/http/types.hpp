// wasi:http/types: constructors and static functions; the resources are in fields.hpp, outgoing_body.hpp and
// outgoing_message.hpp. This host sends and serves nothing yet, so that no guest can hold what comes from outside
// (incoming-request, incoming-response, incoming-body, response-outparam and the futures): what takes one of them
// answers with an error of the embedder, whose resource it must be.
//
// The reactor is used, not owned. One thread, that of the reactor.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "gen/wasi/http/types.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostHttpTypes final : public http::Types {
 public:
  explicit HostHttpTypes(Reactor& reactor) : reactor_(reactor) {}

  Result<Own<http::types::Fields>> NewFields() override;
  Result<WitResult<Own<http::types::Fields>, http::types::HeaderError>> FieldsFromList(
      std::span<const std::tuple<std::string, std::vector<uint8_t>>> entries) override;
  Result<Own<http::types::OutgoingRequest>> NewOutgoingRequest(Own<http::types::Fields> headers) override;
  Result<Own<http::types::RequestOptions>> NewRequestOptions() override;
  Result<void> ResponseOutparamSet(
      Own<http::types::ResponseOutparam> param,
      WitResult<Own<http::types::OutgoingResponse>, http::types::ErrorCode> response) override;
  Result<Own<http::types::FutureTrailers>> IncomingBodyFinish(Own<http::types::IncomingBody> this_) override;
  Result<Own<http::types::OutgoingResponse>> NewOutgoingResponse(Own<http::types::Fields> headers) override;
  Result<WitResult<void, http::types::ErrorCode>> OutgoingBodyFinish(
      Own<http::types::OutgoingBody> this_, std::optional<Own<http::types::Fields>> trailers) override;
  // No stream of this host fails for reasons of HTTP.
  Result<std::optional<http::types::ErrorCode>> HttpErrorCode(Borrow<http::types::IoError> err) override;

 private:
  Reactor& reactor_;
};

}  // namespace cvm::wasi
