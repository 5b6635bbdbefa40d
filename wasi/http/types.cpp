#include "wasi/http/types.hpp"

#include <memory>
#include <string_view>
#include <utility>

#include "vm/base/try.hpp"
#include "wasi/http/fields.hpp"
#include "wasi/http/outgoing_body.hpp"
#include "wasi/http/outgoing_message.hpp"

namespace cvm::wasi {
namespace {

namespace types = http::types;

Error Foreign(std::string_view function) {
  return UsageError(std::string(function) + ": a resource that is not of this host");
}

// The fields that a message or a body takes over.
Result<std::shared_ptr<FieldList>> TakeFields(const Own<types::Fields>& fields, std::string_view function) {
  auto* ours = fields.As<HostFields>();
  if (ours == nullptr) return Foreign(function);
  return ours->list();
}

}  // namespace

Result<Own<types::Fields>> HostHttpTypes::NewFields() { return Own<types::Fields>(std::make_unique<HostFields>()); }

Result<WitResult<Own<types::Fields>, types::HeaderError>> HostHttpTypes::FieldsFromList(
    std::span<const std::tuple<std::string, std::vector<uint8_t>>> entries) {
  using Answer = WitResult<Own<types::Fields>, types::HeaderError>;
  auto fields = std::make_unique<HostFields>();
  for (const auto& [name, value] : entries) {
    CVM_ASSIGN_OR_RETURN(HostFields::Done added, fields->Append(name, value));
    if (!added.ok()) return Answer(Err(std::move(added.error())));
  }
  return Answer(Ok(Own<types::Fields>(std::move(fields))));
}

Result<Own<types::OutgoingRequest>> HostHttpTypes::NewOutgoingRequest(Own<types::Fields> headers) {
  CVM_ASSIGN_OR_RETURN(auto list, TakeFields(headers, "[constructor]outgoing-request"));
  return Own<types::OutgoingRequest>(std::make_unique<HostOutgoingRequest>(reactor_, std::move(list)));
}

Result<Own<types::RequestOptions>> HostHttpTypes::NewRequestOptions() {
  return Own<types::RequestOptions>(std::make_unique<HostRequestOptions>());
}

Result<void> HostHttpTypes::ResponseOutparamSet(
    Own<types::ResponseOutparam> /*param*/, WitResult<Own<types::OutgoingResponse>, types::ErrorCode> /*response*/) {
  return Foreign("[static]response-outparam.set");
}

Result<Own<types::FutureTrailers>> HostHttpTypes::IncomingBodyFinish(Own<types::IncomingBody> /*this_*/) {
  return Foreign("[static]incoming-body.finish");
}

Result<Own<types::OutgoingResponse>> HostHttpTypes::NewOutgoingResponse(Own<types::Fields> headers) {
  CVM_ASSIGN_OR_RETURN(auto list, TakeFields(headers, "[constructor]outgoing-response"));
  return Own<types::OutgoingResponse>(std::make_unique<HostOutgoingResponse>(reactor_, std::move(list)));
}

Result<WitResult<void, types::ErrorCode>> HostHttpTypes::OutgoingBodyFinish(
    Own<types::OutgoingBody> this_, std::optional<Own<types::Fields>> trailers) {
  auto* body = this_.As<HostOutgoingBody>();
  if (body == nullptr) return Foreign("[static]outgoing-body.finish");
  std::shared_ptr<FieldList> list;
  if (trailers.has_value()) {
    CVM_ASSIGN_OR_RETURN(list, TakeFields(*trailers, "[static]outgoing-body.finish"));
  }
  return body->Finish(std::move(list));
}

Result<std::optional<types::ErrorCode>> HostHttpTypes::HttpErrorCode(Borrow<types::IoError> /*err*/) {
  return std::optional<types::ErrorCode>();
}

}  // namespace cvm::wasi
