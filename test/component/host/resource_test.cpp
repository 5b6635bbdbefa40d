// Resources: the host's in guests, guests' at the host; handles, lends, destructors (HND-01 to HND-04).
#include <algorithm>
#include <map>

#include "test/component/support/run.hpp"

namespace cvm::component::test {
namespace {

// The host's side of things.wat: a thing is a number.
struct Things {
  explicit Things(ComponentLinker& linker, const std::string& version = "1.0.0")
      : type(linker.DefineResource("test:host/things@" + version, "thing", [this](uint64_t rep) {
          destroyed.push_back(values[rep]);
          values.erase(rep);
        })) {
    const std::string name = "test:host/things@" + version;
    linker.Define(name, "[constructor]thing",
                  [this](ComponentHostCall& call) { return Values{New(*call.args[0].As<uint32_t>())}; });
    linker.Define(name, "[method]thing.get", [this](ComponentHostCall& call) {
      lent = *call.args[0].As<ComponentResource>();
      return Values{U32(values.at(type.Rep(call.args[0]).value()))};
    });
    linker.Define(name, "take",
                  [this](ComponentHostCall& call) { return Values{U32(values.at(type.Rep(call.args[0]).value()))}; });
  }
  ComponentValue New(uint32_t value) {
    values[++last] = value;
    return type.New(last);
  }

  std::map<uint64_t, uint32_t> values;
  std::vector<uint32_t> destroyed;
  std::optional<ComponentResource> lent;
  uint64_t last = 0;
  ComponentResourceType type;
};

struct ThingsTest {
  Engine engine;
  // The host's things outlive the store, which destroys those that guests still own.
  ComponentLinker linker{engine};
  Things things{linker};
  Component component = LoadRun(engine, "things.wat");
  Store store{engine};
  ComponentInstance New() { return linker.Instantiate(store, component).value(); }
};

TEST_CASE("a guest makes, uses and drops a resource of the host's") {
  ThingsTest t;
  const auto instance = t.New();
  CHECK(CallOne(instance, "get", {U32(7)}) == U32(7));
  CHECK(t.things.destroyed == std::vector<uint32_t>{7});
  // What is lent is good for the call only.
  REQUIRE(t.things.lent.has_value());
  CHECK_FALSE(t.things.lent->valid());
}

TEST_CASE("an owned handle moves to the host, which drops it") {
  ThingsTest t;
  const auto instance = t.New();
  CHECK(CallOne(instance, "give", {U32(8)}) == U32(8));
  CHECK(t.things.destroyed == std::vector<uint32_t>{8});
  {
    const ComponentValue made = CallOne(instance, "make", {U32(9)});
    CHECK(t.things.type.Rep(made).value() == t.things.last);
    CHECK(t.things.destroyed.size() == 1);
    CHECK(CallOne(instance, "value", {made}) == U32(9));
    CHECK(CallOne(instance, "value", {made}) == U32(9));
  }
  CHECK(t.things.destroyed == std::vector<uint32_t>{8, 9});
}

TEST_CASE("resources that guests own are destroyed with their store") {
  std::vector<uint32_t> destroyed;
  {
    Engine engine;
    ComponentLinker linker(engine);
    Things things(linker);
    {
      Store store(engine);
      const auto instance = linker.Instantiate(store, LoadRun(engine, "things.wat")).value();
      CallOne(instance, "keep", {U32(1)});
      CallOne(instance, "keep-own", {things.New(2)});
      CHECK(things.destroyed.empty());
    }
    destroyed = things.destroyed;
  }
  CHECK(destroyed == std::vector<uint32_t>{1, 2});
}

TEST_CASE("a resource is passed on once") {
  ThingsTest t;
  const auto instance = t.New();
  const ComponentValue made = t.things.New(3);
  CallOne(instance, "keep-own", {made});
  CHECK_FALSE(made.As<ComponentResource>()->valid());
  CHECK(CallError(instance, "keep-own", {made}) == "the resource was passed on or dropped before");
  CHECK(CallError(instance, "value", {made}) == "the resource was passed on or dropped before");
}

TEST_CASE("misuse of handles traps") {
  ThingsTest t;
  CHECK(CallError(t.New(), "get-dropped", {U32(1)}) == "unknown handle index 1");
  CHECK(CallError(t.New(), "give-twice", {U32(1)}) == "unknown handle index 1");
  CHECK(CallError(t.New(), "value-kept", {t.things.New(1)}) == "borrow handles still remain at the end of the call");
  CHECK(CallError(t.New(), "give-borrow", {t.things.New(1)}) == "cannot lift own resource from a borrow");
}

TEST_CASE("a destructor is told whose resource it was") {
  Engine engine;
  ComponentLinker linker(engine);
  Things things(linker);
  std::vector<std::pair<uint64_t, const Store*>> dropped;
  std::vector<const Store*> stores = {nullptr};
  things.type = linker.DefineResource("test:host/things@1.0.0", "thing", [&](const ComponentDrop& drop) {
    const auto of = std::find_if(stores.begin() + 1, stores.end(), [&](const Store* s) { return drop.IsOf(*s); });
    dropped.emplace_back(drop.rep, of == stores.end() ? nullptr : *of);
    return Result<void>();
  });
  const Component component = LoadRun(engine, "things.wat");
  std::optional<ComponentValue> kept;
  {
    Store a(engine), b(engine);
    stores = {nullptr, &a, &b};
    const auto in_a = linker.Instantiate(a, component).value();
    const auto in_b = linker.Instantiate(b, component).value();
    CallOne(in_a, "get", {U32(1)});   // dropped by a guest
    CallOne(in_b, "make", {U32(2)});  // by the host, which had it from one
    {
      const ComponentValue mine = things.New(3);
    }                                        // never given
    CallOne(in_b, "keep", {U32(4)});         // by the end of its store
    kept = CallOne(in_a, "make", {U32(5)});  // outlives it
    CHECK(dropped == std::vector<std::pair<uint64_t, const Store*>>{{1, &a}, {2, &b}, {3, nullptr}});
    dropped.clear();
    // Not before both are gone: of a store that is being destroyed only the address is looked at.
  }
  REQUIRE(dropped.size() == 1);
  CHECK(dropped[0].first == 4);
  CHECK(dropped[0].second == stores[2]);
  stores = {nullptr};
  kept.reset();
  REQUIRE(dropped.size() == 2);
  CHECK(dropped[1] == std::pair<uint64_t, const Store*>{5, nullptr});
}

TEST_CASE("an error of a destructor is a trap of the guest that dropped, or of the host that did") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  Things things(linker);
  things.type = linker.DefineResource("test:host/things@1.0.0", "thing", [](const ComponentDrop&) -> Result<void> {
    return Error(ErrorKind::kTrap, "the disk is full");
  });
  const Component component = LoadRun(engine, "things.wat");
  const auto instance = linker.Instantiate(store, component).value();
  ComponentResource made = *CallOne(instance, "make", {U32(1)}).As<ComponentResource>();
  CHECK(made.Drop().error().message() == "the disk is full");
  CHECK(CallOne(instance, "value", {things.New(7)}) == U32(7));
  CHECK(CallError(instance, "get", {U32(1)}) == "the disk is full");
  CHECK(CallError(instance, "make", {U32(1)}) == "cannot enter component instance");
}

TEST_CASE("a host's resource goes to guests of another store by Take and New alone") {
  ThingsTest t;
  Store other(t.engine);
  const auto here = t.New();
  const auto there = t.linker.Instantiate(other, t.component).value();
  const ComponentValue thing = CallOne(here, "make", {U32(6)});
  CHECK(CallError(there, "value", {thing}) == "the resource belongs to another store");
  const uint64_t rep = t.things.type.Take(thing).value();
  CHECK_FALSE(thing.As<ComponentResource>()->valid());
  CHECK_FALSE(t.things.type.Take(thing).ok());
  CHECK(CallOne(there, "value", {t.things.type.New(rep)}) == U32(6));
  CHECK(t.things.destroyed == std::vector<uint32_t>{6});
}

// ABI-08
TEST_CASE("built-ins that the host calls straight trap like any other") {
  ThingsTest t;
  CHECK(CallError(t.New(), "drop-index", {U32(0)}) == "unknown handle index 0");
  CHECK(CallError(t.New(), "drop-index", {U32(7)}) == "unknown handle index 7");
  CHECK(CallError(t.New(), "get-index", {U32(0xffffffff)}) == "unknown handle index 4294967295");
  const auto instance = t.New();
  CallOne(instance, "keep", {U32(5)});
  CHECK(CallOne(instance, "get-index", {U32(1)}) == U32(5));
  CallOne(instance, "drop-index", {U32(1)});
  CHECK(t.things.destroyed.back() == 5);
}

// HND-03
TEST_CASE("resources of another type, or of another linker's type of the same name, are refused") {
  ThingsTest t;
  const auto instance = t.New();
  Things others(t.linker, "2.0.0");
  const ComponentValue other = others.New(1);
  CHECK(CallError(instance, "value", {other}) == "resource types are not the same");
  CHECK_FALSE(t.things.type.Rep(other).ok());
  CHECK(CallError(instance, "value", {U32(1)}).find("is no borrow") != std::string::npos);
  // The host's mistake did no harm.
  CHECK(CallOne(instance, "get", {U32(1)}) == U32(1));
}

TEST_CASE("a guest's resource is owned, lent, passed back and dropped by the host") {
  Engine engine;
  Store store(engine);
  const auto instance = ComponentLinker(engine).Instantiate(store, LoadRun(engine, "counter.wat")).value();
  {
    const ComponentValue counter = CallOne(instance, "make", {U32(5)});
    CHECK(CallOne(instance, "get", {counter}) == U32(5));
    CHECK(CallOne(instance, "get", {counter}) == U32(5));
    CHECK(CallOne(instance, "dropped") == U32(0));
  }
  CHECK(CallOne(instance, "dropped") == U32(5));
  const ComponentValue second = CallOne(instance, "make", {U32(6)});
  CHECK(CallOne(instance, "take", {second}) == U32(6));
  CHECK(CallOne(instance, "dropped") == U32(11));
  ComponentResource third = *CallOne(instance, "make", {U32(7)}).As<ComponentResource>();
  CHECK(third.Drop().ok());
  CHECK_FALSE(third.Drop().ok());
  CHECK(CallOne(instance, "dropped") == U32(18));
}

TEST_CASE("a destructor that traps is an error of Drop, and poisons its instance") {
  Engine engine;
  Store store(engine);
  const auto instance = ComponentLinker(engine).Instantiate(store, LoadRun(engine, "counter.wat")).value();
  ComponentResource zero = *CallOne(instance, "make", {U32(0)}).As<ComponentResource>();
  const Result<void> dropped = zero.Drop();
  REQUIRE_FALSE(dropped.ok());
  CHECK(dropped.error().kind() == ErrorKind::kTrap);
  CHECK(CallError(instance, "dropped") == "cannot enter component instance");
}

// HND-03
TEST_CASE("resources of two instances of one component do not mix, nor do those of two stores") {
  Engine engine;
  Store store(engine);
  Store other_store(engine);
  const Component component = LoadRun(engine, "twice.wat");
  ComponentLinker linker(engine);
  const auto instance = linker.Instantiate(store, component).value();
  const auto other = linker.Instantiate(other_store, component).value();
  CHECK(CallOne(instance, "a#next") == U32(1));
  CHECK(CallOne(instance, "a#next") == U32(2));
  CHECK(CallOne(instance, "b#next") == U32(1));
  const ComponentValue of_a = CallOne(instance, "a#make");
  CHECK(CallError(instance, "b#use", {of_a}) == "resource types are not the same");
  const ComponentValue of_other = CallOne(other, "a#make");
  CHECK(CallError(instance, "a#use", {of_other}) == "the resource belongs to another store");
  const ComponentValue again = CallOne(instance, "a#make");
  CallOne(instance, "a#use", {again});
}

// INT-08
TEST_CASE("destructors that recurse without end exhaust the guest's stack, not the host's") {
  Engine engine;
  Store store(engine);
  const auto instance = ComponentLinker(engine).Instantiate(store, LoadRun(engine, "counter.wat")).value();
  const std::string words = CallError(instance, "recurse");
  INFO(words);
  const bool bounded = words.find("exhausted") != std::string::npos || words.find("limit") != std::string::npos;
  CHECK(bounded);
}

}  // namespace
}  // namespace cvm::component::test
