// The resources `outgoing-request`, `outgoing-response` and `request-options` of wasi:http/types: plain data with the
// checks of its syntax. Owned by the guest's handles; one thread, that of the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gen/wasi/http/types.hpp"
#include "wasi/http/fields.hpp"
#include "wasi/http/outgoing_body.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostOutgoingRequest final : public http::types::OutgoingRequest {
 public:
  HostOutgoingRequest(Reactor& reactor, std::shared_ptr<FieldList> headers)
      : reactor_(reactor), headers_(std::move(headers)), body_(std::make_shared<BodyData>()) {}

  Result<WitResult<Own<http::types::OutgoingBody>>> Body() override;
  Result<http::types::Method> Method() override { return method_; }
  Result<WitResult<>> SetMethod(const http::types::Method& method) override;
  Result<std::optional<std::string>> PathWithQuery() override { return path_with_query_; }
  Result<WitResult<>> SetPathWithQuery(const std::optional<std::string>& path_with_query) override;
  Result<std::optional<http::types::Scheme>> Scheme() override { return scheme_; }
  Result<WitResult<>> SetScheme(const std::optional<http::types::Scheme>& scheme) override;
  Result<std::optional<std::string>> Authority() override { return authority_; }
  Result<WitResult<>> SetAuthority(const std::optional<std::string>& authority) override;
  Result<Own<http::types::Fields>> Headers() override;

 private:
  Reactor& reactor_;
  std::shared_ptr<FieldList> headers_;
  std::shared_ptr<BodyData> body_;
  bool body_taken_ = false;
  http::types::Method method_ = http::types::Method::Get{};
  std::optional<std::string> path_with_query_;
  std::optional<http::types::Scheme> scheme_;
  std::optional<std::string> authority_;
};

class HostOutgoingResponse final : public http::types::OutgoingResponse {
 public:
  HostOutgoingResponse(Reactor& reactor, std::shared_ptr<FieldList> headers)
      : reactor_(reactor), headers_(std::move(headers)), body_(std::make_shared<BodyData>()) {}

  Result<uint16_t> StatusCode() override { return status_code_; }
  Result<WitResult<>> SetStatusCode(uint16_t status_code) override;
  Result<Own<http::types::Fields>> Headers() override;
  Result<WitResult<Own<http::types::OutgoingBody>>> Body() override;

 private:
  Reactor& reactor_;
  std::shared_ptr<FieldList> headers_;
  std::shared_ptr<BodyData> body_;
  bool body_taken_ = false;
  uint16_t status_code_ = 200;
};

class HostRequestOptions final : public http::types::RequestOptions {
 public:
  using Timeout = std::optional<uint64_t>;  // nanoseconds

  Result<Timeout> ConnectTimeout() override { return connect_timeout_; }
  Result<WitResult<>> SetConnectTimeout(const Timeout& duration) override;
  Result<Timeout> FirstByteTimeout() override { return first_byte_timeout_; }
  Result<WitResult<>> SetFirstByteTimeout(const Timeout& duration) override;
  Result<Timeout> BetweenBytesTimeout() override { return between_bytes_timeout_; }
  Result<WitResult<>> SetBetweenBytesTimeout(const Timeout& duration) override;

 private:
  Timeout connect_timeout_;
  Timeout first_byte_timeout_;
  Timeout between_bytes_timeout_;
};

}  // namespace cvm::wasi
