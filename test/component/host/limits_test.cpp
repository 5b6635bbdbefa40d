// The limits of components, of loading them and of running them, through the public API: each by its key, at the limit
// and one past it. Those of core modules are in test/vm/engine/limits_test.cpp and store_limits_test.cpp.
#include <algorithm>
#include <array>

#include "canonical-abi/types/flatten.hpp"
#include "cvm/component_text.hpp"
#include "test/component/support/builder.hpp"
#include "test/component/support/run.hpp"
#include "test/support/least.hpp"

namespace cvm::component::test {
namespace {

using Catch::Matchers::EndsWith;
using ::cvm::test::Least;

// --- components of n things, valid but for the number

// A name of its own for each number, always as long: of imports, fields, cases.
ByteVector Name(uint64_t n) {
  std::string text = "a" + std::string(8 - std::to_string(n).size(), '0') + std::to_string(n);
  ByteVector out = Leb(static_cast<uint32_t>(text.size()));
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

// A count, and n elements that begin with a name.
ByteVector Named(uint64_t n, const ByteVector& before, const ByteVector& behind) {
  ByteVector out = Leb(static_cast<uint32_t>(n));
  for (uint64_t i = 0; i < n; ++i) {
    for (const ByteVector& part : {before, Name(i), behind}) out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

ByteVector Counted(uint64_t n, const ByteVector& element) {
  return Join({Leb(static_cast<uint32_t>(n)), Repeat(element, n)});
}

ByteVector List(uint8_t section, uint64_t n, const ByteVector& element) {
  return MakeComponent(Section(section, Counted(n, element)));
}

// One type.
ByteVector Type(const ByteVector& type) { return MakeComponent(Section(7, Join({{0x01}, type}))); }

const ByteVector kFuncType = Section(7, {0x01, 0x40, 0x00, 0x01, 0x00});      // (func)
const ByteVector kImport = Section(10, {0x01, 0x00, 0x01, 'f', 0x01, 0x00});  // (import "f" (func (type 0)))

ByteVector FuncImports(uint64_t n) {
  return MakeComponent(Join({kFuncType, Section(10, Named(n, {0x00}, {0x01, 0x00}))}));
}

ByteVector FuncExports(uint64_t n) {
  return MakeComponent(Join({kFuncType, kImport, Section(11, Named(n, {0x00}, {0x01, 0x00, 0x00}))}));
}

// Aliases of one memory.
ByteVector CoreItems(uint64_t n) {
  const ByteVector module = Join({EmptyModule(), {5, 3, 1, 0, 0}, {7, 5, 1, 1, 'm', 2, 0}});
  return MakeComponent(Join({Section(1, module), Section(2, {0x01, 0x00, 0x00, 0x00}),
                             Section(6, Counted(n, {0x00, 0x02, 0x01, 0x00, 0x01, 'm'}))}));
}

ByteVector InstantiationArgs(uint64_t n) {
  const ByteVector args = Named(n, {}, {0x12, 0x00});
  return MakeComponent(Join({Section(1, EmptyModule()), Section(2, Join({{0x02, 0x01, 0x00, 0x00, 0x00}, args}))}));
}

ByteVector InlineExports(uint64_t n) {
  return MakeComponent(Join({kFuncType, kImport, Section(5, Join({{0x01, 0x01}, Named(n, {0x00}, {0x01, 0x00})}))}));
}

// n levels of a value type: u8, list<u8>, …
ByteVector NestedLists(uint64_t n) {
  ByteVector types = {0x7d};
  for (uint64_t i = 1; i < n; ++i) {
    const ByteVector next = Join({{0x70}, SignedLeb(static_cast<int64_t>(i - 1))});
    types.insert(types.end(), next.begin(), next.end());
  }
  return MakeComponent(Section(7, Join({Leb(static_cast<uint32_t>(n)), types})));
}

ByteVector Options(uint64_t n) {
  const ByteVector options = n == 1 ? ByteVector{0x00} : Repeat({0x06}, n);  // utf8; async, again and again
  return MakeComponent(
      Join({kFuncType, kImport, Section(8, Join({{0x01, 0x01, 0x00, 0x00}, Leb(static_cast<uint32_t>(n)), options}))}));
}

ByteVector ImportName(uint64_t n) {
  return MakeComponent(Join(
      {kFuncType, Section(10, Join({{0x01, 0x00}, Leb(static_cast<uint32_t>(n)), ByteVector(n, 'a'), {0x01, 0x00}}))}));
}

ByteVector ComponentOfSize(uint64_t n) {
  ByteVector out = Join({Preamble(), {0x00, static_cast<uint8_t>(n - 10), 0x00}});
  out.resize(n);
  return out;
}

struct Row {
  const char* key;
  uint64_t small;   // what the limit is set to
  bool at_default;  // cheap enough to be tried at its default as well
  ByteVector (*component)(uint64_t n);
};

const auto kRows = std::to_array<Row>({
    {"max-component-size", 100, false, ComponentOfSize},
    {"max-component-depth", 5, true, [](uint64_t n) { return NestedComponents(n); }},
    {"max-type-depth", 5, true, NestedLists},
    // A tuple and what is in it.
    {"max-type-size", 20, false, [](uint64_t n) { return Type(Join({{0x6f}, Counted(n - 1, {0x7d})})); }},
    {"max-modules-per-component", 5, true,
     [](uint64_t n) { return MakeComponent(Repeat(Section(1, EmptyModule()), n)); }},
    {"max-components-per-component", 5, true,
     [](uint64_t n) { return MakeComponent(Repeat(Section(4, Preamble()), n)); }},
    {"max-instances-per-component", 5, true, [](uint64_t n) { return List(5, n, {0x01, 0x00}); }},
    {"max-types-per-component", 5, false, [](uint64_t n) { return List(7, n, {0x7f}); }},
    {"max-functions-per-component", 5, false, FuncImports},
    {"max-core-items-per-component", 5, false, CoreItems},
    {"max-imports-per-component", 5, false, FuncImports},
    {"max-exports-per-component", 5, false, FuncExports},
    {"max-type-declarations", 5, false, [](uint64_t n) { return Type(Join({{0x42}, Counted(n, {0x01, 0x7f})})); }},
    {"max-instantiation-args", 5, true, InstantiationArgs},
    {"max-inline-exports", 5, true, InlineExports},
    {"max-component-params", 5, true,
     [](uint64_t n) { return Type(Join({{0x40}, Named(n, {}, {0x7f}), {0x01, 0x00}})); }},
    {"max-record-fields", 5, true, [](uint64_t n) { return Type(Join({{0x72}, Named(n, {}, {0x7f})})); }},
    {"max-variant-cases", 5, true, [](uint64_t n) { return Type(Join({{0x71}, Named(n, {}, {0x00, 0x00})})); }},
    {"max-tuple-types", 5, true, [](uint64_t n) { return Type(Join({{0x6f}, Counted(n, {0x7d})})); }},
    {"max-flags", 5, false, [](uint64_t n) { return Type(Join({{0x6e}, Named(n, {}, {})})); }},
    {"max-canon-options", 1, false, Options},
    {"max-name-size", 5, true, ImportName},
});

Engine With(std::string_view key, uint64_t limit) {
  Config config;
  config.SetLimit(key, limit).value();
  return Engine::Create(config).value();
}

void CheckLoads(const Result<Component>& loaded) {
  if (!loaded.ok()) FAIL_CHECK(loaded.error().ToString());
}
void CheckLoads(const Engine& engine, const ByteVector& bytes) { CheckLoads(Component::Load(engine, bytes)); }

std::string Ending(std::string_view key, uint64_t limit) {
  return ", the limit is " + std::to_string(limit) + " (-W " + std::string(key) + ")";
}

// An error of kind kLimit that names the limit, its value and its key.
void CheckReached(const Result<Component>& loaded, std::string_view key, uint64_t limit) {
  REQUIRE_FALSE(loaded.ok());
  INFO(loaded.error().ToString());
  CHECK(loaded.error().kind() == ErrorKind::kLimit);
  CHECK_THAT(loaded.error().message(), EndsWith(Ending(key, limit)));
}

void CheckReached(const Engine& engine, const ByteVector& bytes, std::string_view key, uint64_t limit) {
  CheckReached(Component::Load(engine, bytes), key, limit);
}

const LimitInfo& InfoOf(std::string_view key) { return *std::ranges::find(Config::LimitList(), key, &LimitInfo::key); }

TEST_CASE("limits of loading a component, set: at the limit and one past it") {
  for (const Row& row : kRows) {
    DYNAMIC_SECTION(row.key) {
      const Engine engine = With(row.key, row.small);
      CheckLoads(engine, row.component(row.small));
      CheckReached(engine, row.component(row.small + 1), row.key, row.small);
    }
  }
}

TEST_CASE("limits of loading a component from text, set: at the limit and one past it") {
  const Engine any;
  for (const Row& row : kRows) {
    const std::string_view key = row.key;
    // The text has a size of its own, and what repeats an option cannot be written.
    if (key == "max-component-size" || key == "max-canon-options") continue;
    DYNAMIC_SECTION(row.key) {
      const Engine engine = With(row.key, row.small);
      CheckLoads(Component::Parse(engine, ComponentToText(any, row.component(row.small)).value()));
      const std::string past = ComponentToText(any, row.component(row.small + 1)).value();
      CheckReached(Component::Parse(engine, past), row.key, row.small);
      // Validation says it of the last two; the parser, where nothing is validated, of all others.
      if (key == "max-type-depth" || key == "max-type-size") return;
      CHECK(TextToComponent(engine, past).error().kind() == ErrorKind::kLimit);
    }
  }
  const std::string empty = "(component)";
  CheckLoads(Component::Parse(With("max-component-size", empty.size()), empty));
  CheckReached(Component::Parse(With("max-component-size", empty.size()), empty + " "), "max-component-size",
               empty.size());
  const std::string lower =
      "(component (import \"f\" (func $f)) (core func (canon lower (func $f) string-encoding=utf8";
  CheckLoads(Component::Parse(With("max-canon-options", 1), lower + ")))"));
  CheckReached(Component::Parse(With("max-canon-options", 1), lower + " async)))"), "max-canon-options", 1);
  const auto placed = Component::Parse(With("max-imports-per-component", 1),
                                       "(component\n  (import \"a\" (func))\n  (import \"b\" (func)))");
  CHECK(placed.error().line() == 3);
}

TEST_CASE("limits of loading a component, defaults: at the limit and one past it") {
  const Engine engine;
  for (const Row& row : kRows) {
    if (!row.at_default) continue;
    DYNAMIC_SECTION(row.key) {
      const uint64_t limit = InfoOf(row.key).standard;
      CheckLoads(engine, row.component(limit));
      CheckReached(engine, row.component(limit + 1), row.key, limit);
    }
  }
}

TEST_CASE("max-flags, max-canon-options, max-values-per-component: their defaults") {
  const auto flags = [](uint64_t n) { return Type(Join({{0x6e}, Named(n, {}, {})})); };
  const Engine engine;
  CheckLoads(engine, flags(32));
  // The standard's own bound has the standard's words.
  CHECK(Component::Load(engine, flags(33)).error().message() == "cannot have more than 32 flags");
  // There are not ten options that go together.
  CHECK(Component::Load(engine, Options(10)).error().kind() == ErrorKind::kInvalid);
  CheckReached(engine, Options(11), "max-canon-options", 10);
  // Values are counted, though what defines one is not supported.
  const auto values = [](uint64_t n) { return List(12, n, {0x7f, 0x01, 0x00}); };
  CHECK(Component::Load(engine, values(1'000)).error().kind() == ErrorKind::kUnsupported);
  CheckReached(engine, values(1'001), "max-values-per-component", 1'000);
}

TEST_CASE("limits of core modules hold in components as well") {
  const ByteVector functions =
      Join({EmptyModule(), {1, 4, 1, 0x60, 0, 0}, {3, 4, 3, 0, 0, 0}, {10, 10, 3, 2, 0, 0x0b, 2, 0, 0x0b, 2, 0, 0x0b}});
  CheckLoads(With("max-functions", 3), MakeComponent(Section(1, functions)));
  CheckReached(With("max-functions", 2), MakeComponent(Section(1, functions)), "max-functions", 2);
  CheckReached(With("max-module-size", functions.size() - 1), MakeComponent(Section(1, functions)), "max-module-size",
               functions.size() - 1);
  const ByteVector type = Section(3, {0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x00});
  CheckLoads(With("max-params", 3), MakeComponent(type));
  CheckReached(With("max-params", 2), MakeComponent(type), "max-params", 2);
}

TEST_CASE("max-component-decoded-size: at the limit and one past it") {
  const ByteVector types = List(7, 1'000, {0x7f});
  const uint64_t least = Least(
      1 << 24, [&](uint64_t limit) { return Component::Load(With("max-component-decoded-size", limit), types).ok(); });
  CHECK(least > 1'000 * 16);
  CheckLoads(With("max-component-decoded-size", least), types);
  CheckReached(With("max-component-decoded-size", least - 1), types, "max-component-decoded-size", least - 1);
}

TEST_CASE("component and instance types nest as deep as max-type-depth and max-component-depth let them") {
  CheckLoads(With("max-type-depth", 5), NestedInstanceTypes(5));
  CheckReached(With("max-type-depth", 5), NestedInstanceTypes(6), "max-type-depth", 5);
  // The component around them is a level too.
  CheckLoads(With("max-component-depth", 6), NestedInstanceTypes(5));
  CheckReached(With("max-component-depth", 6), NestedInstanceTypes(6), "max-component-depth", 6);
}

TEST_CASE("every limit of components has its rows in a test") {
  const auto list = Config::LimitList();
  for (auto row = std::ranges::find(list, "max-component-size", &LimitInfo::key); row != list.end(); ++row) {
    if (row->key == "max-component-decoded-size" || row->key == "max-values-per-component") continue;
    INFO(row->key);
    CHECK(std::ranges::count(kRows, row->key, &Row::key) == 1);
  }
}

TEST_CASE("flat parameters and results: 16 and 1 are the standard's, one more goes through memory") {
  using abi::FlattenContext;
  const auto flat = [](uint32_t params, uint32_t results) {
    abi::FuncType type;
    for (uint32_t i = 0; i < params; ++i) type.params.emplace_back("p" + std::to_string(i), abi::TypeKind::kU32);
    std::vector<abi::ValType> types(results, abi::ValType(abi::TypeKind::kU32));
    type.result = abi::TupleType(types).value();
    return abi::FlattenFunctype({}, type, FlattenContext::kLift);
  };
  CHECK(flat(16, 1).params.size() == 16);
  CHECK(flat(17, 1).params.size() == 1);
  CHECK(flat(1, 1).results == std::vector{abi::CoreType::kI32});
  CHECK(flat(1, 2).results == std::vector{abi::CoreType::kI32});  // a pointer
  abi::FuncType async;
  for (uint32_t i = 0; i < 4; ++i) async.params.emplace_back("p" + std::to_string(i), abi::TypeKind::kU32);
  abi::FlattenOptions options;
  options.async = true;
  CHECK(abi::FlattenFunctype(options, async, FlattenContext::kLower).params.size() == 4);
  async.params.emplace_back("p4", abi::TypeKind::kU32);
  CHECK(abi::FlattenFunctype(options, async, FlattenContext::kLower).params.size() == 1);
}

// --- running

ComponentLimits RunLimit(std::string_view key, uint64_t limit) {
  ComponentLimits limits;
  limits.SetLimit(key, limit).value();
  return limits;
}

// The component of builtins.wat, whose `c#new` makes a handle.
struct Handles {
  explicit Handles(const ComponentLimits& limits) {
    linker.Define("test:host/fail@1.0.0", "fail", [](ComponentHostCall&) -> Pending<Values> { return Values{U32(0)}; });
    REQUIRE(SetComponentLimits(store, limits).ok());
  }
  ComponentInstance New() { return linker.Instantiate(store, component).value(); }

  Engine engine;
  Store store{engine};
  ComponentLinker linker{engine};
  Component component = LoadRun(engine, "builtins.wat");
};

TEST_CASE("max-handles: at the limit and one past it") {
  for (const uint64_t limit : {uint64_t{3}, ComponentLimits().max_handles}) {
    CAPTURE(limit);
    Handles t(RunLimit("max-handles", limit));
    const ComponentInstance instance = t.New();
    for (uint64_t i = 1; i <= limit; ++i)
      REQUIRE(CallOne(instance, "c#new", {U32(1)}) == U32(static_cast<uint32_t>(i)));
    CHECK_THAT(CallError(instance, "c#new", {U32(1)}), EndsWith(Ending("max-handles", limit)));
    CHECK(CallOne(t.New(), "c#new", {U32(1)}) == U32(1));
  }
}

TEST_CASE("max-total-handles: at the limit and one past it") {
  Handles t(RunLimit("max-total-handles", 3));
  const ComponentInstance one = t.New(), two = t.New();
  CHECK(CallOne(one, "c#new", {U32(1)}) == U32(1));
  CHECK(CallOne(one, "c#new", {U32(1)}) == U32(2));
  CHECK(CallOne(two, "c#new", {U32(1)}) == U32(1));
  // What is given back can be had again, by whichever instance.
  CallOne(one, "c#drop", {U32(1)});
  CHECK(CallOne(two, "c#new", {U32(1)}) == U32(2));
  CHECK_THAT(CallError(one, "c#new", {U32(1)}), EndsWith(Ending("max-total-handles", 3)));
  CHECK_THAT(CallError(two, "c#new", {U32(1)}), EndsWith(Ending("max-total-handles", 3)));
}

TEST_CASE("max-host-bytes-per-call: at the limit and one past it") {
  const Engine engine;
  const Component component = LoadRun(engine, "echo.wat");
  ComponentLinker linker(engine);
  linker.Define("test:host/text@1.1.0", "shout",
                [](ComponentHostCall& call) -> Pending<Values> { return Values{call.args[0]}; });
  const std::string text(1'000, 'x');
  const auto outcome = [&](uint64_t limit) -> std::string {
    Store store(engine);
    REQUIRE(SetComponentLimits(store, RunLimit("max-host-bytes-per-call", limit)).ok());
    const auto run = linker.Instantiate(store, component).value().GetFunc("run").value();
    const auto result = run.Call({Str(text)});
    return result.ok() ? "" : result.error().message();
  };
  const uint64_t least = Least(1 << 20, [&](uint64_t limit) { return outcome(limit).empty(); });
  CHECK(least >= text.size());
  CHECK(outcome(least).empty());
  CHECK_THAT(outcome(least - 1), EndsWith(Ending("max-host-bytes-per-call", least - 1)));
  CHECK(ComponentLimits().max_host_bytes_per_call == 16 << 20);
}

TEST_CASE("max-component-instances: at the limit and one past it") {
  const uint64_t one = Least(100, [](uint64_t limit) {
    Handles t(RunLimit("max-component-instances", limit));
    return t.linker.Instantiate(t.store, t.component).ok();
  });
  Handles three(RunLimit("max-component-instances", 3 * one));
  for (int i = 0; i < 3; ++i) CHECK(three.linker.Instantiate(three.store, three.component).ok());
  const auto past = three.linker.Instantiate(three.store, three.component);
  REQUIRE_FALSE(past.ok());
  CHECK(past.error().kind() == ErrorKind::kLimit);
  CHECK_THAT(past.error().message(), EndsWith(Ending("max-component-instances", 3 * one)));
}

TEST_CASE("limits of the component layer are set by key, up to what is possible") {
  for (const LimitInfo& limit : ComponentLimits::LimitList()) {
    INFO(limit.key);
    ComponentLimits limits;
    CHECK(limits.SetLimit(limit.key, limit.most).ok());
    if (limit.most != UINT64_MAX) CHECK(limits.SetLimit(limit.key, limit.most + 1).error().kind() == ErrorKind::kUsage);
  }
  ComponentLimits limits;
  CHECK(limits.SetLimit("max-tables", 1).error().message() == "unknown limit `max-tables`");
}

}  // namespace
}  // namespace cvm::component::test
