#include "wasi/http/outgoing_message.hpp"

#include <algorithm>
#include <string_view>

namespace cvm::wasi {
namespace {

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllAre(std::string_view text, bool (*is)(char)) { return std::all_of(text.begin(), text.end(), is); }

// What may stand in a URI at all and does not end the part (RFC 3986 §2); a fragment is never sent.
bool IsPathChar(char c) { return c > 0x20 && c < 0x7f && c != '#'; }
bool IsAuthorityChar(char c) { return IsPathChar(c) && std::string_view("/?\\\"<>^`{|}").find(c) == std::string::npos; }

bool IsPathWithQuery(std::string_view text) {
  return text.empty() || text == "*" || (text.front() == '/' && AllAre(text, IsPathChar));
}

// RFC 3986 §3.1.
bool IsScheme(std::string_view text) {
  return !text.empty() && IsAlpha(text.front()) &&
         AllAre(text, [](char c) { return IsAlpha(c) || IsDigit(c) || c == '+' || c == '-' || c == '.'; });
}

WitResult<> Accept(bool valid) {
  if (!valid) return Err();
  return Ok();
}

Result<WitResult<Own<http::types::OutgoingBody>>> TakeBody(bool* taken, Reactor& reactor,
                                                           const std::shared_ptr<BodyData>& body,
                                                           const std::shared_ptr<FieldList>& headers, bool is_request) {
  using Answer = WitResult<Own<http::types::OutgoingBody>>;
  if (std::exchange(*taken, true)) return Answer(Err());
  return Answer(
      Ok(Own<http::types::OutgoingBody>(std::make_unique<HostOutgoingBody>(reactor, body, headers, is_request))));
}

Own<http::types::Fields> Immutable(const std::shared_ptr<FieldList>& headers) {
  return Own<http::types::Fields>(std::make_unique<HostFields>(headers, true));
}

}  // namespace

// --- outgoing-request

Result<WitResult<Own<http::types::OutgoingBody>>> HostOutgoingRequest::Body() {
  return TakeBody(&body_taken_, reactor_, body_, headers_, true);
}

Result<WitResult<>> HostOutgoingRequest::SetMethod(const http::types::Method& method) {
  const auto* other = method.As<http::types::Method::Other>();
  // RFC 9110 §9.1: a method is a token, as a field's name is.
  const bool valid = other == nullptr || IsFieldName(other->value);
  if (valid) method_ = method;
  return Accept(valid);
}

Result<WitResult<>> HostOutgoingRequest::SetPathWithQuery(const std::optional<std::string>& path_with_query) {
  const bool valid = !path_with_query.has_value() || IsPathWithQuery(*path_with_query);
  if (valid) path_with_query_ = path_with_query;
  return Accept(valid);
}

Result<WitResult<>> HostOutgoingRequest::SetScheme(const std::optional<http::types::Scheme>& scheme) {
  const auto* other = scheme.has_value() ? scheme->As<http::types::Scheme::Other>() : nullptr;
  const bool valid = other == nullptr || IsScheme(other->value);
  if (valid) scheme_ = scheme;
  return Accept(valid);
}

Result<WitResult<>> HostOutgoingRequest::SetAuthority(const std::optional<std::string>& authority) {
  const bool valid = !authority.has_value() || (!authority->empty() && AllAre(*authority, IsAuthorityChar));
  if (valid) authority_ = authority;
  return Accept(valid);
}

Result<Own<http::types::Fields>> HostOutgoingRequest::Headers() { return Immutable(headers_); }

// --- outgoing-response

Result<WitResult<>> HostOutgoingResponse::SetStatusCode(uint16_t status_code) {
  const bool valid = status_code >= 100 && status_code <= 999;
  if (valid) status_code_ = status_code;
  return Accept(valid);
}

Result<Own<http::types::Fields>> HostOutgoingResponse::Headers() { return Immutable(headers_); }

Result<WitResult<Own<http::types::OutgoingBody>>> HostOutgoingResponse::Body() {
  return TakeBody(&body_taken_, reactor_, body_, headers_, false);
}

// --- request-options

Result<WitResult<>> HostRequestOptions::SetConnectTimeout(const Timeout& duration) {
  connect_timeout_ = duration;
  return Accept(true);
}

Result<WitResult<>> HostRequestOptions::SetFirstByteTimeout(const Timeout& duration) {
  first_byte_timeout_ = duration;
  return Accept(true);
}

Result<WitResult<>> HostRequestOptions::SetBetweenBytesTimeout(const Timeout& duration) {
  between_bytes_timeout_ = duration;
  return Accept(true);
}

}  // namespace cvm::wasi
