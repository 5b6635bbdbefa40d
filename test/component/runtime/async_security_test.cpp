// The ASY rows of the security plan in running components, and what of the HND rows concerns async. The state machines
// alone are tested in test/canonical-abi/async, great numbers in test/component/host/async_test.cpp.
#include <algorithm>
#include <array>

#include "test/component/runtime/probe.hpp"

namespace cvm::component::test {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

constexpr uint32_t kCompleted = 0, kDropped = 1, kCancelled = 2;  // of copies
constexpr uint32_t kSubtaskEvent = 1, kStreamRead = 2, kFutureRead = 4;

// --- ASY-01

TEST_CASE("ASY-01 a copy is cancelled in every state it can be in") {
  Probe t;
  for (const std::string side : {"read", "write"}) {
    INFO(side);
    const auto end = [&](const Probe::Pair& p) { return side == "read" ? p.r : p.w; };
    const std::string cancel = "stream-cancel-" + side,
                      none = "stream or future " + side + " cancelled when no " + side;
    CHECK_THAT(t.Trap(cancel, {end(t.New("stream"))}), Contains(none));  // idle
    Probe::Pair s = t.New("stream");
    const uint32_t mine = end(s);
    CHECK(t.Do("stream-" + side, {mine, 0, 4}) == kBlocked);
    CHECK(t.Do(cancel, {mine}) == kCancelled);  // nothing has passed
    CHECK(t.Do("stream-" + side, {mine, 0, 4}) == kBlocked);
    const std::string other = side == "read" ? "write" : "read";
    CHECK(t.Do("stream-" + other, {s.r + s.w - mine, 64, 3}) == (3u << 4));
    CHECK(t.Do(cancel, {mine}) == (3u << 4 | kCancelled));  // a part has
    CHECK(t.Do("stream-" + side, {mine, 0, 4}) == kBlocked);
    t.Do(side == "read" ? "stream-drop-writable" : "stream-drop-readable", {s.r + s.w - mine});
    CHECK(t.Do(cancel, {mine}) == kDropped);  // the other end has gone
    CHECK_THAT(t.Trap(cancel, {mine}), Contains(none));
  }
}

TEST_CASE("ASY-01 a future that was cancelled can be tried again, one that is done cannot") {
  Probe t;
  const Probe::Pair f = t.New("future");
  CHECK(t.Do("future-read", {f.r, 0}) == kBlocked);
  CHECK(t.Do("future-cancel-read", {f.r}) == kCancelled);
  CHECK(t.Do("future-write", {f.w, 0}) == kBlocked);
  CHECK(t.Do("future-cancel-write", {f.w}) == kCancelled);
  CHECK(t.Do("future-read", {f.r, 0}) == kBlocked);
  CHECK(t.Do("future-write", {f.w, 0}) == kCompleted);
  CHECK(t.Do("future-cancel-read", {f.r}) == kCompleted);  // too late
  CHECK(t.Trap("future-read", {f.r, 0}) == "cannot read from future after previous read succeeded");
}

TEST_CASE("ASY-01 a subtask is cancelled before it starts, while it runs, and after it has returned") {
  Probe t;
  Probe::Pair running = t.Blocked();
  CHECK(t.Do("subtask-cancel", {running.r}) == 4);  // CANCELLED_BEFORE_RETURNED
  t.Do("subtask-drop", {running.r});
  CHECK(t.Do("future-write", {running.w, 0}) == kCompleted);  // the task left its read behind
  Probe::Pair done = t.Blocked();
  CHECK(t.Do("future-write", {done.w, 0}) == kCompleted);
  t.Turns();
  CHECK(t.Do("subtask-cancel", {done.r}) == 2);  // RETURNED: it was quicker
  CHECK(t.Trap("subtask-cancel", {done.r}) == "`subtask.cancel` called after terminal status delivered");
}

// --- ASY-02

TEST_CASE("ASY-02 two ends, a set and what is in it are dropped in all orders") {
  Probe t;
  std::array<int, 4> order = {0, 1, 2, 3};
  do {
    t.Renew();
    const Probe::Pair s = t.New("stream");
    const uint32_t set = t.Do("set-new");
    t.Do("join", {s.r, set});
    bool in_set = true, readable = true;
    for (const int step : order) {
      INFO(order[0] << order[1] << order[2] << order[3] << ": " << step);
      if (step == 0) t.Do("stream-drop-writable", {s.w});
      if (step == 1) t.Do("stream-drop-readable", {s.r});
      if (step == 2 && readable) t.Do("join", {s.r, 0});
      if (step == 1) readable = false;
      if (step == 1 || step == 2) in_set = false;
      if (step == 3 && in_set) {
        CHECK(t.Trap("set-drop", {set}) == "cannot drop waitable set with waitables in it");
        break;
      }
      if (step == 3) t.Do("set-drop", {set});
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("ASY-02 a set on which a stack waits is not dropped; what is in it may be") {
  Probe t;
  {
    const uint32_t set = t.Do("set-new");
    const ComponentCall waits = t.Start("set-wait", {set, 128});
    CHECK(!waits.done());
    CHECK(t.Trap("set-drop", {set}) == "cannot drop waitable set with waiters");
  }
  const Probe::Pair s = t.New("stream"), other = t.New("stream");
  const uint32_t set = t.Do("set-new");
  t.Do("join", {s.r, set});
  t.Do("join", {other.r, set});
  ComponentCall waits = t.Start("set-wait", {set, 128});
  CHECK(!waits.done());
  t.Do("stream-drop-readable", {other.r});
  CHECK(t.Do("stream-read", {s.r, 0, 1}) == kBlocked);
  t.Do("stream-drop-writable", {s.w});
  CHECK(waits.Resume().value());
  CHECK(waits.TakeResults() == Values{U32(kStreamRead)});
  t.Do("stream-drop-readable", {s.r});
  t.Do("set-drop", {set});
}

TEST_CASE("ASY-02 a subtask is dropped once its end was delivered, not sooner, and once") {
  Probe t;
  CHECK(t.Trap("subtask-drop", {t.Blocked().r}) == "cannot drop a subtask which has not yet resolved");
  Probe::Pair task = t.Blocked();
  CHECK(t.Do("future-write", {task.w, 0}) == kCompleted);
  t.Turns();
  CHECK(t.Trap("subtask-drop", {task.r}) == "cannot drop a subtask which has not yet resolved");
  task = t.Blocked();
  const uint32_t set = t.Do("set-new");
  t.Do("join", {task.r, set});
  CHECK(t.Do("future-write", {task.w, 0}) == kCompleted);
  t.Turns();
  CHECK(t.Do("set-poll", {set, 128}) == kSubtaskEvent);
  t.Do("subtask-drop", {task.r});  // it leaves the set
  t.Do("set-drop", {set});
  CHECK(t.Trap("subtask-drop", {task.r}) == "unknown handle index " + std::to_string(task.r));
}

// --- ASY-03

TEST_CASE("ASY-03 ends of which one is dropped leave nothing") {
  Probe t;
  const auto cycle = [&](int i) {
    const Probe::Pair s = t.New("stream"), f = t.New("future");
    const uint32_t set = t.Do("set-new");
    if (i % 2 == 0) {
      CHECK(t.Do("stream-read", {s.r, 0, 4}) == kBlocked);
      t.Do("stream-drop-writable", {s.w});
      CHECK(t.Do("stream-cancel-read", {s.r}) == kDropped);
      t.Do("stream-drop-readable", {s.r});
    } else {
      t.Do("stream-drop-readable", {s.r});
      CHECK(t.Do("stream-write", {s.w, 0, 4}) == kDropped);
      t.Do("stream-drop-writable", {s.w});
    }
    CHECK(t.Do("future-read", {f.r, 0}) == kBlocked);
    t.Do("join", {f.r, set});
    CHECK(t.Do("future-write", {f.w, 0}) == kCompleted);
    t.Do("future-drop-writable", {f.w});
    CHECK(t.Do("set-poll", {set, 128}) == kFutureRead);
    t.Do("future-drop-readable", {f.r});
    t.Do("set-drop", {set});
  };
  cycle(0);
  const std::vector<uint32_t> tables = t.Tables();
  for (int i = 0; i < 500; ++i) cycle(i);
  CHECK(t.Tables() == tables);
  CHECK(t.components().account().streams() == 0);
}

// --- ASY-04

TEST_CASE("ASY-04 a call of the host's is given up at each of its suspensions; the next one is as if it had not been") {
  Engine engine;
  QueueLoop loop;
  ComponentLinker linker(engine);
  linker.Define("", "later", [&](ComponentHostCall& call) -> Pending<Values> {
    const uint32_t v = *call.args[0].As<uint32_t>();
    return Pending<Values>::Suspend(loop.NewWaiter(), [&loop, v]() -> Pending<Values> {
      return Pending<Values>::Suspend(loop.NewWaiter(), [v]() -> Pending<Values> { return Values{U32(v * 10)}; });
    });
  });
  const ::cvm::Component component = LoadAsync(engine, "later.wat");
  for (const std::string name : {"one-by-one", "together"}) {
    const uint32_t sum = name == "together" ? 50 : 40;
    for (int turns = 0; turns < 4; ++turns) {
      INFO(name << " given up after " << turns << " turns");
      Store store(engine);
      REQUIRE(SetEventLoop(store, &loop).ok());
      const ComponentInstance instance = linker.Instantiate(store, component).value();
      {
        ComponentCall call = instance.GetFunc(name)->Start(Values{U32(2)}).value();
        for (int i = 0; i < turns; ++i) {
          REQUIRE(loop.Turn().ok());
          REQUIRE(!call.Resume().value());
        }
      }
      CHECK(CallOne(instance, name, {U32(2)}) == U32(sum));
      ComponentStore& components = **ComponentStoreOf(store.impl());
      while (loop.waiting() > 0) {
        REQUIRE(loop.Turn().ok());
        while (RunComponentTasks(store).value()) {
        }
      }
      CHECK(components.num_threads() == 0);
      CHECK(components.account().tasks() == 0);
    }
  }
}

// --- ASY-05

// What a guest's write of `bytes` gives, when the host reads `most` at a time, and what the host has got.
std::pair<uint32_t, size_t> WriteToHost(Probe& t, uint32_t bytes, size_t most) {
  const Probe::Pair s = t.New("stream");
  const ComponentValue stream = CallOne(*t.instance, "d#give", {U32(s.r)});
  ComponentStreamReader reader = ComponentStreamReader::Of(t.store, *stream.As<ComponentStream>()).value();
  size_t got = 0;
  CHECK(reader.Read(most, [&](Values elements, bool) { got = elements.size(); }).ok());
  const uint32_t code = t.Do("stream-write", {s.w, 0, bytes});
  t.Turns();
  t.Do("stream-drop-writable", {s.w});
  return {code, got};
}

TEST_CASE("ASY-05 the host takes what it asked for of a write of 128 MiB, and no more than its bound") {
  constexpr uint32_t kBytes = 128u << 20;
  Probe t;
  CHECK(WriteToHost(t, kBytes, 1000) == std::pair(1000u << 4, size_t{1000}));
  const auto [code, got] = WriteToHost(t, kBytes, SIZE_MAX);
  CHECK(code == got << 4);
  CHECK(got > 1000);
  CHECK(got * sizeof(ComponentValue) <= ComponentLimits().max_host_bytes_per_call);
  const Probe::Pair s = t.New("stream");
  CHECK_THAT(t.Trap("stream-write", {s.w, 0, kBytes + 1}), Contains("out of bounds"));
}

TEST_CASE("ASY-05 max-elements-per-copy: at the limit and one past it") {
  ComponentLimits limits;
  limits.max_elements_per_copy = 10;
  Probe t(limits);
  CHECK(WriteToHost(t, 10, 100) == std::pair(10u << 4, size_t{10}));
  CHECK(WriteToHost(t, 11, 100) == std::pair(10u << 4, size_t{10}));
  const Probe::Pair s = t.New("stream");
  CHECK(t.Do("stream-read", {s.r, 0, 20}) == kBlocked);
  CHECK(t.Do("stream-write", {s.w, 64, 11}) == (10u << 4));
}

TEST_CASE("ASY-05 a copy has at most 2^28-1 elements") {
  const std::string too_long = "stream read or write is too long";
  Probe t;
  CHECK_THAT(t.Trap("stream-write", {t.New("stream").w, 0, 1u << 28}), Contains(too_long));
  CHECK_THAT(t.Trap("stream-write", {t.New("stream").w, 0, (1u << 28) - 1}), !Contains(too_long));
}

// --- ASY-06

TEST_CASE("ASY-06 what is in a set is not waited for on a stack") {
  const std::string words = "waitable cannot be used synchronously while added to a waitable set";
  Probe t;
  const auto joined = [&](uint32_t waitable) {
    t.Do("join", {waitable, t.Do("set-new")});
    return waitable;
  };
  CHECK(t.Trap("stream-read-sync", {joined(t.New("stream").r), 0, 1}) == words);
  CHECK(t.Trap("stream-write-sync", {joined(t.New("stream").w), 0, 1}) == words);
  CHECK(t.Trap("subtask-cancel-sync", {joined(t.Blocked().r)}) == words);
  const Probe::Pair s = t.New("stream");
  CHECK(t.Do("stream-read", {s.r, 0, 1}) == kBlocked);
  CHECK(t.Trap("stream-cancel-read-sync", {joined(s.r)}) == words);
  // And the other way round.
  const uint32_t r = t.New("stream").r, set = t.Do("set-new");
  {
    const ComponentCall waits = t.Start("stream-read-sync", {r, 0, 1});
    CHECK(!waits.done());
    CHECK(t.Trap("join", {r, set}) == words);
  }
  const Probe::Pair busy = t.New("stream");
  const ComponentCall waits = t.Start("stream-read-sync", {busy.r, 0, 1});
  CHECK_THAT(t.Trap("stream-cancel-read", {busy.r}), Contains("cancelled when no read is pending"));
}

TEST_CASE("ASY-06 backpressure counts to 2^16-1, and not below 0") {
  Probe t;
  for (int i = 0; i < 0xffff; ++i) t.Do("inc");
  CHECK(t.Trap("inc") == "backpressure counter overflow");
  t.Do("inc");
  t.Do("dec");
  CHECK(t.Trap("dec") == "backpressure counter underflow");
}

// --- HND

struct IndexCase {
  const char* name;
  std::vector<uint32_t> rest;  // further arguments
};
const IndexCase kOfIndex[] = {
    {"set-poll", {128}},
    {"set-drop", {}},
    {"join", {0}},
    {"subtask-cancel", {}},
    {"subtask-drop", {}},
    {"stream-read", {0, 1}},
    {"stream-write", {0, 1}},
    {"stream-cancel-read", {}},
    {"stream-cancel-write", {}},
    {"stream-drop-readable", {}},
    {"stream-drop-writable", {}},
    {"future-read", {0}},
    {"future-write", {0}},
    {"future-cancel-read", {}},
    {"future-cancel-write", {}},
    {"future-drop-readable", {}},
    {"future-drop-writable", {}},
    {"set-wait", {128}},
    {"subtask-cancel-sync", {}},
    {"stream-read-sync", {0, 1}},
};

TEST_CASE("HND-01 handles of async that are free, out of range or of another kind trap") {
  Probe t;
  const auto trap = [&](const IndexCase& c, uint32_t index) {
    Values args = {U32(index)};
    for (const uint32_t arg : c.rest) args.push_back(U32(arg));
    const std::string words = CallError(*t.instance, std::string("d#") + c.name, args);
    t.Renew();
    return words;
  };
  for (const IndexCase& c : kOfIndex) {
    INFO(c.name);
    for (const uint32_t index : {0u, 1u, 9u, (1u << 28) - 1, 1u << 28, 0xffffffffu}) {
      CHECK(trap(c, index) == "unknown handle index " + std::to_string(index));
    }
    const uint32_t freed = t.Do("set-new");
    t.Do("set-drop", {freed});
    CHECK(trap(c, freed) == "unknown handle index " + std::to_string(freed));
    // A set is what no other built-in takes; the two that do are given an end.
    const bool takes_sets = std::string_view(c.name).starts_with("set-");
    const uint32_t other = takes_sets ? t.New("stream").r : t.Do("set-new");
    CHECK_THAT(trap(c, other), Contains("used with the wrong type"));
  }
}

TEST_CASE("HND-01 ends of streams and futures, readable and writable, are not one another") {
  Probe t;
  const auto wrong = [&](const std::string& name, const Probe::Pair& pair, bool writable, bool copies) {
    INFO(name);
    const uint32_t end = writable ? pair.w : pair.r;
    const std::string words = !copies                      ? t.Trap(name, {end})
                              : name.starts_with("stream") ? t.Trap(name, {end, 0, 1})
                                                           : t.Trap(name, {end, 0});
    CHECK_THAT(words, Contains("used with the wrong type"));
  };
  for (const std::string what : {"stream", "future"}) {
    const std::string other = what == "stream" ? "future" : "stream";
    wrong(what + "-read", t.New(what), true, true);
    wrong(what + "-write", t.New(what), false, true);
    wrong(what + "-read", t.New(other), false, true);
    wrong(what + "-write", t.New(other), true, true);
    wrong(what + "-drop-readable", t.New(what), true, false);
    wrong(what + "-drop-writable", t.New(what), false, false);
    wrong(what + "-drop-readable", t.New(other), false, false);
  }
}

TEST_CASE("HND-04 a task that traps when nobody waits for it, and one that its caller cancels, end their instances") {
  for (const bool cancelled : {false, true}) {
    INFO(cancelled);
    Probe t;
    const ComponentInstance before = *t.instance;
    const Probe::Pair first = t.Blocked("careless"), second = t.Blocked("careless"), other = t.Blocked();
    if (cancelled) {
      CHECK_THAT(CallError(before, "d#subtask-cancel", {U32(first.r)}), Contains("unreachable"));
    } else {
      CHECK(t.Do("future-write", {first.w, 0}) == kCompleted);
      CHECK(t.Do("future-write", {second.w, 0}) == kCompleted);
      CHECK(t.Do("future-write", {other.w, 0}) == kCompleted);
      const auto ran = RunComponentTasks(t.store);
      REQUIRE_FALSE(ran.ok());
      CHECK_THAT(ran.error().message(), Contains("unreachable"));
    }
    CHECK(CallError(before, "c#ping") == "cannot enter component instance");
    CHECK(CallError(before, "d#set-new") == "cannot enter component instance");
    // What was ready there never runs, and is no work.
    CHECK_FALSE(RunComponentTasks(t.store).value());
    CHECK_FALSE(t.components().scheduler().HasWork());
    // Others of the store do as before.
    t.Renew();
    const Probe::Pair next = t.Blocked();
    CHECK(t.Do("future-write", {next.w, 0}) == kCompleted);
    t.Turns();
    CHECK(t.Do("subtask-cancel", {next.r}) == 2);
  }
}

TEST_CASE("HND-05 sets, ends and subtasks count as handles: at the limit and one past it") {
  ComponentLimits limits;
  limits.max_handles = 6;
  Probe t(limits);
  const std::string words = "the limit is 6 (-W max-handles)";
  for (int i = 0; i < 6; ++i) t.Do("set-new");
  CHECK_THAT(t.Trap("set-new"), Contains(words));
  for (int i = 0; i < 3; ++i) t.New("stream");
  CHECK_THAT(t.Trap("future-new"), Contains(words));
  // A pair of which one would fit.
  for (int i = 0; i < 5; ++i) t.Do("set-new");
  CHECK_THAT(t.Trap("stream-new"), Contains(words));
  CHECK(t.components().account().streams() <= 3);  // those of the instance that trapped
  // A subtask and the future's writable end each.
  for (int i = 0; i < 3; ++i) t.Blocked();
  CHECK_THAT(t.Trap("set-new"), Contains(words));
  Store other(t.engine);
  CHECK(t.linker.Instantiate(other, t.component).ok());
}

TEST_CASE("HND-05 tasks, and streams and futures, have limits of the store: at the limit and one past it") {
  ComponentLimits limits;
  limits.max_tasks = 3;
  limits.max_streams = 4;
  Probe t(limits);
  for (int i = 0; i < 3; ++i) t.Blocked();
  const Probe::Pair last = t.New("future");
  CHECK_THAT(CallError(*t.instance, "d#block", {U32(last.r), U32(64)}), EndsWith("the limit is 3 (-W max-tasks)"));
  Probe s(limits);
  for (int i = 0; i < 4; ++i) s.New(i % 2 == 0 ? "stream" : "future");
  CHECK_THAT(CallError(*s.instance, "d#stream-new"), EndsWith("the limit is 4 (-W max-streams)"));
}

}  // namespace
}  // namespace cvm::component::test
