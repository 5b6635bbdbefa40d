// Components that run: calls between components, values, suspension, resources, traps.
#include "test/component/support/run.hpp"

namespace cvm::component::test {
namespace {

// wait(n) is n + 1, after `turns` turns of the loop.
ComponentHostFunc WaitFunc(QueueLoop& loop, int turns) {
  struct Waits {
    static Pending<Values> Go(QueueLoop& loop, int turns, uint32_t n) {
      if (turns == 0) return Values{U32(n + 1)};
      return Pending<Values>::Suspend(loop.NewWaiter(), [&loop, turns, n] { return Go(loop, turns - 1, n); });
    }
  };
  return [&loop, turns](ComponentHostCall& call) { return Waits::Go(loop, turns, *call.args[0].As<uint32_t>()); };
}

TEST_CASE("a call goes through a component within a component and back") {
  Engine engine;
  Store store(engine);
  QueueLoop loop;
  ComponentLinker linker(engine);
  linker.Define("test:host/clock@0.2.3", "wait", WaitFunc(loop, 0));
  const auto instance = linker.Instantiate(store, LoadRun(engine, "wait.wat")).value();
  CHECK(CallOne(instance, "run", {U32(4)}) == U32(11));
  CHECK(CallOne(instance, "run", {U32(5)}) == U32(13));
}

TEST_CASE("a host function that waits suspends the whole chain; the call goes on when it is woken") {
  Engine engine;
  Store store(engine);
  QueueLoop loop;
  REQUIRE(SetEventLoop(store, &loop).ok());
  ComponentLinker linker(engine);
  linker.Define("test:host/clock@0.2.3", "wait", WaitFunc(loop, 3));
  const auto instance = linker.Instantiate(store, LoadRun(engine, "wait.wat")).value();
  CHECK(CallOne(instance, "run", {U32(4)}) == U32(11));
  CHECK(loop.turns() == 6);
  CHECK(CallOne(instance, "run", {U32(4)}) == U32(11));
}

TEST_CASE("without an event loop a synchronous call that waits is an error, and the instance is lost") {
  Engine engine;
  Store store(engine);
  QueueLoop loop;
  ComponentLinker linker(engine);
  linker.Define("test:host/clock@0.2.3", "wait", WaitFunc(loop, 1));
  const auto instance = linker.Instantiate(store, LoadRun(engine, "wait.wat")).value();
  CHECK(CallError(instance, "run", {U32(4)}) == "the guest waits, and the store has no event loop");
  CHECK(loop.waiting() == 0);
  CHECK(CallError(instance, "run", {U32(4)}) == "cannot enter component instance");
}

TEST_CASE("ten thousand calls wait at once on one thread") {
  constexpr uint32_t kCalls = 10'000;
  Engine engine;
  StoreOptions options;
  options.max_instances = 3 * kCalls;
  Store store(engine, options);
  QueueLoop loop;
  ComponentLinker linker(engine);
  linker.Define("test:host/clock@0.2.3", "wait", WaitFunc(loop, 1));
  const Component component = LoadRun(engine, "wait.wat");
  std::vector<ComponentCall> calls;
  std::vector<uint32_t> ready;
  for (uint32_t i = 0; i < kCalls; ++i) {
    const auto instance = linker.Instantiate(store, component).value();
    const ComponentValue args[] = {U32(i)};
    calls.push_back(instance.GetFunc("run").value().Start(args, [&ready, i] { ready.push_back(i); }).value());
    REQUIRE_FALSE(calls.back().done());
  }
  CHECK(loop.waiting() == kCalls);
  size_t done = 0;
  while (loop.waiting() > 0) {
    REQUIRE(loop.Turn().ok());
    for (const uint32_t i : ready) done += calls[i].Resume().value() ? 1 : 0;
    ready.clear();
  }
  CHECK(done == kCalls);
  bool right = true;
  for (uint32_t i = 0; i < kCalls; ++i) right = right && calls[i].TakeResults()[0] == U32(2 * (i + 1) + 1);
  CHECK(right);
}

TEST_CASE("a call that waits may be given up; the waiter is told") {
  Engine engine;
  Store store(engine);
  QueueLoop loop;
  ComponentLinker linker(engine);
  linker.Define("test:host/clock@0.2.3", "wait", WaitFunc(loop, 1));
  const auto instance = linker.Instantiate(store, LoadRun(engine, "wait.wat")).value();
  {
    const ComponentValue args[] = {U32(1)};
    const ComponentCall call = instance.GetFunc("run").value().Start(args).value();
    CHECK(loop.waiting() == 1);
  }
  CHECK(loop.waiting() == 0);
  CHECK(CallError(instance, "run", {U32(1)}) == "cannot enter component instance");
}

TEST_CASE("strings go to the host and back, also when it waits; post-return runs once a call") {
  Engine engine;
  Store store(engine);
  QueueLoop loop;
  REQUIRE(SetEventLoop(store, &loop).ok());
  const bool waits = GENERATE(false, true);
  ComponentLinker linker(engine);
  linker.Define("test:host/text@1.1.0", "shout", [&](ComponentHostCall& call) -> Pending<Values> {
    std::string text = *call.args[0].As<std::string>() + "!";
    if (!waits) return Values{Str(text)};
    return Pending<Values>::Suspend(loop.NewWaiter(), [text]() -> Pending<Values> { return Values{Str(text)}; });
  });
  const auto instance = linker.Instantiate(store, LoadRun(engine, "echo.wat")).value();
  CHECK(CallOne(instance, "run", {Str("grüße")}) == Str("grüße!"));
  CHECK(CallOne(instance, "run", {Str("")}) == Str("!"));
  CHECK(CallOne(instance, "freed") == U32(9));
}

// ABI-09
TEST_CASE("an instance cannot be left from realloc and post-return") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  linker.Define("test:host/text@1.1.0", "shout", [](ComponentHostCall&) { return Values{Str("")}; });
  const Component component = LoadRun(engine, "echo.wat");
  for (const std::string name : {"leave-in-post-return", "leave-in-realloc"}) {
    const auto instance = linker.Instantiate(store, component).value();
    CHECK(CallError(instance, name, {Str("x")}) == "cannot leave component instance");
    CHECK(CallError(instance, "freed") == "cannot enter component instance");
  }
}

TEST_CASE("values of all kinds pass through a guest unchanged") {
  Engine engine;
  Store store(engine);
  const auto instance = ComponentLinker(engine).Instantiate(store, LoadRun(engine, "compute.wat")).value();
  const std::pair<const char*, const char*> kCases[] = {
      {"strings", R"(["a", "", "grüße \"x\" \u{1f600}"])"},
      {"strings", "[]"},
      {"bytes", "[0, 255, 7]"},
      {"point-of", "{x: -5, y: 0.25}"},
      {"shape-of", "empty"},
      {"shape-of", "dot({x: 1, y: -2.5})"},
      {"shape-of", "name(\"n\")"},
      {"color-of", "green"},
      {"color-of", "%none"},
      {"access-of", "{}"},
      {"access-of", "{read, write}"},
      {"char-of", "'\\''"},
      {"option-of", "none"},
      {"option-of", "some(7)"},
      {"result-of", "ok(1)"},
      {"result-of", "err(2)"},
  };
  for (const auto& [name, text] : kCases) {
    INFO(name << "(" << text << ")");
    const ComponentFunc func = instance.GetFunc(name).value();
    const auto args = func.ParseArgs(text);
    REQUIRE(args.ok());
    const auto results = func.Call(*args);
    REQUIRE(results.ok());
    CHECK(*results == *args);
    // Text that is printed reads back.
    const auto again = func.ParseArgs((*results)[0].ToString());
    REQUIRE(again.ok());
    CHECK(*again == *args);
  }
  const ComponentFunc swap = instance.GetFunc("swap").value();
  CHECK(swap.Call(*swap.ParseArgs("inf, -9223372036854775808")).value()[0].ToString() == "(-9223372036854775808, inf)");
  CHECK(swap.type() == "func(a: f32, b: s64) -> tuple<s64, f32>");
}

TEST_CASE("values that do not fit, and text that is none, are errors of the caller's that do no harm") {
  Engine engine;
  Store store(engine);
  const auto instance = ComponentLinker(engine).Instantiate(store, LoadRun(engine, "compute.wat")).value();
  const ComponentFunc point = instance.GetFunc("point-of").value();
  for (const char* text :
       {"", "{x: 1}", "{x: 1, y: 2, z: 3}", "{x: 1, y: two}", "{x: 2147483648, y: 0}", "{x: 1, y: 2"}) {
    INFO(text);
    const auto args = point.ParseArgs(text);
    const bool fails = !args.ok() || !point.Call(*args).ok();
    CHECK(fails);
  }
  CHECK(CallError(instance, "color-of", {ComponentValue::EnumOf("blue")}).find("is no enum") != std::string::npos);
  CHECK(CallError(instance, "bytes", {ComponentValue::ListOf({U32(1)})}).find("is no u8") != std::string::npos);
  CHECK(CallError(instance, "char-of", {ComponentValue(char32_t{0xd800})}) != "");
  CHECK(CallError(instance, "color-of") == "the function takes 1 arguments, not 0");
  CHECK(CallOne(instance, "color-of", {ComponentValue::EnumOf("red")}) == ComponentValue::EnumOf("red"));
}

// HND-04
TEST_CASE("a trap poisons the instances that were entered, and no others") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  linker.Define("test:host/back@0.1.0", "call", [](ComponentHostCall&) { return Values{U32(0)}; });
  const Component component = LoadRun(engine, "trap.wat");
  const auto instance = linker.Instantiate(store, component).value();
  const auto sibling = linker.Instantiate(store, component).value();
  CHECK(CallOne(instance, "fine") == U32(3));
  CHECK(CallError(instance, "trap").find("unreachable") != std::string::npos);
  CHECK(CallError(instance, "fine") == "cannot enter component instance");
  CHECK(CallError(instance, "inner#fine") == "cannot enter component instance");
  CHECK(CallOne(sibling, "inner#fine") == U32(3));
}

TEST_CASE("a host function cannot enter the instance that called it") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  std::optional<ComponentInstance> instance;
  std::optional<ComponentInstance> other;
  linker.Define("test:host/back@0.1.0", "call", [&](ComponentHostCall&) -> Pending<Values> {
    const std::string refused = CallError(*instance, "fine") + "; " + CallError(*instance, "inner#fine");
    if (refused != "cannot enter component instance; cannot enter component instance") return Values{U32(0)};
    return Values{CallOne(*other, "fine")};
  });
  const Component component = LoadRun(engine, "trap.wat");
  instance = linker.Instantiate(store, component).value();
  other = linker.Instantiate(store, component).value();
  CHECK(CallOne(*instance, "call") == U32(3));
  CHECK(CallOne(*instance, "fine") == U32(3));
}

// INT-08
TEST_CASE("host and guests that call one another without end meet the limit of nesting") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  const Component component = LoadRun(engine, "trap.wat");
  uint32_t depth = 0;
  std::string last;
  linker.Define("test:host/back@0.1.0", "call", [&](ComponentHostCall&) -> Pending<Values> {
    ++depth;
    const auto next = linker.Instantiate(store, component).value();
    const auto results = next.GetFunc("call").value().Call({});
    if (!results.ok()) last = last.empty() ? results.error().message() : last;
    return Values{U32(depth)};
  });
  const auto instance = linker.Instantiate(store, component).value();
  CHECK(CallOne(instance, "call").As<uint32_t>() != nullptr);
  CHECK(depth == 64);
  CHECK(last.find("exhausted") != std::string::npos);
}

// ABI-08
TEST_CASE("an error of the host's ends the call with its own words") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  linker.Define("test:host/back@0.1.0", "call",
                [](ComponentHostCall&) -> Pending<Values> { return Error(ErrorKind::kExit, "exit").WithExitCode(7); });
  const auto instance = linker.Instantiate(store, LoadRun(engine, "trap.wat")).value();
  const auto results = instance.GetFunc("call").value().Call({});
  REQUIRE_FALSE(results.ok());
  CHECK(results.error().kind() == ErrorKind::kExit);
  CHECK(results.error().exit_code() == 7);
}

TEST_CASE("results of a host function that do not fit its type are an error, not a crash") {
  Engine engine;
  Store store(engine);
  for (const Values& wrong : {Values{}, Values{Str("x")}, Values{U32(1), U32(2)}}) {
    ComponentLinker linker(engine);
    linker.Define("test:host/back@0.1.0", "call", [&](ComponentHostCall&) { return wrong; });
    const auto instance = linker.Instantiate(store, LoadRun(engine, "trap.wat")).value();
    CHECK(CallError(instance, "call") != "");
  }
}

}  // namespace
}  // namespace cvm::component::test
