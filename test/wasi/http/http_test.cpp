#include <catch2/catch.hpp>

#include "test/wasi/support/loop.hpp"
#include "wasi/http/fields.hpp"
#include "wasi/http/outgoing_handler.hpp"
#include "wasi/http/types.hpp"
#include "wasi/io/error.hpp"

namespace cvm::wasi {
namespace {

namespace types = http::types;
using types::ErrorCode;
using types::HeaderError;
using Bytes = std::vector<uint8_t>;

Bytes B(std::string_view text) { return Bytes(text.begin(), text.end()); }

std::string Text(const WitResult<void, HeaderError>& done) {
  if (done.ok()) return "ok";
  if (done.error().Is<HeaderError::Immutable>()) return "immutable";
  return done.error().Is<HeaderError::Forbidden>() ? "forbidden" : "invalid-syntax";
}

struct Http : Loop {
  HostHttpTypes types{*reactor};
  Own<types::OutgoingRequest> Request(Own<types::Fields> headers) {
    return types.NewOutgoingRequest(std::move(headers)).value();
  }
};

TEST_CASE("fields: names without case, values in order") {
  Http http;
  auto fields = http.types.NewFields().value();
  CHECK(Text(fields->Append("Accept", B("a")).value()) == "ok");
  CHECK(Text(fields->Append("accept", B("b")).value()) == "ok");
  CHECK(Text(fields->Set("X-One", std::vector<Bytes>{B("1")}).value()) == "ok");
  CHECK(fields->Get("ACCEPT").value() == std::vector<Bytes>{B("a"), B("b")});
  CHECK(fields->Has("x-one").value());
  CHECK_FALSE(fields->Has("x-two").value());
  CHECK(fields->Entries().value().size() == 3);
  auto copy = fields->Clone().value();
  CHECK(Text(fields->Set("accept", std::vector<Bytes>{B("c")}).value()) == "ok");
  CHECK(fields->Get("accept").value() == std::vector<Bytes>{B("c")});
  CHECK(Text(fields->Delete("Accept").value()) == "ok");
  CHECK(fields->Get("accept").value().empty());
  CHECK(copy->Get("accept").value().size() == 2);
}

TEST_CASE("fields: syntax, forbidden names, limit") {
  Http http;
  auto fields = http.types.NewFields().value();
  for (const char* name : {"", "a b", "a:", "ä", "a\n"}) {
    CHECK(Text(fields->Append(name, B("v")).value()) == "invalid-syntax");
    CHECK(fields->Get(name).value().empty());
  }
  for (const char* value : {"a\r\nb: c", "a\n", " a", "a\t", "\x7f"}) {
    CHECK(Text(fields->Append("n", B(value)).value()) == "invalid-syntax");
    CHECK(Text(fields->Set("n", std::vector<Bytes>{B("ok"), B(value)}).value()) == "invalid-syntax");
  }
  CHECK(Text(fields->Append("n", B(std::string_view("\0", 1))).value()) == "invalid-syntax");
  CHECK(Text(fields->Append("n", B("in\tside \xff")).value()) == "ok");
  for (const char* name : {"Host", "connection", "Transfer-Encoding", "upgrade"}) {
    CHECK(Text(fields->Append(name, B("v")).value()) == "forbidden");
    CHECK(Text(fields->Delete(name).value()) == "forbidden");
  }
  CHECK(fields->Entries().value().size() == 1);
  Result<WitResult<void, HeaderError>> more = fields->Append("n", Bytes(1'000, 'x'));
  for (int i = 0; i < 200 && more.ok(); ++i) more = fields->Append("n", Bytes(1'000, 'x'));
  REQUIRE_FALSE(more.ok());
  CHECK(more.error().kind() == ErrorKind::kTrap);
  CHECK(Text(fields->Delete("n").value()) == "ok");
  CHECK(Text(fields->Append("n", Bytes(100'000, 'x')).value()) == "ok");
}

TEST_CASE("fields.from-list") {
  Http http;
  const std::vector<std::tuple<std::string, Bytes>> good = {{"a", B("1")}, {"a", B("2")}};
  CHECK(http.types.FieldsFromList(good).value().value()->Get("a").value().size() == 2);
  const std::vector<std::tuple<std::string, Bytes>> bad = {{"a", B("1")}, {"host", B("x")}};
  CHECK(http.types.FieldsFromList(bad).value().error().Is<HeaderError::Forbidden>());
}

TEST_CASE("outgoing-request: defaults, syntax, immutable headers") {
  Http http;
  auto fields = http.types.NewFields().value();
  CHECK(Text(fields->Append("a", B("1")).value()) == "ok");
  auto request = http.Request(std::move(fields));
  CHECK(request->Method().value().Is<types::Method::Get>());
  CHECK(request->PathWithQuery().value() == std::nullopt);
  auto headers = request->Headers().value();
  CHECK(headers->Has("a").value());
  CHECK(Text(headers->Append("b", B("2")).value()) == "immutable");
  CHECK(Text(headers->Delete("a").value()) == "immutable");
  CHECK(Text(headers->Clone().value()->Append("b", B("2")).value()) == "ok");

  CHECK(request->SetMethod(types::Method::Other{"PURGE"}).value().ok());
  CHECK_FALSE(request->SetMethod(types::Method::Other{"PU RGE"}).value().ok());
  CHECK(request->Method().value().As<types::Method::Other>()->value == "PURGE");
  CHECK(request->SetPathWithQuery("/a?b=c").value().ok());
  for (const char* bad : {"/a b", "/a\r\n", "a", "/#x"}) CHECK_FALSE(request->SetPathWithQuery(bad).value().ok());
  CHECK(request->PathWithQuery().value() == "/a?b=c");
  CHECK(request->SetScheme(types::Scheme{types::Scheme::Other{"ws+unix"}}).value().ok());
  CHECK_FALSE(request->SetScheme(types::Scheme{types::Scheme::Other{"1x"}}).value().ok());
  CHECK(request->SetAuthority("[::1]:80").value().ok());
  for (const char* bad : {"", "a/b", "a b", "a?b"}) CHECK_FALSE(request->SetAuthority(bad).value().ok());
  CHECK(request->SetAuthority(std::nullopt).value().ok());
  CHECK(request->Authority().value() == std::nullopt);
}

TEST_CASE("outgoing-body: once, and as long as promised") {
  Http http;
  const auto finish = [&](std::string_view promised, std::string_view written) {
    auto fields = http.types.NewFields().value();
    if (!promised.empty()) (void)fields->Append("Content-Length", B(promised)).value();
    auto request = http.Request(std::move(fields));
    auto body = std::move(request->Body().value().value());
    CHECK_FALSE(request->Body().value().ok());
    auto out = std::move(body->Write().value().value());
    CHECK_FALSE(body->Write().value().ok());
    CHECK(http.Do(out->BlockingWriteAndFlush(AsBytes(written))).ok());
    auto finished = http.types.OutgoingBodyFinish(std::move(body), std::nullopt).value();
    // The stream is over with its body.
    CHECK_FALSE(out->Write(AsBytes("x")).value().ok());
    return finished;
  };
  CHECK(finish("", "abc").ok());
  CHECK(finish("3", "abc").ok());
  CHECK(finish("4", "abc").error().As<ErrorCode::HttpRequestBodySize>()->value == 3);
  CHECK(finish("2", "abc").error().As<ErrorCode::HttpRequestBodySize>()->value == 3);
}

TEST_CASE("outgoing-body: its memory is bounded") {
  Http http;
  auto request = http.Request(http.types.NewFields().value());
  auto out = std::move(request->Body().value().value()->Write().value().value());
  const Bytes block(4096);
  int blocks = 0;
  while (blocks < 1'000 && http.Do(out->BlockingWriteAndFlush(block)).ok()) ++blocks;
  CHECK(blocks == 256);
}

TEST_CASE("outgoing-response and request-options") {
  Http http;
  auto response = http.types.NewOutgoingResponse(http.types.NewFields().value()).value();
  CHECK(response->StatusCode().value() == 200);
  CHECK(response->SetStatusCode(404).value().ok());
  CHECK_FALSE(response->SetStatusCode(99).value().ok());
  CHECK_FALSE(response->SetStatusCode(1'000).value().ok());
  CHECK(response->StatusCode().value() == 404);
  CHECK(response->Body().value().ok());
  CHECK_FALSE(response->Body().value().ok());
  auto options = http.types.NewRequestOptions().value();
  CHECK(options->ConnectTimeout().value() == std::nullopt);
  CHECK(options->SetConnectTimeout(5).value().ok());
  CHECK(options->SetFirstByteTimeout(UINT64_MAX).value().ok());
  CHECK(options->SetBetweenBytesTimeout(0).value().ok());
  CHECK(options->ConnectTimeout().value() == 5);
  CHECK(options->FirstByteTimeout().value() == UINT64_MAX);
  CHECK(options->BetweenBytesTimeout().value() == 0);
}

TEST_CASE("outgoing-handler denies every request") {
  Http http;
  HostOutgoingHandler handler;
  auto request = http.Request(http.types.NewFields().value());
  auto answer = handler.Handle(std::move(request), std::nullopt).value();
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().Is<ErrorCode::HttpRequestDenied>());
  HostIoError error(FsError::kIo);
  CHECK(http.types.HttpErrorCode(error).value() == std::nullopt);
}

}  // namespace
}  // namespace cvm::wasi
