// Linking by name: versions, unmet imports, components linked to components.
#include "test/component/support/run.hpp"

namespace cvm::component::test {
namespace {

ComponentHostFunc Answers(uint32_t value) {
  return [value](ComponentHostCall&) { return Values{U32(value)}; };
}

TEST_CASE("imports are met by the same version or a compatible one, the newest of several") {
  Engine engine;
  Store store(engine);
  const Component component = LoadRun(engine, "wait.wat");  // asks for test:host/clock@0.2.3
  ComponentLinker linker(engine);
  linker.Define("test:host/clock@0.1.0", "wait", Answers(10));
  linker.Define("test:host/clock@1.2.3", "wait", Answers(20));
  CHECK_FALSE(linker.Prepare(component).ok());
  linker.Define("test:host/clock@0.2.1", "wait", Answers(1));
  linker.Define("test:host/clock@0.2.12", "wait", Answers(2));
  linker.Define("test:host/clock@0.2.9", "wait", Answers(3));
  CHECK(CallOne(linker.Instantiate(store, component).value(), "run", {U32(0)}) == U32(5));
  linker.Define("test:host/clock@0.2.3", "wait", Answers(4));
  CHECK(CallOne(linker.Instantiate(store, component).value(), "run", {U32(0)}) == U32(9));
}

TEST_CASE("all unmet imports are in one error, with what is offered and what would help") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  linker.Define("test:host/things@2.0.0", "take", Answers(1));
  linker.OnUnmet([](std::string_view name) {
    return name.starts_with("test:host/") ? std::string("add --things") : std::string();
  });
  const auto instance = linker.Instantiate(store, LoadRun(engine, "things.wat"));
  REQUIRE_FALSE(instance.ok());
  CHECK(instance.error().kind() == ErrorKind::kUnlinkable);
  const std::string& words = instance.error().message();
  INFO(words);
  for (const char* part :
       {"4 unmet imports", "`test:host/things@1.0.0` (offered: `test:host/things@2.0.0`; add --things): ", "`thing`",
        "`[constructor]thing`", "`[method]thing.get`", "`take`"}) {
    INFO(part);
    CHECK(words.find(part) != std::string::npos);
  }
}

TEST_CASE("of an instance only what is used is asked for") {
  Engine engine;
  const Component component = LoadRun(engine, "wait.wat");
  REQUIRE(component.imports().size() == 1);
  CHECK(component.imports()[0].ToString() == "test:host/clock@0.2.3#wait");
  CHECK(component.imports()[0].type == "func(n: u32) -> u32");
  REQUIRE(component.exports().size() == 1);
  CHECK(component.exports()[0].ToString() == "run");
  ComponentLinker linker(engine);
  linker.Define("test:host/clock@0.2.3", "wait", Answers(1));
  CHECK(linker.Prepare(component).ok());
}

TEST_CASE("something of another kind under the name of an import is told") {
  Engine engine;
  ComponentLinker linker(engine);
  linker.DefineResource("test:host/clock@0.2.3", "wait");
  const Result<PreparedComponent> checked = linker.Prepare(LoadRun(engine, "wait.wat"));
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().message() ==
        "unmet import: `test:host/clock@0.2.3`: `wait` (something of another kind has this name)");
}

TEST_CASE("a component is linked once and instantiated in many stores") {
  Engine engine;
  std::optional<PreparedComponent> prepared;
  {
    ComponentLinker linker(engine);
    linker.Define("test:host/clock@0.2.3", "wait", Answers(4));
    prepared = linker.Prepare(LoadRun(engine, "wait.wat")).value();
  }
  for (int i = 0; i < 3; ++i) {
    Store store(engine);
    CHECK(CallOne(prepared->Instantiate(store).value(), "run", {U32(0)}) == U32(9));
  }
  Engine other;
  Store store(other);
  CHECK_FALSE(prepared->Instantiate(store).ok());
}

TEST_CASE("imports are met by the exports of another component, of the same store") {
  Engine engine;
  Store store(engine);
  ComponentLinker inner(engine);
  inner.Define("test:host/back@0.1.0", "call", Answers(6));
  const auto provider = inner.Instantiate(store, LoadRun(engine, "trap.wat")).value();
  // call() of the provider answers its own import, 6; what imports `test:host/back` is given it.
  const auto adapter = LoadRun(engine, "adapter.wat");
  ComponentLinker linker(engine);
  linker.DefineInstance(provider);
  const auto user = linker.Instantiate(store, adapter).value();
  CHECK(CallOne(user, "run") == U32(9));
  Store other(engine);
  CHECK_FALSE(linker.Instantiate(other, adapter).ok());
}

TEST_CASE("unknown imports may be left to trap when they are called") {
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  linker.TrapUnknownImports();
  const auto instance = linker.Instantiate(store, LoadRun(engine, "wait.wat")).value();
  CHECK(CallError(instance, "run", {U32(1)}) == "unknown import `test:host/clock@0.2.3` `wait` is called");
}

TEST_CASE("functions are found by plain names, by interface, and by the one instance that has them") {
  Engine engine;
  Store store(engine);
  const auto instance = ComponentLinker(engine).Instantiate(store, LoadRun(engine, "twice.wat")).value();
  CHECK(instance.Has("a#next"));
  CHECK_FALSE(instance.Has("next"));  // of two
  CHECK_FALSE(instance.Has("c#next"));
  CHECK_FALSE(instance.Has("a#r"));
  const auto missing = instance.GetFunc("none");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message().find("`b#make`") != std::string::npos);
}

TEST_CASE("a file that is no component is an error") {
  Engine engine;
  CHECK_FALSE(Component::LoadFile(engine, RunFile("nothing")).ok());
  const uint8_t kModule[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  CHECK_FALSE(Component::IsComponent(kModule));
  CHECK_FALSE(Component::Load(engine, kModule).ok());
  const uint8_t kComponent[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  CHECK(Component::IsComponent(kComponent));
  CHECK(Component::Load(engine, kComponent).ok());
}

}  // namespace
}  // namespace cvm::component::test
