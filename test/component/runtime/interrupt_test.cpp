// Interruptions and deadlines of a store whose guests wait for the host: INT-09 for calls of functions that are `async`
// and of others, for start functions, and for hosts that are never done.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "test/component/runtime/probe.hpp"

namespace cvm::component::test {
namespace {

// Nothing ever happens in it: a turn ends when the loop is woken.
class SilentLoop final : public EventLoop {
 public:
  Result<void> Turn() override {
    std::unique_lock lock(mutex_);
    if (on_turn) on_turn();
    woken_.wait(lock, [this] { return awake_; });
    awake_ = false;
    ++turns;
    return {};
  }
  void Wake() override {
    const std::scoped_lock lock(mutex_);
    awake_ = true;
    woken_.notify_all();
  }

  std::function<void()> on_turn;  // before it blocks; must not wake it
  int turns = 0;

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
};

// Begins, and is never called back.
class NeverWaiter final : public Waiter {
 public:
  explicit NeverWaiter(int& alive) : alive_(alive) { ++alive_; }
  ~NeverWaiter() override { --alive_; }
  void Start(Wake wake) override { wake_ = std::move(wake); }

 private:
  int& alive_;
  Wake wake_;
};

struct Waits {
  explicit Waits(const ::cvm::Component& component, const char* interface, const char* function) {
    REQUIRE(SetEventLoop(store, &loop).ok());
    linker.Define(interface, function, [this](ComponentHostCall&) -> Pending<Values> {
      if (answers) return Values{U32(1)};
      return Pending<Values>::Suspend(std::make_unique<NeverWaiter>(waiters), [] { return Values{U32(0)}; });
    });
    prepared = linker.Prepare(component).value();
  }
  ComponentInstance New() { return prepared->Instantiate(store).value(); }

  static Engine& engine() {
    static Engine engine;
    return engine;
  }
  SilentLoop loop;
  int waiters = 0;  // before the store, which has them
  bool answers = false;
  Store store{engine()};
  ComponentLinker linker{engine()};
  std::optional<PreparedComponent> prepared;
};

struct Case {
  const char* what;
  const char* file;
  const char* interface;
  const char* imported;
  const char* exported;
};
// One that waits on its stack, one that waits for several, one that is not async and whose host waits.
const Case kCases[] = {
    {"async, on its stack", "data/async/later.wat", "", "later", "one-by-one"},
    {"async, with a set", "data/async/later.wat", "", "later", "together"},
    {"not async", "data/async/plain.wat", "", "wait", "run"},
};

::cvm::Component LoadCase(const Case& c) {
  return ::cvm::Component::LoadFile(Waits::engine(), std::string(CVM_SOURCE_DIR "/test/component/") + c.file).value();
}

// After it, the instance cannot be entered and the store goes on.
void CheckAfter(Waits& t, const Case& c, const ComponentInstance& instance) {
  CHECK(CallError(instance, c.exported, {U32(2)}) == "cannot enter component instance");
  t.answers = true;
  CallOne(t.New(), c.exported, {U32(2)});
}

TEST_CASE("INT-09 another thread ends a call whose guest waits for the host, async or not") {
  for (const Case& c : kCases) {
    INFO(c.what);
    Waits t(LoadCase(c), c.interface, c.imported);
    const ComponentInstance instance = t.New();
    const InterruptHandle handle = t.store.interrupt_handle();
    std::thread other;
    t.loop.on_turn = [&] {
      if (!other.joinable()) other = std::thread([handle] { handle.Interrupt(); });
    };
    const auto results = instance.GetFunc(c.exported)->Call({U32(2)});
    if (other.joinable()) other.join();
    REQUIRE_FALSE(results.ok());
    CHECK(results.error().message() == "interrupted");
    CHECK(results.error().trap() == TrapKind::kInterrupted);
    CHECK(t.loop.turns == 1);
    CheckAfter(t, c, instance);
  }
}

TEST_CASE("INT-09 a deadline ends a call whose guest waits for the host, async or not") {
  for (const Case& c : kCases) {
    INFO(c.what);
    Waits t(LoadCase(c), c.interface, c.imported);
    const ComponentInstance instance = t.New();
    t.store.SetDeadline(std::chrono::milliseconds(5));
    const auto results = instance.GetFunc(c.exported)->Call({U32(2)});
    REQUIRE_FALSE(results.ok());
    CHECK(results.error().message() == "deadline exceeded (5ms)");
    CHECK(results.error().trap() == TrapKind::kDeadlineExceeded);
    t.store.ClearDeadline();
    CheckAfter(t, c, instance);
  }
}

TEST_CASE("INT-09 a call that was started is ended when it is resumed or finished, async or not") {
  for (const Case& c : kCases) {
    for (const bool resume : {false, true}) {
      INFO(c.what << (resume ? ", resumed" : ", finished"));
      Waits t(LoadCase(c), c.interface, c.imported);
      const ComponentInstance instance = t.New();
      ComponentCall call = instance.GetFunc(c.exported)->Start(Values{U32(2)}).value();
      CHECK_FALSE(call.done());
      t.store.interrupt_handle().Interrupt();
      std::string words;
      if (resume) {
        const auto done = call.Resume();
        REQUIRE_FALSE(done.ok());
        words = done.error().message();
      } else {
        const auto done = call.Finish();
        REQUIRE_FALSE(done.ok());
        words = done.error().message();
      }
      CHECK(words == "interrupted");
      CheckAfter(t, c, instance);
    }
  }
}

TEST_CASE("INT-09 a start function that waits for the host is ended with its instantiation") {
  const ::cvm::Component component = LoadRun(Waits::engine(), "start.wasm");
  Waits t(component, "test:host/start@1.0.0", "which");
  t.store.interrupt_handle().Interrupt();
  CHECK(t.prepared->Instantiate(t.store).error().message() == "interrupted");
  const InterruptHandle handle = t.store.interrupt_handle();
  std::thread other;
  t.loop.on_turn = [&] {
    if (!other.joinable()) other = std::thread([handle] { handle.Interrupt(); });
  };
  const auto made = t.prepared->Instantiate(t.store);
  if (other.joinable()) other.join();
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().message() == "interrupted");
  CHECK(t.waiters == 0);
}

TEST_CASE("INT-09 tasks of other instances that wait are as they were after an interruption") {
  const Case& c = kCases[0];
  Waits t(LoadCase(c), c.interface, c.imported);
  const ComponentInstance waiting = t.New(), interrupted = t.New();
  ComponentCall call = waiting.GetFunc(c.exported)->Start(Values{U32(2)}).value();
  CHECK(t.waiters == 1);
  t.store.interrupt_handle().Interrupt();
  CHECK(CallError(interrupted, c.exported, {U32(2)}) == "interrupted");
  CHECK_FALSE(call.Resume().value());
  CHECK(t.waiters >= 1);
}

}  // namespace
}  // namespace cvm::component::test
