#include "wasi/http/outgoing_handler.hpp"

namespace cvm::wasi {

using http::types::ErrorCode;

Result<WitResult<Own<http::types::FutureIncomingResponse>, ErrorCode>> HostOutgoingHandler::Handle(
    Own<http::types::OutgoingRequest> /*request*/, std::optional<Own<http::types::RequestOptions>> /*options*/) {
  return WitResult<Own<http::types::FutureIncomingResponse>, ErrorCode>(Err(ErrorCode(ErrorCode::HttpRequestDenied{})));
}

}  // namespace cvm::wasi
