// The limits of a store, through the public API: each by its key, at the limit and one past it. max-heap-size has its
// test in gc_test.cpp.
#include <algorithm>

#include "test/support/least.hpp"
#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

using Catch::Matchers::StartsWith;
using test::Least;

StoreOptions With(std::string_view key, uint64_t limit) {
  StoreOptions options;
  options.SetLimit(key, limit).value();
  return options;
}

const LimitInfo& InfoOf(std::string_view key) {
  return *std::ranges::find(StoreOptions::LimitList(), key, &LimitInfo::key);
}

Result<Instance> TryIn(Store& store, const std::string& wat) { return TryMake(store, wat, Linker(store.engine())); }

// An error of kind kLimit that names the limit, its value and its key.
void CheckReached(const Result<Instance>& instance, const std::string& key, uint64_t limit) {
  REQUIRE_FALSE(instance.ok());
  const Error& error = instance.error();
  INFO(error.ToString());
  CHECK(error.kind() == ErrorKind::kLimit);
  CHECK_THAT(error.message(),
             Catch::Matchers::EndsWith(", the limit is " + std::to_string(limit) + " (-W " + key + ")"));
}

constexpr uint64_t kPage = 65536;

TEST_CASE("max-memory-size: at the limit and one past it") {
  const Engine engine;
  for (const char* kind : {"", "i64 "}) {
    CAPTURE(kind);
    Store store(engine, With("max-memory-size", 3 * kPage));
    const std::string addr = *kind == 0 ? "i32" : "i64";
    const auto memory = [&](int pages) {
      return "(memory " + std::string(kind) + std::to_string(pages) + ") (func (export \"grow\") (result " + addr +
             ") (" + addr + ".const 1) (memory.grow))";
    };
    CHECK(TryIn(store, memory(3)).ok());
    CheckReached(TryIn(store, memory(4)), "max-memory-size", 3 * kPage);
    const Instance instance = TryIn(store, memory(2)).value();
    CHECK(instance.GetFunc("grow").value().Call({}).value().at(0).bits() == 2);
    const uint64_t refused = *kind == 0 ? UINT32_MAX : UINT64_MAX;
    CHECK(instance.GetFunc("grow").value().Call({}).value().at(0).bits() == refused);
  }
}

TEST_CASE("max-memory-size: the default is the range of 32 bits, and 262,144 pages of 64 bits") {
  CHECK(InfoOf("max-memory-size").standard == 262'144 * kPage);
  Store store{Engine()};
  const Instance grown = TryIn(store, R"((memory (export "m") 0) (func (export "grow") (param i32) (result i32)
      (memory.grow (local.get 0))))")
                             .value();
  CHECK(grown.Get<int32_t(int32_t)>("grow").value()(65'537).value() == -1);
  CHECK(grown.Get<int32_t(int32_t)>("grow").value()(65'536).value() == 0);
  CHECK(grown.Get<int32_t(int32_t)>("grow").value()(1).value() == -1);
  CheckReached(TryIn(store, "(memory i64 262145)"), "max-memory-size", 262'144 * kPage);
}

TEST_CASE("max-total-memory-size: at the limit and one past it") {
  const Engine engine;
  Store store(engine, With("max-total-memory-size", 5 * kPage));
  const Instance one = TryIn(store, R"((memory 1) (func (export "grow") (param i32) (result i32)
      (memory.grow (local.get 0))))")
                           .value();
  const auto grow = one.Get<int32_t(int32_t)>("grow").value();
  CHECK(grow(1).value() == 1);
  CHECK(TryIn(store, "(memory 1) (memory i64 1)").ok());
  CheckReached(TryIn(store, "(memory 2)"), "max-total-memory-size", 5 * kPage);
  CHECK(grow(2).value() == -1);
  CHECK(grow(1).value() == 2);
  CHECK(grow(1).value() == -1);
  CHECK(grow(0).value() == 3);
  CheckReached(TryIn(store, "(memory 1)"), "max-total-memory-size", 5 * kPage);
  // What would be refused anyway takes nothing: one too large by its own type.
  Store other(engine, With("max-total-memory-size", 5 * kPage));
  const Instance bounded = TryIn(other, R"((memory 1 2) (func (export "grow") (param i32) (result i32)
      (memory.grow (local.get 0))))")
                               .value();
  CHECK(bounded.Get<int32_t(int32_t)>("grow").value()(3).value() == -1);
  CHECK(TryIn(other, "(memory 4)").ok());
  // A shared memory is bounded by its own maximum, whoever holds it.
  CHECK(TryIn(other, "(memory 8 8 shared)").ok());
}

TEST_CASE("max-memories, max-tables and max-instances: at the limit and one past it") {
  const Engine engine;
  for (const auto& [key, wat] : std::vector<std::pair<std::string, std::string>>{
           {"max-memories", "(memory 0)"}, {"max-tables", "(table 0 funcref)"}, {"max-instances", "(module)"}}) {
    CAPTURE(key);
    Store store(engine, With(key, 3));
    for (int i = 0; i < 3; ++i) CHECK(TryIn(store, wat).ok());
    CheckReached(TryIn(store, wat), key, 3);
    CHECK(InfoOf(key).standard == 10'000);
  }
  Store store(engine);
  for (int i = 0; i < 10'000; ++i) REQUIRE(TryIn(store, "(module)").ok());
  CheckReached(TryIn(store, "(module)"), "max-instances", 10'000);
}

// Two tables, the first of `first` elements, the second growing by what it is told.
Result<Instance> Tables(Store& store, uint64_t first) {
  return TryIn(store, "(table " + std::to_string(first) + R"( funcref) (table $t 0 funcref)
      (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))");
}

TEST_CASE("max-table-elements: at the limit and one past it") {
  const Engine engine;
  Store store(engine, With("max-table-elements", 7));
  CHECK(Tables(store, 7).ok());
  CheckReached(Tables(store, 8), "max-table-elements", 7);
  const auto grow = Tables(store, 0)->Get<int32_t(int32_t)>("grow").value();
  CHECK(grow(8).value() == -1);
  CHECK(grow(7).value() == 0);
  CHECK(grow(1).value() == -1);
  CheckReached(TryIn(store, "(table i64 8 funcref)"), "max-table-elements", 7);
}

TEST_CASE("max-table-elements, max-total-table-elements: their defaults") {
  Store store{Engine()};
  CheckReached(Tables(store, 10'000'001), "max-table-elements", 10'000'000);
  const Instance instance = Tables(store, 9'999'999).value();
  CHECK(instance.Get<int32_t(int32_t)>("grow").value()(2).value() == -1);
  CHECK(instance.Get<int32_t(int32_t)>("grow").value()(1).value() == 0);
  CheckReached(Tables(store, 1), "max-total-table-elements", 10'000'000);
}

TEST_CASE("max-total-table-elements: at the limit and one past it") {
  const Engine engine;
  Store store(engine, With("max-total-table-elements", 10));
  const auto grow = Tables(store, 4)->Get<int32_t(int32_t)>("grow").value();
  CHECK(grow(7).value() == -1);
  CHECK(grow(3).value() == 0);
  CheckReached(Tables(store, 4), "max-total-table-elements", 10);
  CHECK(Tables(store, 2).ok());
  CHECK(grow(2).value() == -1);
  CHECK(grow(1).value() == 3);
  CHECK(grow(1).value() == -1);
  CHECK(grow(0).value() == 4);
}

TEST_CASE("max-total-instance-size: at the limit and one past it") {
  const Engine engine;
  const std::string wat = Repeat("(func)", 1000) + Repeat("(global v128 (v128.const i64x2 0 0))", 100) + "(elem func" +
                          Repeat(" 0", 1000) + ")";
  const uint64_t one = Least(1 << 20, [&](uint64_t limit) {
    Store store(engine, With("max-total-instance-size", limit));
    return TryIn(store, wat).ok();
  });
  // 16 bytes a function, 16 a global besides its description, 8 an entry of a passive segment.
  CHECK(one > 16 * 1000 + 16 * 100 + 8 * 1000);
  CHECK(one < 64'000);
  Store store(engine, With("max-total-instance-size", one));
  CHECK(TryIn(store, wat).ok());
  CheckReached(TryIn(store, "(module)"), "max-total-instance-size", one);
  Store smaller(engine, With("max-total-instance-size", one - 1));
  CheckReached(TryIn(smaller, wat), "max-total-instance-size", one - 1);
}

TEST_CASE("max-wasm-stack: at the limit and one past it, and how many calls it holds") {
  const Engine engine;
  const Module module = Module::Parse(engine, R"((func $down (export "down") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0)))))")
                            .value();
  const auto descends = [&](uint64_t stack, int32_t depth) {
    Store store(engine, With("max-wasm-stack", stack));
    const Result<int32_t> done =
        Linker(engine).Instantiate(store, module)->Get<int32_t(int32_t)>("down").value()(depth);
    if (!done.ok()) CHECK(Outcome(done) == kExhausted);
    return done.ok();
  };
  const uint64_t least = Least(1 << 20, [&](uint64_t stack) { return descends(stack, 1000); });
  CHECK(descends(least, 1000));
  CHECK_FALSE(descends(least - 1, 1000));
  // Stacks are made of the machine's pages, which may have room for some more calls.
  int32_t deepest = 1000;
  while (descends(least, deepest + 1)) REQUIRE(++deepest < 1000 + 65'536 / 48);
  CHECK(descends(least + 65'536, deepest + 1));
  // A call takes 48 bytes or more: so many fit into the default at most, and of small functions more than 10,000.
  CHECK(least > 1000 * 48);
  const uint64_t standard = InfoOf("max-wasm-stack").standard;
  CHECK(descends(standard, 10'000));
  CHECK_FALSE(descends(standard, static_cast<int32_t>(standard / 48)));
}

TEST_CASE("max-host-nesting: at the limit and one past it") {
  const Engine engine;
  Store store(engine, With("max-host-nesting", 3));
  Linker linker(engine);
  std::optional<Instance> instance;
  linker.Define("host", "again", [&](int32_t n) -> Result<void> {
    auto back = instance->Get<void(int32_t)>("f").value()(n - 1);
    if (!back.ok()) return back.error();
    return {};
  });
  instance = Make(store, R"((import "host" "again" (func $again (param i32)))
      (func (export "f") (param i32) (if (local.get 0) (then (call $again (local.get 0))))))",
                  linker);
  CHECK(OutcomeOf<void(int32_t)>(*instance, "f", 2) == "");
  CHECK(OutcomeOf<void(int32_t)>(*instance, "f", 3) == kExhausted);
  CHECK(OutcomeOf<void(int32_t)>(*instance, "f", 2) == "");
  CHECK(InfoOf("max-host-nesting").standard == 64);
}

TEST_CASE("max-backtrace-frames: at the limit and one past it") {
  const Engine engine;
  const auto frames = [&](const StoreOptions& options, int32_t calls) {
    Store store(engine, options);
    const Instance instance = TryIn(store, R"((func $f (export "f") (param i32)
        (if (i32.eqz (local.get 0)) (then unreachable)) (call $f (i32.sub (local.get 0) (i32.const 1))) nop))")
                                  .value();
    return instance.Get<void(int32_t)>("f").value()(calls - 1).error().backtrace().size();
  };
  CHECK(frames({}, 20) == 20);
  CHECK(frames({}, 21) == 20);
  CHECK(frames(With("max-backtrace-frames", 5), 4) == 4);
  CHECK(frames(With("max-backtrace-frames", 5), 5) == 5);
  CHECK(frames(With("max-backtrace-frames", 5), 6) == 5);
  CHECK(frames(With("max-backtrace-frames", 0), 6) == 0);
}

TEST_CASE("limits of a store are set by key, up to what is possible") {
  for (const LimitInfo& limit : StoreOptions::LimitList()) {
    INFO(limit.key);
    StoreOptions options;
    CHECK(options.SetLimit(limit.key, 0).ok());
    CHECK(options.SetLimit(limit.key, limit.most).ok());
    if (limit.most != UINT64_MAX)
      CHECK(options.SetLimit(limit.key, limit.most + 1).error().kind() == ErrorKind::kUsage);
  }
  StoreOptions options;
  CHECK_THAT(options.SetLimit("max-functions", 1).error().message(), StartsWith("unknown limit"));
}

}  // namespace
}  // namespace cvm
