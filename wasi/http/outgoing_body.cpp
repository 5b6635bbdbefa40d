#include "wasi/http/outgoing_body.hpp"

#include <charconv>
#include <string_view>

#include "vm/base/try.hpp"
#include "wasi/io/streams.hpp"

namespace cvm::wasi {
namespace {

using http::types::ErrorCode;

// Writes into the body, which the sink keeps alive.
class BodySink final : public StreamSink {
 public:
  BodySink(Reactor& reactor, std::shared_ptr<BodyData> data) : StreamSink(reactor, kPipeRoom), data_(std::move(data)) {}

 protected:
  OsResult<size_t> TryWrite(std::span<const uint8_t> bytes) override {
    // A stream that outlives its body leads nowhere.
    if (data_->finished) return FsError::kPipe;
    return data_->bytes.Write(bytes, Blocking::kNo);
  }

 private:
  std::shared_ptr<BodyData> data_;
};

// RFC 9110 §8.6. A value that is no number promises nothing.
std::optional<uint64_t> ContentLength(const FieldList& headers) {
  HostFields fields(std::make_shared<FieldList>(headers), true);
  const auto values = fields.Get("content-length");
  if (!values.ok() || values->empty()) return std::nullopt;
  const auto& value = values->front();
  const std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
  uint64_t length = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return length;
}

}  // namespace

Result<WitResult<Own<http::types::OutputStream>>> HostOutgoingBody::Write() {
  using Answer = WitResult<Own<http::types::OutputStream>>;
  if (std::exchange(written_, true)) return Answer(Err());
  auto sink = std::make_shared<BodySink>(reactor_, data_);
  return Answer(Ok(Own<http::types::OutputStream>(std::make_unique<HostOutputStream>(reactor_, std::move(sink)))));
}

WitResult<void, ErrorCode> HostOutgoingBody::Finish(std::shared_ptr<FieldList> trailers) {
  data_->finished = true;
  data_->trailers = std::move(trailers);
  const uint64_t written = data_->bytes.contents().size();
  const std::optional<uint64_t> promised = ContentLength(*headers_);
  if (!promised.has_value() || *promised == written) return Ok();
  if (is_request_) return Err(ErrorCode(ErrorCode::HttpRequestBodySize{written}));
  return Err(ErrorCode(ErrorCode::HttpResponseBodySize{written}));
}

}  // namespace cvm::wasi
