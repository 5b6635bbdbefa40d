// Rows of the security plan that need a running component: ABI-08, ABI-09, HND-01 to HND-04. Others of theirs are
// tested beside the subject (resource_test.cpp, run_test.cpp) and on the reference path (test/canonical-abi).
#include <atomic>
#include <thread>

#include "test/component/support/run.hpp"

namespace cvm::component::test {
namespace {

// Built-ins and a host function that fails, behind builtins.wat; each New is an instance of its own.
struct BuiltinsTest {
  BuiltinsTest() {
    linker.Define("test:host/fail@1.0.0", "fail", [](ComponentHostCall& call) -> Pending<Values> {
      switch (*call.args[0].As<uint32_t>()) {
        case 0:
          return Values{U32(42)};
        case 1:
          return Error(ErrorKind::kTrap, "the host says no");
        case 2:
          return Values{};
        default:
          return Values{Str("no number")};
      }
    });
  }
  ComponentInstance New() { return linker.Instantiate(store, component).value(); }

  Engine engine;
  Store store{engine};
  ComponentLinker linker{engine};
  Component component = LoadRun(engine, "builtins.wat");
};

TEST_CASE("ABI-08 whatever traps in a built-in that the host calls is an error value") {
  BuiltinsTest t;
  for (const std::string through : {"c#", "through"}) {
    const auto name = [&](const std::string& f) { return through == "c#" ? "c#" + f : f + "-through"; };
    INFO(through);
    CHECK(CallOne(t.New(), name("new"), {U32(9)}) == U32(1));
    CHECK(CallError(t.New(), name("rep"), {U32(1)}) == "unknown handle index 1");
    CHECK(CallError(t.New(), name("drop"), {U32(0)}) == "unknown handle index 0");
    CHECK(CallError(t.New(), name("drop"), {U32(0xffffffff)}) == "unknown handle index 4294967295");
    // The destructor traps for 0.
    const auto instance = t.New();
    CHECK(CallOne(instance, name("new"), {U32(0)}) == U32(1));
    CHECK(CallError(instance, name("drop"), {U32(1)}).find("unreachable") != std::string::npos);
    CHECK(CallError(instance, name("new"), {U32(1)}) == "cannot enter component instance");
    // A host function that is an export as it stands.
    CHECK(CallOne(t.New(), name("fail"), {U32(0)}) == U32(42));
    CHECK(CallError(t.New(), name("fail"), {U32(1)}) == "the host says no");
    CHECK(CallError(t.New(), name("fail"), {U32(2)}) != "");
    CHECK(CallError(t.New(), name("fail"), {U32(3)}) != "");
  }
}

TEST_CASE("ABI-08 resource.new at the limit of handles is an error, and other instances have theirs") {
  BuiltinsTest t;
  ComponentLimits limits;
  limits.max_handles = 3;
  REQUIRE(SetComponentLimits(t.store, limits).ok());
  const auto instance = t.New();
  for (uint32_t i = 1; i <= 3; ++i) CHECK(CallOne(instance, "c#new", {U32(i)}) == U32(i));
  CHECK(CallError(instance, "c#new", {U32(4)}).find("the limit is 3 (-W max-handles)") != std::string::npos);
  CHECK(CallOne(t.New(), "c#new", {U32(1)}) == U32(1));
}

TEST_CASE("ABI-08 a trap during start is an error of Instantiate") {
  Engine engine;
  const Component component = LoadRun(engine, "start.wat");
  const auto start = [&](ComponentHostFunc which) -> std::string {
    Store store(engine);
    ComponentLinker linker(engine);
    linker.Define("test:host/start@1.0.0", "which", std::move(which));
    const auto made = linker.Instantiate(store, component);
    return made.ok() ? "" : made.error().message();
  };
  const auto says = [](uint32_t which) { return [which](ComponentHostCall&) { return Values{U32(which)}; }; };
  CHECK(start(says(0)) == "");
  CHECK(start(says(4)) == "");
  CHECK(start(says(1)) == "unknown handle index 7");
  CHECK(start(says(2)) == "unknown handle index 9");
  CHECK(start(says(3)).find("unreachable") != std::string::npos);
  CHECK(start([](ComponentHostCall&) -> Pending<Values> { return Error(ErrorKind::kTrap, "not today"); }) ==
        "not today");
}

struct LeaveTest {
  LeaveTest() {
    linker.Define("test:host/text@1.1.0", "beep", [this](ComponentHostCall&) {
      ++beeps;
      return Values{};
    });
  }
  // What a call ends with whose realloc and post-return do these things; "" if it is done.
  std::string Run(uint32_t in_realloc, uint32_t in_post_return, bool through_guest) {
    const auto instance = linker.Instantiate(store, component).value();
    CallOne(instance, "c#set", {U32(in_realloc), U32(in_post_return)});
    const auto results = through_guest ? instance.GetFunc("relay").value().Call({})
                                       : instance.GetFunc("c#run").value().Call({Str("text")});
    if (results.ok()) {
      CHECK(results->front() == (through_guest ? U32(4) : Str("text")));
      return "";
    }
    CHECK(results.error().kind() == ErrorKind::kTrap);
    CHECK(CallError(instance, "c#set", {U32(0), U32(0)}) == "cannot enter component instance");
    return results.error().message();
  }

  Engine engine;
  Store store{engine};
  ComponentLinker linker{engine};
  Component component = LoadRun(engine, "leave.wat");
  int beeps = 0;
};

TEST_CASE("ABI-09 calls of imports, resource.new and resource.drop trap in realloc and in post-return") {
  LeaveTest t;
  for (const bool through_guest : {false, true}) {
    INFO((through_guest ? "called by a guest" : "called by the host"));
    CHECK(t.Run(0, 0, through_guest) == "");
    for (const uint32_t what : {1, 2, 3}) {
      INFO("what " << what);
      CHECK(t.Run(what, 0, through_guest) == "cannot leave component instance");
      CHECK(t.Run(0, what, through_guest) == "cannot leave component instance");
    }
    // canon resource.rep leaves nothing.
    CHECK(t.Run(4, 4, through_guest) == "");
  }
  CHECK(t.beeps == 0);
}

TEST_CASE("HND-01 handles of a running instance: the last freed is used first, each instance has its own") {
  BuiltinsTest t;
  const auto instance = t.New();
  for (uint32_t i = 1; i <= 4; ++i) CHECK(CallOne(instance, "c#new", {U32(10 * i)}) == U32(i));
  CallOne(instance, "c#drop", {U32(2)});
  CallOne(instance, "c#drop", {U32(3)});
  CHECK(CallOne(instance, "c#new-s", {U32(50)}) == U32(3));
  CHECK(CallOne(instance, "c#new", {U32(60)}) == U32(2));
  CHECK(CallOne(instance, "c#rep", {U32(2)}) == U32(60));
  CHECK(CallOne(instance, "c#rep-s", {U32(3)}) == U32(50));
  CHECK(CallOne(instance, "c#new", {U32(70)}) == U32(5));
  // The sibling's table is empty.
  CHECK(CallError(instance, "other#rep", {U32(1)}) == "unknown handle index 1");
}

TEST_CASE("HND-01 indices that are free, out of range or of another type trap") {
  BuiltinsTest t;
  const auto misuse = [&](const std::string& function, uint32_t index) {
    const auto instance = t.New();
    CHECK(CallOne(instance, "c#new", {U32(1)}) == U32(1));
    CHECK(CallOne(instance, "c#new-s", {U32(2)}) == U32(2));
    CHECK(CallOne(instance, "c#new", {U32(3)}) == U32(3));
    CallOne(instance, "c#drop", {U32(3)});
    return CallError(instance, function, {U32(index)});
  };
  for (const std::string function : {"c#rep", "c#drop", "c#rep-s", "c#drop-s"}) {
    INFO(function);
    for (const uint32_t index : {0u, 3u, 4u, (1u << 28) - 1, 1u << 28, 0x80000001u, 0xffffffffu}) {
      CHECK(misuse(function, index) == "unknown handle index " + std::to_string(index));
    }
    const uint32_t wrong = function.ends_with("-s") ? 1 : 2;
    CHECK(misuse(function, wrong).find("used with the wrong type") != std::string::npos);
  }
}

// The host's side of handles.wat: a thing is its number.
struct HandlesTest {
  HandlesTest()
      : type(linker.DefineResource("test:host/handles@1.0.0", "thing",
                                   [this](uint64_t rep) { destroyed.push_back(rep); })) {
    const char* const name = "test:host/handles@1.0.0";
    linker.Define(name, "make", [this](ComponentHostCall&) { return Values{type.New(++last)}; });
    linker.Define(name, "lend", [this](ComponentHostCall& call) {
      return Values{U32(static_cast<uint32_t>(type.Rep(call.args[0]).value()))};
    });
    for (const char* both : {"lend-and-give", "give-and-lend"}) {
      linker.Define(name, both, [this](ComponentHostCall&) {
        ++reached;
        return Values{};
      });
    }
  }
  ComponentInstance New() { return linker.Instantiate(store, component).value(); }

  std::vector<uint64_t> destroyed;
  uint64_t last = 0;
  int reached = 0;
  Engine engine;
  ComponentLinker linker{engine};
  ComponentResourceType type;
  Component component = LoadRun(engine, "handles.wat");
  Store store{engine};
};

TEST_CASE("HND-02 a handle that is lent in a call cannot be given away by it, in either order") {
  HandlesTest t;
  CHECK(CallError(t.New(), "lend-and-give") == "cannot remove owned resource while borrowed");
  CHECK(CallError(t.New(), "give-and-lend") == "unknown handle index 1");
  CHECK(t.reached == 0);
  // The loan of an earlier call is over.
  CHECK(CallOne(t.New(), "lend-two") == U32(3));
  CHECK(t.reached == 1);
  CHECK(t.destroyed == std::vector<uint64_t>{4, 3});
}

TEST_CASE("HND-02 a borrow may be lent on; it is dropped once and not used afterwards") {
  HandlesTest t;
  const ComponentValue thing = t.type.New(77);
  CHECK(CallOne(t.New(), "lend-on", {thing}) == U32(77));
  CHECK(CallError(t.New(), "drop-twice", {thing}) == "unknown handle index 1");
  CHECK(CallError(t.New(), "lend-dropped", {thing}) == "unknown handle index 1");
  // It was lent all the while, and is still the host's.
  CHECK(t.destroyed.empty());
  CHECK(thing.As<ComponentResource>()->valid());
}

TEST_CASE("HND-02 a host's resource that a trap finds between two tables is destroyed with the store") {
  HandlesTest t;
  {
    Store store(t.engine);
    const auto instance = t.linker.Instantiate(store, t.component).value();
    // The first parameter has been taken when the second traps.
    CallError(instance, "give-and-lend");
    CHECK(t.destroyed.empty());
  }
  CHECK(t.destroyed == std::vector<uint64_t>{1});
  t.destroyed.clear();
  {
    // Given by the host to a function whose other argument cannot be lowered.
    Store store(t.engine);
    ComponentLimits limits;
    limits.max_handles = 1;
    REQUIRE(SetComponentLimits(store, limits).ok());
    const auto instance = t.linker.Instantiate(store, t.component).value();
    CHECK(CallError(instance, "keep-two", {t.type.New(8), t.type.New(9)}).find("the limit is 1 (-W max-handles)") !=
          std::string::npos);
    CHECK(t.destroyed.empty());
  }
  CHECK(t.destroyed == std::vector<uint64_t>{8, 9});
}

TEST_CASE("HND-03 types of the same shape and name from two linkers or two engines do not interchange") {
  HandlesTest t;
  HandlesTest other;
  CHECK(CallError(t.New(), "lend-on", {other.type.New(1)}) == "resource types are not the same");
  CHECK_FALSE(t.type.Rep(other.type.New(2)).ok());
  CHECK_FALSE(t.type.Take(other.type.New(3)).ok());
  const Component component = LoadRun(t.engine, "counter.wat");
  const Component component_of_other = LoadRun(other.engine, "counter.wat");
  const auto here = t.linker.Instantiate(t.store, component).value();
  const auto there = other.linker.Instantiate(other.store, component_of_other).value();
  const ComponentValue counter = CallOne(there, "make", {U32(5)});
  CHECK(CallError(here, "get", {counter}) == "the resource belongs to another store");
  CHECK(CallError(here, "take", {counter}) == "the resource belongs to another store");
  CHECK_FALSE(t.linker.Instantiate(other.store, component).ok());
  CHECK(CallOne(there, "take", {counter}) == U32(5));
}

TEST_CASE("HND-03 components are loaded, run and unloaded on several threads of one engine") {
  Engine engine;
  std::atomic<uint32_t> right = 0;
  constexpr uint32_t kThreads = 4;
  constexpr uint32_t kTurns = 50;
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&engine, &right] {
      for (uint32_t turn = 0; turn < kTurns; ++turn) {
        const auto component = Component::LoadFile(engine, RunFile("counter.wat"));
        if (!component.ok()) continue;
        Store store(engine);
        const auto instance = ComponentLinker(engine).Instantiate(store, *component);
        if (!instance.ok()) continue;
        const ComponentValue args[] = {U32(turn)};
        auto made = instance->GetFunc("make").value().Call(args);
        if (!made.ok()) continue;
        const auto got = instance->GetFunc("get").value().Call(*made);
        right += got.ok() && got->front() == U32(turn) ? 1 : 0;
        // The destructor of counter 0 traps: that must be told, and reach no other thread.
        const auto dropped = made->front().As<ComponentResource>()->Drop();
        right += dropped.ok() == (turn != 0) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 2 * kThreads * kTurns);
}

TEST_CASE("HND-04 a destructor enters the parent from its child, as the specification has it") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  linker.Define("test:host/back@0.1.0", "call", [](ComponentHostCall&) { return Values{}; });
  const auto instance = linker.Instantiate(store, LoadRun(engine, "reenter.wat")).value();
  CallOne(instance, "take", {CallOne(instance, "make", {U32(5)})});
  CHECK(CallOne(instance, "dropped") == U32(5));
}

TEST_CASE("HND-04 a host that drops a resource of the instance that called it is refused") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  std::optional<ComponentResource> held;
  std::string refused;
  linker.Define("test:host/back@0.1.0", "call", [&](ComponentHostCall&) {
    if (const Result<void> dropped = held->Drop(); !dropped.ok()) refused = dropped.error().message();
    return Values{};
  });
  const Component component = LoadRun(engine, "reenter.wat");
  const auto instance = linker.Instantiate(store, component).value();
  const auto other = linker.Instantiate(store, component).value();
  held = *CallOne(instance, "make", {U32(5)}).As<ComponentResource>();
  CallOne(instance, "call");
  CHECK(refused == "cannot enter component instance");
  CHECK(CallOne(instance, "dropped") == U32(0));
  // Of another instance it may.
  refused.clear();
  held = *CallOne(other, "make", {U32(6)}).As<ComponentResource>();
  CallOne(instance, "call");
  CHECK(refused == "");
  CHECK(CallOne(other, "dropped") == U32(6));
}

TEST_CASE("HND-04 after a trap every export refuses entry, as do the destructors of what is left") {
  Engine engine;
  Store store(engine);
  const auto instance = ComponentLinker(engine).Instantiate(store, LoadRun(engine, "counter.wat")).value();
  const ComponentValue left = CallOne(instance, "make", {U32(5)});
  ComponentResource zero = *CallOne(instance, "make", {U32(0)}).As<ComponentResource>();
  CHECK_FALSE(zero.Drop().ok());
  for (const ComponentItem& item : instance.exports()) {
    if (item.type == "resource") continue;
    INFO(item.ToString());
    const ComponentFunc func = instance.GetFunc(item.ToString()).value();
    const Values args = func.params().empty()                                ? Values{}
                        : item.type.find("u32)") == item.type.find(": ") + 2 ? Values{U32(1)}
                                                                             : Values{left};
    const auto results = func.Call(args);
    REQUIRE_FALSE(results.ok());
    CHECK(results.error().message() == "cannot enter component instance");
  }
  const ComponentFunc make = instance.GetFunc("make").value();
  ComponentResource owned = *left.As<ComponentResource>();
  CHECK(owned.Drop().error().message() == "cannot enter component instance");
}

}  // namespace
}  // namespace cvm::component::test
