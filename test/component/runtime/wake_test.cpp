// Whom a store wakes, and when: embedders that start calls and resume them are told of work that can be done, and of no
// other.
#include "test/component/runtime/probe.hpp"

namespace cvm::component::test {
namespace {

struct NapsTest {
  NapsTest() {
    linker.Define("", "wait", [this](ComponentHostCall& call) -> Pending<Values> {
      const uint32_t n = *call.args[0].As<uint32_t>();
      return Pending<Values>::Suspend(loop.NewWaiter(), [n]() -> Pending<Values> { return Values{U32(n)}; });
    });
    instance = linker.Instantiate(store, component).value();
  }
  ComponentCall Start(const std::string& name, Values args, std::function<void()> on_wake = nullptr) {
    return instance->GetFunc(name)->Start(args, std::move(on_wake)).value();
  }

  QueueLoop loop;
  Engine engine;
  Store store{engine};
  ComponentLinker linker{engine};
  ::cvm::Component component = LoadAsync(engine, "naps.wat");
  std::optional<ComponentInstance> instance;
};

TEST_CASE("a task whose instance waits for the host is no work until the wait is over") {
  NapsTest t;
  ComponentCall run = t.Start("run", {U32(3)});
  int woken = 0;
  CHECK(t.instance->GetFunc("nap")->Start({}).error().message() == "cannot enter component instance");
  REQUIRE(t.loop.Turn().ok());
  REQUIRE(run.Resume().value());
  ComponentCall nap = t.Start("nap", {}, [&] { ++woken; });
  CHECK(woken == 1);
  CHECK(nap.woken());
  ComponentCall second = t.Start("run", {U32(4)});
  CHECK_FALSE(nap.woken());
  CHECK_FALSE(nap.Resume().value());
  CHECK(woken == 1);
  REQUIRE(t.loop.Turn().ok());
  CHECK(woken == 1);
  REQUIRE(second.Resume().value());
  CHECK(woken == 2);  // the instance has been left
  CHECK(nap.woken());
  CHECK(nap.Resume().value());
  CHECK(nap.TakeResults() == Values{U32(7)});
}

TEST_CASE("ASY-04 a call that is given up in the midst of its instance leaves nothing to be woken for") {
  NapsTest t;
  int woken = 0;
  ComponentCall nap = t.Start("nap", {}, [&] { ++woken; });
  {
    const ComponentCall run = t.Start("run", {U32(3)});
  }
  woken = 0;
  CHECK_FALSE(nap.Resume().value());
  CHECK(woken == 0);
  CHECK_FALSE(nap.woken());
  CHECK_FALSE(RunComponentTasks(t.store).value());
}

TEST_CASE("a mistake of the host's leaves the tasks of the instance as they were") {
  Engine engine;
  Store store(engine), other(engine);
  const ::cvm::Component component = LoadAsync(engine, "pipes.wat");
  const ComponentInstance instance = ComponentLinker(engine).Instantiate(store, component).value();
  auto [writer, stream] = ComponentStreamWriter::New(store).value();
  auto [stray_writer, stray] = ComponentStreamWriter::New(other).value();
  ComponentCall before = instance.GetFunc("sum")->Start(Values{ComponentValue(stream)}).value();
  CHECK(instance.GetFunc("sum")->Start(Values{ComponentValue(stray)}).error().kind() == ErrorKind::kUsage);
  CHECK(writer.Write({U32(20), U32(22)}, [&writer = writer](size_t, bool) { writer.Close(); }).ok());
  CHECK(before.Finish().ok());
  CHECK(before.TakeResults() == Values{U32(42)});
}

}  // namespace
}  // namespace cvm::component::test
