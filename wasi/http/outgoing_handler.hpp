// wasi:http/outgoing-handler where the host grants no network: every request is answered with HTTP-request-denied.
// Stateless.
#pragma once

#include <optional>

#include "gen/wasi/http/outgoing_handler.hpp"

namespace cvm::wasi {

class HostOutgoingHandler final : public http::OutgoingHandler {
 public:
  Result<WitResult<Own<http::types::FutureIncomingResponse>, http::types::ErrorCode>> Handle(
      Own<http::types::OutgoingRequest> request, std::optional<Own<http::types::RequestOptions>> options) override;
};

}  // namespace cvm::wasi
