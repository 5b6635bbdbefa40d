// Typed bindings by the public headers alone: values there and back, an interface implemented and called.
#include "cvm/bind_linker.hpp"

#include <limits>

#include "gen/demo/shop/rates.hpp"
#include "gen/golden/shapes/types.hpp"
#include "test/component/support/run.hpp"

namespace cvm::component::test {
namespace {

namespace shapes = golden::shapes::types;
namespace rates = demo::shop::rates;

// There and back; answers the text on the way.
template <class T>
std::string RoundTrip(const T& value) {
  T copy = value;
  const ComponentValue converted = ToValue(copy);
  const Result<T> back = FromValue<T>(converted);
  REQUIRE(back.ok());
  CHECK(*back == value);
  return converted.ToString();
}

TEST_CASE("values of every generated type convert to dynamic ones and back") {
  CHECK(RoundTrip<uint8_t>(255) == "255");
  CHECK(RoundTrip<int64_t>(std::numeric_limits<int64_t>::min()) == "-9223372036854775808");
  CHECK(RoundTrip(std::string("ü")) == "\"ü\"");
  CHECK(RoundTrip<char32_t>(U'x') == "'x'");
  CHECK(RoundTrip(std::vector<std::vector<uint16_t>>{{1, 2}, {}}) == "[[1, 2], []]");
  CHECK(RoundTrip(std::array<uint8_t, 2>{1, 2}) == "[1, 2]");
  CHECK(RoundTrip(std::tuple<uint8_t, bool>(1, true)) == "(1, true)");
  CHECK(RoundTrip(std::tuple<>()) == "()");
  CHECK(RoundTrip(std::optional<std::optional<bool>>(std::optional<bool>())) == "some(none)");
  CHECK(RoundTrip(std::map<std::string, uint64_t>{{"a", 1}, {"b", 2}}) == "[(\"a\", 1), (\"b\", 2)]");
  CHECK(RoundTrip(WitResult<void, std::string>(Err(std::string("no")))) == "err(\"no\")");
  CHECK(RoundTrip(WitResult<uint8_t, void>(Ok(uint8_t{7}))) == "ok(7)");
  CHECK(RoundTrip(WitResult<void, void>(Ok())) == "ok");
  CHECK(ToValue(std::vector<Bool>{true, false}).ToString() == "[true, false]");

  CHECK(RoundTrip(shapes::Point{1, 2, 3}) == "{x: 1, y: 2, z: 3}");
  CHECK(RoundTrip(shapes::Color::kDarkGreen) == "dark-green");
  CHECK(RoundTrip(shapes::Access::kRead | shapes::Access::kDelete) == "{read, delete}");
  CHECK(RoundTrip(shapes::Access()) == "{}");
  CHECK(RoundTrip(shapes::Shape(shapes::Shape::Nothing{})) == "nothing");
  CHECK(RoundTrip(shapes::Shape(shapes::Shape::Point{{1, 2, 3}})) == "point({x: 1, y: 2, z: 3})");
  CHECK(RoundTrip(shapes::Shape(shapes::Shape::Many{{{1, 2, 3}}})) == "many([{x: 1, y: 2, z: 3}])");
}

TEST_CASE("a dynamic value of another type is an error, never a wrong value") {
  const auto fails = [](const auto& result) { return !result.ok() && result.error().kind() == ErrorKind::kUsage; };
  CHECK(fails(FromValue<uint8_t>(U32(1))));
  CHECK(fails(FromValue<std::string>(U32(1))));
  CHECK(fails(FromValue<std::vector<uint8_t>>(Str("x"))));
  CHECK(fails(FromValue<std::vector<uint8_t>>(ComponentValue::ListOf({U32(1)}))));
  CHECK(fails(FromValue<std::array<uint32_t, 2>>(ComponentValue::ListOf({U32(1)}))));
  CHECK(fails(FromValue<std::tuple<uint32_t>>(ComponentValue::TupleOf({U32(1), U32(2)}))));
  CHECK(fails(FromValue<std::optional<uint32_t>>(U32(1))));
  CHECK(fails(FromValue<WitResult<void, uint32_t>>(ComponentValue::Ok(U32(1)))));
  CHECK(fails(FromValue<WitResult<uint32_t, void>>(ComponentValue::Ok())));
  CHECK(fails(FromValue<shapes::Color>(ComponentValue::EnumOf("blue"))));
  CHECK(fails(FromValue<shapes::Access>(ComponentValue::FlagsOf({"read", "fly"}))));
  CHECK(fails(FromValue<shapes::Point>(ComponentValue::RecordOf({{"x", ComponentValue(1.0f)}}))));
  CHECK(fails(FromValue<shapes::Shape>(ComponentValue::Case("round"))));
  CHECK(fails(FromValue<shapes::Shape>(ComponentValue::Case("nothing", U32(1)))));
  CHECK(fails(FromValue<Own<rates::Ledger>>(U32(1))));
  const ComponentValue other = ComponentResourceType("ledger").New(1);
  CHECK(fails(FromValue<Own<rates::Ledger>>(other)));
  CHECK(fails(FromValue<Borrow<rates::Ledger>>(other)));
}

struct Books {
  int open = 0;
  int closed = 0;
};

class HostLedger final : public rates::Ledger {
 public:
  HostLedger(Books& books, std::string_view owner) : books_(books), owner_(owner) { ++books_.open; }
  ~HostLedger() override { ++books_.closed; }
  Result<void> Add(const rates::Price& price) override {
    CHECK(owner_ == "till");
    CHECK(price.currency == rates::Currency::kEuro);
    total_ += price.amount;
    return {};
  }
  Result<double> Total() override { return total_; }

 private:
  Books& books_;
  std::string owner_;
  double total_ = 0;
};

class HostRates final : public demo::shop::Rates {
 public:
  explicit HostRates(QueueLoop* loop) : loop_(loop) {}

  // The price is looked at again after the wait: it must still be there.
  Pending<WitResult<rates::Price, std::string>> Convert(const rates::Price& price, rates::Currency to) override {
    if (loop_ == nullptr) return Converted(price, to);
    return Pending<WitResult<rates::Price, std::string>>::Suspend(loop_->NewWaiter(), [&price, to] {
      return Pending<WitResult<rates::Price, std::string>>(Converted(price, to));
    });
  }
  Result<Own<rates::Ledger>> NewLedger(std::string_view owner) override {
    if (fail) return Error(ErrorKind::kTrap, "no paper left");
    return Own<rates::Ledger>(MakeOwn<HostLedger>(books, owner));
  }

  Books books;
  bool fail = false;

 private:
  static Result<WitResult<rates::Price, std::string>> Converted(const rates::Price& price, rates::Currency to) {
    if (price.amount < 0) return WitResult<rates::Price, std::string>(Err(std::string("a negative price")));
    return WitResult<rates::Price, std::string>(Ok(rates::Price{price.amount / 2, to}));
  }

  QueueLoop* loop_;
};

struct Shop {
  explicit Shop(bool waits) : host(waits ? &loop : nullptr) {
    BindLinker typed(linker);
    REQUIRE(demo::shop::Rates::AddTo(typed, host).ok());
    REQUIRE(SetEventLoop(store, &loop).ok());
  }
  ComponentInstance New() { return linker.Instantiate(store, component).value(); }
  std::string Checkout(const std::vector<double>& amounts) {
    const auto results = New().GetFunc("checkout").value().Call({ToValue(amounts)});
    if (!results.ok()) return results.error().message();
    return results->front().ToString();
  }

  Engine engine;
  ComponentLinker linker{engine};
  QueueLoop loop;
  HostRates host;
  Component component = Component::LoadFile(engine, std::string(CVM_SOURCE_DIR) + "/examples/embed/shop.wasm").value();
  Store store{engine};
};

TEST_CASE("a generated interface is implemented and called through the public headers") {
  const bool waits = GENERATE(false, true);
  Shop shop(waits);
  CHECK(shop.Checkout({10, 20, 2.5}) == "ok(16.25)");
  CHECK(shop.Checkout({}) == "ok(0)");
  CHECK(shop.Checkout({1, -1}) == "err(\"a negative price\")");
  CHECK(shop.host.books.open == 3);
  CHECK(shop.host.books.closed == 3);
  CHECK(shop.loop.turns() == (waits ? 5 : 0));
  shop.host.fail = true;
  CHECK(shop.Checkout({1}) == "no paper left");
}

TEST_CASE("what a guest still owns of a generated resource is destroyed with its store") {
  Books books;
  {
    Shop shop(true);
    // Left while it waits, with a ledger open.
    const ComponentInstance instance = shop.New();
    const ComponentValue args[] = {ToValue(std::vector<double>{1})};
    auto call = instance.GetFunc("checkout").value().Start(args);
    REQUIRE(call.ok());
    CHECK_FALSE(call->done());
    CHECK(shop.host.books.open == 1);
    shop.store = Store(shop.engine);
    books = shop.host.books;
    // EMB-01: the call outlives its store.
    CHECK_FALSE(call->Resume().ok());
  }
  CHECK(books.closed == 1);
}

TEST_CASE("a function of the host that is imported with other types is an error when it is called") {
  Engine engine;
  Store store(engine);
  HostRates host(nullptr);
  ComponentLinker linker(engine);
  // wait.wat imports wait(n: u32) -> u32.
  BindInstance instance(linker, "test:host/clock@0.2.3");
  REQUIRE(instance.Function<&demo::shop::Rates::NewLedger>({"wait", {"n"}}, host).ok());
  const auto made = linker.Instantiate(store, LoadRun(engine, "wait.wat")).value();
  CHECK(CallError(made, "run", {U32(1)}) != "");
  CHECK(host.books.open == 0);
  REQUIRE(instance.Method<&rates::Ledger::Total>({"wait"}).ok());
  const auto method = linker.Instantiate(store, LoadRun(engine, "wait.wat")).value();
  CHECK(CallError(method, "run", {U32(1)}) != "");
}

}  // namespace
}  // namespace cvm::component::test
