// Tasks in great number (test/component/data/async/tasks.wat), and streams and futures between host and guests
// (pipes.wat).
#include "test/component/support/async.hpp"
#include "cvm/component_stream.hpp"
#include "test/component/support/run.hpp"
#include "test/support/resident.hpp"
#include "test/support/sanitized.hpp"

namespace cvm::component::test {
namespace {

using ::cvm::test::kSanitized;
using ::cvm::test::ResidentBytes;

constexpr uint32_t kCycles = kSanitized ? 20'000 : 1'000'000;
constexpr uint32_t kTasks = kSanitized ? 1'000 : 10'000;

ComponentValue Bool(bool v) { return ComponentValue(v); }

struct TasksTest {
  ComponentStore& components() { return **ComponentStoreOf(store.impl()); }
  std::vector<uint32_t> Tables() { return TableExtents(instance); }

  Engine engine;
  Store store{engine};
  ::cvm::Component component = LoadAsync(engine, "tasks.wat");
  ComponentInstance instance = ComponentLinker(engine).Instantiate(store, component).value();
};

TEST_CASE("10,000 tasks wait for futures in one thread; all are finished, or all cancelled") {
  for (const bool stackful : {false, true}) {
    INFO((stackful ? "stackful" : "callback"));
    TasksTest t;
    const uint32_t n = stackful ? kTasks / 10 : kTasks;
    CallOne(t.instance, "start", {Bool(stackful), U32(n)});
    CHECK(t.components().account().tasks() == n);
    CHECK(t.components().account().streams() == n);
    CHECK(CallOne(t.instance, "finish", {U32(n)}) == U32(7 * n));
    CHECK(t.components().account().tasks() == 0);
    CHECK(t.components().account().streams() == 0);
    CHECK(t.components().num_threads() == 0);
    CallOne(t.instance, "start", {Bool(stackful), U32(n)});
    CallOne(t.instance, "cancel", {U32(n)});
    CHECK(t.components().account().tasks() == 0);
    CHECK(t.components().account().streams() == 0);
    CHECK(t.components().num_threads() == 0);
  }
}

TEST_CASE("ASY-03 a million tasks that are cancelled leave tables and memory as they were") {
  for (const bool stackful : {false, true}) {
    INFO((stackful ? "stackful" : "callback"));
    TasksTest t;
    CallOne(t.instance, "cycle", {Bool(stackful), U32(kCycles / 10)});
    const std::vector<uint32_t> tables = t.Tables();
    const uint64_t resident = ResidentBytes();
    CallOne(t.instance, "cycle", {Bool(stackful), U32(kCycles / 2)});
    CHECK(t.Tables() == tables);
    CHECK(t.components().num_threads() == 0);
    // 2 MiB for whatever the allocator does. The address sanitizer keeps what is freed for a while.
    if (!kSanitized) CHECK(ResidentBytes() < resident + (2 << 20));
  }
}

TEST_CASE("the numbers of tasks and streams have limits") {
  for (const bool tasks : {false, true}) {
    TasksTest t;
    ComponentLimits limits;
    (tasks ? limits.max_tasks : limits.max_streams) = 100;
    REQUIRE(SetComponentLimits(t.store, limits).ok());
    const std::string message = CallError(t.instance, "start", {Bool(false), U32(1000)});
    CHECK(message == (tasks ? "too many tasks: 101, the limit is 100 (-W max-tasks)"
                            : "too many streams and futures: 101, the limit is 100 (-W max-streams)"));
  }
}

TEST_CASE("ASY-04 the host gives up a call, and calls again") {
  TasksTest t;
  const ComponentFunc start = t.instance.GetFunc("start").value();
  {
    const auto given_up = start.Start(Values{Bool(false), U32(3)});
  }
  CHECK(CallOne(t.instance, "finish", {U32(3)}) == U32(21));
}

// --- the host as a writer and a reader

struct PipesTest {
  // Gives turns until nothing is ready.
  void Turns() {
    while (RunComponentTasks(store).value()) {
    }
  }
  Engine engine;
  Store store{engine};
  ::cvm::Component component = LoadAsync(engine, "pipes.wat");
  ComponentInstance instance = ComponentLinker(engine).Instantiate(store, component).value();
};

Values Numbers(uint32_t from, uint32_t to) {
  Values values;
  for (uint32_t i = from; i < to; ++i) values.push_back(U32(i));
  return values;
}

TEST_CASE("a guest reads a stream of the host's, as much as it likes at a time") {
  PipesTest t;
  auto [writer, stream] = ComponentStreamWriter::New(t.store).value();
  ComponentCall call = t.instance.GetFunc("sum")->Start(Values{ComponentValue(stream)}).value();
  CHECK(!call.done());
  CHECK(!stream.valid());
  size_t taken = 0;
  int rounds = 0;
  std::function<void(size_t, bool)> next = [&](size_t written, bool dropped) {
    CHECK(!dropped);
    taken += written;
    if (++rounds == 3) {
      writer.Close();
    } else {
      CHECK(writer.Write(Numbers(0, 10), next).ok());
    }
  };
  CHECK(writer.Write(Numbers(0, 10), next).ok());
  CHECK(writer.Write(Numbers(0, 1), nullptr).error().kind() == ErrorKind::kUsage);  // one thing at a time
  CHECK(call.Finish().ok());
  CHECK(taken == 30);
  CHECK(call.TakeResults() == Values{U32(3 * 45)});
}

TEST_CASE("a stream is given once, and to its own store") {
  PipesTest t, other;
  auto [writer, stream] = ComponentStreamWriter::New(t.store).value();
  const ComponentFunc sum = t.instance.GetFunc("sum").value();
  CHECK(other.instance.GetFunc("sum")->Start(Values{ComponentValue(stream)}).error().message() ==
        "<stream> belongs to another store");
  const auto call = sum.Start(Values{ComponentValue(stream)});
  CHECK(call.ok());
  CHECK(sum.Start(Values{ComponentValue(stream)}).error().message() == "<stream> was passed on");
  CHECK(sum.Start(Values{U32(1)}).error().kind() == ErrorKind::kUsage);
}

TEST_CASE("the host reads a guest's stream while its task goes on") {
  PipesTest t;
  const ComponentValue value = CallOne(t.instance, "count", {U32(5)});
  REQUIRE(value.As<ComponentStream>() != nullptr);
  ComponentStreamReader reader = ComponentStreamReader::Of(t.store, *value.As<ComponentStream>()).value();
  CHECK(!ComponentStreamReader::Of(t.store, *value.As<ComponentStream>()).ok());
  Values all;
  bool over = false;
  std::function<void(Values, bool)> next = [&](Values elements, bool ended) {
    all.insert(all.end(), elements.begin(), elements.end());
    over = ended;
    if (!ended) CHECK(reader.Read(100, next).ok());
  };
  CHECK(reader.Read(2, next).ok());
  t.Turns();
  CHECK(over);
  CHECK(all == Numbers(0, 5));
}

TEST_CASE("a guest that writes to a stream that nobody reads is told") {
  PipesTest t;
  auto& components = **ComponentStoreOf(t.store.impl());
  CallOne(t.instance, "count", {U32(5)});  // the end is dropped with the value
  t.Turns();
  CHECK(components.num_threads() == 0);
  CHECK(components.account().streams() == 0);
}

TEST_CASE("futures go both ways") {
  PipesTest t;
  auto [writer, future] = ComponentFutureWriter::New(t.store).value();
  ComponentCall call = t.instance.GetFunc("twice")->Start(Values{ComponentValue(future)}).value();
  bool written = false;
  CHECK(writer.Write(U32(21), [&](bool dropped) { written = !dropped; }).ok());
  CHECK(call.Finish().ok());
  CHECK(call.TakeResults() == Values{U32(42)});
  t.Turns();
  CHECK(written);

  const ComponentValue promise = CallOne(t.instance, "promise", {U32(9)});
  ComponentFutureReader reader = ComponentFutureReader::Of(t.store, *promise.As<ComponentFuture>()).value();
  std::optional<ComponentValue> got;
  CHECK(reader.Read([&](std::optional<ComponentValue> v) { got = std::move(v); }).ok());
  t.Turns();
  CHECK(got == U32(9));
}

TEST_CASE("a call that waits for the host needs an event loop") {
  PipesTest t;
  auto [writer, future] = ComponentFutureWriter::New(t.store).value();
  const auto result = t.instance.GetFunc("twice")->Call({ComponentValue(future)});
  CHECK(result.error().message() == "the guest waits, and the store has no event loop");
}

TEST_CASE("a stream whose writer has gone ends") {
  PipesTest t;
  ComponentCall call =
      t.instance.GetFunc("sum")->Start(Values{ComponentValue(ComponentStreamWriter::New(t.store)->second)}).value();
  CHECK(call.Finish().ok());  // the writer has gone
  CHECK(call.TakeResults() == Values{U32(0)});
}

// --- host functions that take their time

struct LaterTest {
  explicit LaterTest(bool waits) {
    REQUIRE(SetEventLoop(store, &loop).ok());
    linker.Define("", "later", [this, waits](ComponentHostCall& call) -> Pending<Values> {
      const uint32_t v = *call.args[0].As<uint32_t>();
      if (!waits) return Values{U32(v * 10)};
      // Waits twice.
      return Pending<Values>::Suspend(loop.NewWaiter(), [this, v]() -> Pending<Values> {
        return Pending<Values>::Suspend(loop.NewWaiter(), [v]() -> Pending<Values> { return Values{U32(v * 10)}; });
      });
    });
  }
  ComponentInstance New() { return linker.Instantiate(store, component).value(); }

  QueueLoop loop;
  Engine engine;
  Store store{engine};
  ComponentLinker linker{engine};
  ::cvm::Component component = LoadAsync(engine, "later.wat");
};

TEST_CASE("guests call async functions of the host one by one, or together") {
  for (const bool waits : {false, true}) {
    INFO(waits);
    LaterTest t(waits);
    CHECK(CallOne(t.New(), "one-by-one", {U32(2)}) == U32(40));
    CHECK(t.loop.turns() == (waits ? 4 : 0));
    CHECK(CallOne(t.New(), "together", {U32(2)}) == U32(50));
    CHECK(t.loop.turns() == (waits ? 8 : 0));
  }
}

TEST_CASE("while one task waits for the host, another of the same instance runs") {
  LaterTest t(true);
  const ComponentInstance instance = t.New();
  const ComponentFunc func = instance.GetFunc("one-by-one").value();
  int woken = 0;
  ComponentCall a = func.Start(Values{U32(1)}, [&] { ++woken; }).value();
  ComponentCall b = func.Start(Values{U32(2)}, [&] { ++woken; }).value();
  CHECK(t.loop.waiting() == 2);
  while (!a.done() || !b.done()) {
    REQUIRE(t.loop.Turn().ok());
    CHECK(woken > 0);
    for (ComponentCall* call : {&a, &b}) {
      if (!call->done()) REQUIRE(call->Resume().ok());
    }
  }
  CHECK(a.TakeResults() == Values{U32(20)});
  CHECK(b.TakeResults() == Values{U32(40)});
}

TEST_CASE("ASY-01 a call of the host that is cancelled is let go at once") {
  LaterTest t(true);
  CHECK(CallOne(t.New(), "cancel", {U32(2)}) == U32(4));
  CHECK(t.loop.waiting() == 0);
}

TEST_CASE("a function that is not async does not wait for one that is") {
  LaterTest t(true);
  CHECK(CallError(t.New(), "not-async", {U32(2)}) == "cannot block a synchronous task before returning");
}

}  // namespace
}  // namespace cvm::component::test
