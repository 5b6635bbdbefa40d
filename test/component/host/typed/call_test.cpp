// Whole calls of generated interfaces: arguments from slots or memory, views, resources, waiting, errors.
#include <catch2/catch.hpp>
#include <set>

#include "gen/golden/resources/files.hpp"
#include "gen/golden/shapes/types.hpp"
#include "test/component/host/typed/support.hpp"

namespace cvm::component::typed {
namespace {

using golden::resources::Files;
using golden::shapes::Types;
namespace files = golden::resources::files;
namespace shapes = golden::shapes::types;

template <auto kMethod, class Impl>
TypedFunction FunctionOf(std::initializer_list<std::string_view> params, Impl& impl) {
  typename bind::MethodTraits<decltype(kMethod)>::class_type& base = impl;
  return TypedFunction(kFunctionInfo<kMethod, false>, {"f", params, false}, &base);
}
template <auto kMethod>
TypedFunction MethodOf(std::initializer_list<std::string_view> params, bool is_async = false) {
  return TypedFunction(kFunctionInfo<kMethod, true>, {"m", params, is_async}, nullptr);
}

class HostTypes final : public Types {
 public:
  Result<std::string> All(bool a, int8_t b, uint64_t c, float d, char32_t e, std::string_view f,
                          std::span<const uint8_t> g, std::span<const Bool> h,
                          std::span<const std::string> i) override {
    std::string all = std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(c) + " " +
                      std::to_string(static_cast<int>(d)) + " " + std::to_string(static_cast<uint32_t>(e)) + " " +
                      std::string(f);
    for (uint8_t byte : g) all += " " + std::to_string(byte);
    for (bool flag : h) all += flag ? " yes" : " no";
    for (const std::string& s : i) all += " " + s;
    return all;
  }
  Result<shapes::Outcome> Composed(const shapes::Point& p, const shapes::Shape& s, shapes::Color c, shapes::Access a,
                                   const shapes::Matrix& m, const shapes::Table& t,
                                   std::span<const shapes::Names> n) override {
    CHECK(p == shapes::Point{1, 2, 3});
    CHECK(s == shapes::Shape(shapes::Shape::Shape_{"s"}));
    CHECK(a == shapes::Access(shapes::Access::kWrite));
    CHECK(m[1][2] == 6);
    CHECK(t == shapes::Table{{"k", 5}});
    CHECK(n.size() == 1);
    CHECK(n[0].stdout_ == "o");
    return shapes::Outcome(Err(c));
  }
  Result<WitResult<std::vector<shapes::Point>, std::string>> Types_(const std::optional<std::string>& maybe,
                                                                    const std::tuple<uint8_t, bool>& pair) override {
    using Answer = WitResult<std::vector<shapes::Point>, std::string>;
    if (maybe.has_value()) return Answer(Err("no " + *maybe));
    return Answer(Ok(std::vector<shapes::Point>(std::get<0>(pair), shapes::Point{4, 5, 6})));
  }
  Result<void> Nothing() override { return TrapError("nothing doing"); }
  Result<WitResult<>> Bare() override { return WitResult<>(Err()); }
};

const std::initializer_list<std::string_view> kNine = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

TEST_CASE("arguments from slots and views into the guest") {
  HostTypes host;
  const TypedFunction all = FunctionOf<&Types::All>(kNine, host);
  const auto call = [&](Caller& caller) {
    caller.Arguments(all, true, int8_t{-5}, uint64_t{7}, 2.0f, U'A', std::string("t\u00e4xt"),
                     std::vector<uint8_t>{1, 2}, std::vector<Bool>{true, false}, std::vector<std::string>{"x", "y"});
    caller.ResultAt(8);
    REQUIRE(caller.Start(all).ok());
    CHECK(*caller.ResultFrom(all, 8).AsString() == "1 -5 7 2 65 t\u00e4xt 1 2 yes no x y");
  };
  Caller utf8;
  call(utf8);
  Caller wide(4096, abi::PtrType::kI64);
  call(wide);
  Caller utf16(4096, abi::PtrType::kI32, abi::StringEncoding::kUtf16);
  call(utf16);
  Caller latin1(4096, abi::PtrType::kI32, abi::StringEncoding::kLatin1Utf16);
  call(latin1);
}

TEST_CASE("strings and bytes are not copied where they need not be") {
  struct Spy final : Types {
    Result<std::string> All(bool, int8_t, uint64_t, float, char32_t, std::string_view f, std::span<const uint8_t> g,
                            std::span<const Bool>, std::span<const std::string>) override {
      text_inside = Inside(f.data(), f.size());
      bytes_inside = Inside(g.data(), g.size());
      return std::string();
    }
    Result<shapes::Outcome> Composed(const shapes::Point&, const shapes::Shape&, shapes::Color, shapes::Access,
                                     const shapes::Matrix&, const shapes::Table&,
                                     std::span<const shapes::Names>) override {
      return shapes::Outcome(Ok());
    }
    Result<WitResult<std::vector<shapes::Point>, std::string>> Types_(const std::optional<std::string>&,
                                                                      const std::tuple<uint8_t, bool>&) override {
      return TrapError("");
    }
    Result<void> Nothing() override { return {}; }
    Result<WitResult<>> Bare() override { return WitResult<>(Ok()); }

    bool Inside(const void* p, size_t size) const {
      const auto* at = static_cast<const uint8_t*>(p);
      return at >= memory.data() && at + size <= memory.data() + memory.size();
    }
    std::span<uint8_t> memory;
    bool text_inside = false, bytes_inside = false;
  } spy;
  const TypedFunction all = FunctionOf<&Types::All>(kNine, spy);
  for (const auto encoding : {abi::StringEncoding::kUtf8, abi::StringEncoding::kUtf16}) {
    Caller caller(4096, abi::PtrType::kI32, encoding);
    caller.Arguments(all, true, int8_t{0}, uint64_t{0}, 0.0f, U'A', std::string("some text"),
                     std::vector<uint8_t>(600, 1), std::vector<Bool>{}, std::vector<std::string>{});
    caller.ResultAt(8);
    caller.guest.budget = abi::HostBudget(100);  // bytes are not charged
    spy.memory = caller.guest.memory.bytes();
    REQUIRE(caller.Start(all).ok());
    CHECK(spy.text_inside == (encoding == abi::StringEncoding::kUtf8));
    CHECK(spy.bytes_inside);
  }
}

TEST_CASE("arguments that are spilled to memory, a result in one slot or in memory") {
  HostTypes host;
  const TypedFunction composed = FunctionOf<&Types::Composed>({"p", "s", "c", "a", "m", "t", "n"}, host);
  for (abi::PtrType p : kPtrTypes) {
    Caller caller(4096, p);
    caller.Arguments(composed, shapes::Point{1, 2, 3}, shapes::Shape(shapes::Shape::Shape_{"s"}),
                     shapes::Color::kHtmlBlue, shapes::Access(shapes::Access::kWrite),
                     shapes::Matrix{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}, shapes::Table{{"k", 5}},
                     shapes::NamesList{{1, true, U'x', "o", shapes::Color::kRed}});
    CHECK(caller.params == 1);
    caller.ResultAt(8);
    const Result<HostStep> step = caller.Start(composed);
    REQUIRE(step.ok());
    CHECK(caller.ResultFrom(composed, 8) == DynamicOf(shapes::Outcome(Err(shapes::Color::kHtmlBlue))));
    caller.window[0] = 4090;
    CHECK_THAT(caller.Start(composed).error().message(), Catch::Contains("pointer"));
    caller.window[0] = 17;
    CHECK_THAT(caller.Start(composed).error().message(), Catch::Contains("pointer not aligned"));
  }
}

TEST_CASE("results, bad result pointers and errors") {
  HostTypes host;
  const TypedFunction types = FunctionOf<&Types::Types_>({"new", "delete"}, host);
  Caller caller;
  caller.Arguments(types, std::optional<std::string>(), std::tuple<uint8_t, bool>{2, true});
  caller.ResultAt(8);
  REQUIRE(caller.Start(types).ok());
  using Answer = WitResult<std::vector<shapes::Point>, std::string>;
  CHECK(caller.ResultFrom(types, 8) == DynamicOf(Answer(Ok(std::vector<shapes::Point>(2, {4, 5, 6})))));
  caller.ResultAt(9);
  CHECK_THAT(caller.Start(types).error().message(), Catch::Contains("pointer not aligned"));
  caller.ResultAt(4092);
  CHECK_THAT(caller.Start(types).error().message(), Catch::Contains("out of bounds"));

  const TypedFunction bare = FunctionOf<&Types::Bare>({}, host);
  Caller flat;
  REQUIRE(flat.Start(bare).ok());
  CHECK(flat.window[0] == 1);
  const TypedFunction nothing = FunctionOf<&Types::Nothing>({}, host);
  CHECK(flat.Start(nothing).error().message() == "nothing doing");
}

TEST_CASE("types of imports are compared") {
  HostTypes host;
  const TypedFunction types = FunctionOf<&Types::Types_>({"new", "delete"}, host);
  const ResolveResource none = [](abi::ResourceIndex) { return nullptr; };
  ResourceList resources;
  const abi::FuncType good = *types.Type(&resources);
  CHECK(types.CheckType(good, none).ok());
  const auto refused = [&](const auto& change) {
    abi::FuncType bad = good;
    change(bad);
    const Result<void> checked = types.CheckType(bad, none);
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().kind() == ErrorKind::kUnlinkable);
  };
  refused([](abi::FuncType& t) { t.async = true; });
  refused([](abi::FuncType& t) { t.result.reset(); });
  refused([](abi::FuncType& t) { t.params.pop_back(); });
  refused([](abi::FuncType& t) { t.params[0].first = "old"; });
  refused([](abi::FuncType& t) { t.params[0].second = abi::StringType(); });
  refused([](abi::FuncType& t) { t.params[1].second = *abi::TupleType({abi::U8Type(), abi::U8Type()}); });
  refused([](abi::FuncType& t) { t.result = *abi::ResultType(abi::StringType(), abi::StringType()); });
}

// ---------------------------------------------------------------------------------------------------------------------
// Resources.

std::set<const files::File*> alive;  // NOLINT: of this test

struct HostFile final : files::File {
  explicit HostFile(std::string n) : name(std::move(n)) { alive.insert(this); }
  ~HostFile() override { alive.erase(this); }
  Pending<WitResult<std::vector<uint8_t>, files::Problem>> Read(uint64_t n) override {
    using Answer = Pending<WitResult<std::vector<uint8_t>, files::Problem>>;
    if (n == 0) return WitResult<std::vector<uint8_t>, files::Problem>(Err(files::Problem::kDenied));
    return Answer::Suspend(std::make_unique<NoWaiter>(), [this, n]() -> Answer {
      ++resumed;
      if (resumed < 2) return Answer::Suspend(std::make_unique<NoWaiter>(), [this, n] { return Done(n); });
      return Done(n);
    });
  }
  Pending<WitResult<std::vector<uint8_t>, files::Problem>> Done(uint64_t n) {
    return WitResult<std::vector<uint8_t>, files::Problem>(Ok(std::vector<uint8_t>(n, 7)));
  }
  Result<uint8_t> A1() override { return uint8_t{1}; }
  Result<uint8_t> A1_() override { return uint8_t{2}; }
  Result<bool> Compare(Borrow<files::File> other) override { return other.As<HostFile>()->name == name; }
  Pending<uint32_t> Watch() override { return TrapError("gone"); }

  std::string name;
  int resumed = 0;
};

class HostFiles final : public Files {
 public:
  Result<WitResult<Own<files::File>, files::Problem>> NewFile(std::string_view name) override {
    using Answer = WitResult<Own<files::File>, files::Problem>;
    if (name.empty()) return Answer(Err(files::Problem::kMissing));
    return Answer(Ok(Own<files::File>(MakeOwn<HostFile>(std::string(name)))));
  }
  Pending<Own<files::File>> FileMerge(Own<files::File> a, Own<files::File> b) override {
    auto merged =
        std::make_shared<Own<files::File>>(MakeOwn<HostFile>(a.As<HostFile>()->name + b.As<HostFile>()->name));
    return Pending<Own<files::File>>::Suspend(std::make_unique<NoWaiter>(),
                                              [merged] { return Pending<Own<files::File>>(std::move(*merged)); });
  }
  Result<Own<files::Folder>> NewFolder() override { return Own<files::Folder>(); }  // empty: a mistake of the host
  Result<files::Pair> Swap(files::Pair p) override { return files::Pair{std::move(p.right), std::move(p.left)}; }
  Result<std::vector<Own<files::Handle>>> All(std::vector<Own<files::File>> owned,
                                              std::span<const Borrow<files::File>> some,
                                              std::optional<Own<files::File>> maybe) override {
    lent = some.size();
    if (maybe.has_value()) owned.push_back(*std::move(maybe));
    return owned;
  }
  Result<void> Files_(Own<files::Handle> mine, Borrow<files::Handle> lent_file) override {
    CHECK(mine.As<HostFile>()->name != lent_file.As<HostFile>()->name);
    return {};
  }

  size_t lent = 0;
};

const abi::ResourceType& FileType() { return ResourceTypeOf<files::File>(); }

// A handle of the guest's to a new file.
uint32_t Give(Caller& caller, const std::string& name) {
  files::File* file = new HostFile(name);
  return *caller.guest.inst.handles().Add(abi::ResourceHandle{.rt = &FileType(), .rep = RepOf(file), .own = true});
}
void Drop(Caller& caller, uint32_t i) {
  const auto entry = caller.guest.inst.handles().Remove(i);
  REQUIRE(entry.ok());
  REQUIRE(static_cast<const HostResourceType&>(FileType())
              .Destroy(nullptr, std::get<abi::ResourceHandle>(*entry).rep)
              .ok());
}
const HostFile& FileAt(Caller& caller, uint32_t i) {
  const auto handle = caller.guest.inst.handles().GetResource(i, &FileType());
  REQUIRE(handle.ok());
  return static_cast<const HostFile&>(*ResourceAt<files::File>((*handle)->rep));
}
size_t Handles(Caller& caller) { return caller.guest.inst.handles().live_count(); }

TEST_CASE("a constructor gives the guest a handle") {
  HostFiles host;
  const TypedFunction create = FunctionOf<&Files::NewFile>({"name"}, host);
  Caller caller;
  caller.Arguments(create, std::string("a"));
  caller.ResultAt(8);
  REQUIRE(caller.Start(create).ok());
  const auto memory = caller.guest.memory.bytes();
  CHECK(memory[8] == 0);
  const uint32_t handle = LoadLittle<uint32_t>(&memory[12]);
  CHECK(handle == 1);
  CHECK(FileAt(caller, handle).name == "a");
  CHECK(alive.size() == 1);
  Drop(caller, handle);
  CHECK(alive.empty());
  caller.Arguments(create, std::string());
  caller.ResultAt(8);
  REQUIRE(caller.Start(create).ok());
  CHECK(caller.guest.memory.bytes()[8] == 1);
}

TEST_CASE("methods get the resource, lent for the call") {
  Caller caller;
  const uint32_t a = Give(caller, "a");
  const uint32_t b = Give(caller, "b");
  const TypedFunction compare = MethodOf<&files::File::Compare>({"other"});
  caller.window = {a, b};
  REQUIRE(caller.Start(compare).ok());
  CHECK(caller.window[0] == 0);
  Caller again;
  const uint32_t c = Give(again, "c");
  again.window = {c, c};
  REQUIRE(again.Start(compare).ok());
  CHECK(again.window[0] == 1);
  CHECK(again.guest.inst.handles().GetResource(c, &FileType()).value()->num_lends == 0);
  // No handle, and one of another type.
  again.window = {c, 9};
  CHECK_THAT(again.Start(compare).error().message(), Catch::Contains("unknown handle index 9"));
  const abi::ResourceType other(nullptr, "other");
  const uint32_t d = *again.guest.inst.handles().Add(abi::ResourceHandle{.rt = &other, .rep = 1, .own = true});
  again.window = {d, c};
  CHECK_FALSE(again.Start(compare).ok());
  Drop(again, c);
  Drop(caller, a);
  Drop(caller, b);
}

TEST_CASE("own arguments leave the guest, and come back") {
  HostFiles host;
  Caller caller;
  const uint32_t a = Give(caller, "a");
  const uint32_t b = Give(caller, "b");
  const TypedFunction swap = FunctionOf<&Files::Swap>({"p"}, host);
  caller.window = {a, b, 8};
  REQUIRE(caller.Start(swap).ok());
  const auto memory = caller.guest.memory.bytes();
  const uint32_t left = LoadLittle<uint32_t>(&memory[8]);
  const uint32_t right = LoadLittle<uint32_t>(&memory[12]);
  CHECK(FileAt(caller, left).name == "b");
  CHECK(FileAt(caller, right).name == "a");
  CHECK(alive.size() == 2);
  // The same handle twice.
  caller.window = {left, left, 8};
  CHECK_FALSE(caller.Start(swap).ok());
  CHECK(alive.size() == 1);  // the first was taken, and nobody had it
  Drop(caller, right);
  CHECK(alive.empty());
}

TEST_CASE("a resource that is lent is not given away in the same call") {
  HostFiles host;
  Caller caller;
  const uint32_t a = Give(caller, "a");
  const uint32_t b = Give(caller, "b");
  const TypedFunction both = FunctionOf<&Files::Files_>({"mine", "lent"}, host);
  caller.window = {a, a};
  CHECK_FALSE(caller.Start(both).ok());  // gone before it is lent
  CHECK(alive.size() == 1);
  const uint32_t c = Give(caller, "c");
  caller.window = {b, c};
  REQUIRE(caller.Start(both).ok());
  CHECK(alive.size() == 1);
  // A borrow cannot be passed as own; a handle that is lent cannot either.
  abi::TaskScope task;
  const uint64_t rep = caller.guest.inst.handles().GetResource(c, &FileType()).value()->rep;
  const uint32_t borrowed =
      *caller.guest.inst.handles().Add(abi::ResourceHandle{.rt = &FileType(), .rep = rep, .borrow_scope = &task});
  caller.window = {borrowed, c};
  CHECK_THAT(caller.Start(both).error().message(), Catch::Contains("cannot lift own resource from a borrow"));
  caller.guest.inst.handles().GetResource(c, &FileType()).value()->num_lends = 1;
  caller.window = {c, borrowed};
  CHECK_THAT(caller.Start(both).error().message(), Catch::Contains("while borrowed"));
  caller.guest.inst.handles().GetResource(c, &FileType()).value()->num_lends = 0;
  Drop(caller, c);
}

TEST_CASE("lists of handles") {
  HostFiles host;
  Caller caller;
  const uint32_t owned[] = {Give(caller, "a"), Give(caller, "b")};
  const uint32_t lent[] = {Give(caller, "c")};
  std::memcpy(&caller.guest.memory.bytes()[64], owned, sizeof owned);
  std::memcpy(&caller.guest.memory.bytes()[72], lent, sizeof lent);
  caller.guest.last_alloc = 128;  // beyond the handles
  const uint32_t maybe = Give(caller, "d");
  const TypedFunction all = FunctionOf<&Files::All>({"files", "some", "maybe"}, host);
  caller.window = {64, 2, 72, 1, 1, maybe, 8};
  REQUIRE(caller.Start(all).ok());
  CHECK(host.lent == 1);
  CHECK(Handles(caller) == 4);
  CHECK(alive.size() == 4);
  const auto memory = caller.guest.memory.bytes();
  const uint32_t at = LoadLittle<uint32_t>(&memory[8]);
  CHECK(LoadLittle<uint32_t>(&memory[12]) == 3);
  CHECK(FileAt(caller, LoadLittle<uint32_t>(&memory[at + 8])).name == "d");
  for (uint32_t i = 1; i <= 4; ++i) Drop(caller, i);
  CHECK(alive.empty());
}

TEST_CASE("what does not reach the guest is destroyed") {
  HostFiles host;
  Caller caller;
  const TypedFunction create = FunctionOf<&Files::NewFile>({"name"}, host);
  caller.Arguments(create, std::string("a"));
  caller.ResultAt(4095);
  CHECK_FALSE(caller.Start(create).ok());
  CHECK(alive.empty());
  const TypedFunction folder = FunctionOf<&Files::NewFolder>({}, host);
  CHECK(caller.Start(folder).error().kind() == ErrorKind::kUsage);
}

// ---------------------------------------------------------------------------------------------------------------------
// Calls that wait.

TEST_CASE("a method waits twice and answers") {
  Caller caller;
  const uint32_t file = Give(caller, "a");
  const TypedFunction read = MethodOf<&files::File::Read>({"n"});
  caller.window = {file, 3, 8};
  Result<HostStep> step = caller.Start(read);
  REQUIRE(step.ok());
  REQUIRE(step->waiter != nullptr);
  CHECK(caller.guest.inst.handles().GetResource(file, &FileType()).value()->num_lends == 1);
  step = caller.Resume(*step);
  REQUIRE(step.ok());
  REQUIRE(step->waiter != nullptr);
  step = caller.Resume(*step);
  REQUIRE(step.ok());
  CHECK(step->waiter == nullptr);
  CHECK(caller.guest.inst.handles().GetResource(file, &FileType()).value()->num_lends == 0);
  CHECK(caller.ResultFrom(read, 8) ==
        DynamicOf(WitResult<std::vector<uint8_t>, files::Problem>(Ok(std::vector<uint8_t>(3, 7)))));
  // Answers at once.
  caller.window = {file, 0, 8};
  step = caller.Start(read);
  REQUIRE(step.ok());
  CHECK(step->waiter == nullptr);
  const TypedFunction watch = MethodOf<&files::File::Watch>({}, true);
  caller.window = {file};
  CHECK(caller.Start(watch).error().message() == "gone");
  Drop(caller, file);
}

TEST_CASE("a call that waits owns its arguments, and may be given up") {
  HostFiles host;
  const TypedFunction merge = FunctionOf<&Files::FileMerge>({"a", "b"}, host);
  for (const bool give_up : {false, true}) {
    Caller caller;
    caller.window = {Give(caller, "a"), Give(caller, "b")};
    Result<HostStep> step = caller.Start(merge);
    REQUIRE(step.ok());
    REQUIRE(step->waiter != nullptr);
    CHECK(Handles(caller) == 0);
    if (!give_up) {
      step = caller.Resume(*step);
      REQUIRE(step.ok());
      CHECK(FileAt(caller, static_cast<uint32_t>(caller.window[0])).name == "ab");
      Drop(caller, static_cast<uint32_t>(caller.window[0]));
    }
    step = HostStep();
    CHECK(alive.empty());
  }
}

// Views of a method that waits stay what they were, whatever the guest does meanwhile.
struct Echo {
  virtual ~Echo() = default;
  virtual Pending<std::string> Later(std::string_view text, std::span<const uint8_t> bytes,
                                     const std::vector<std::string>& more) = 0;
};
struct HostEcho final : Echo {
  Pending<std::string> Later(std::string_view text, std::span<const uint8_t> bytes,
                             const std::vector<std::string>& more) override {
    return Pending<std::string>::Suspend(std::make_unique<NoWaiter>(), [text, bytes, &more]() -> Pending<std::string> {
      return std::string(text) + std::to_string(bytes.size()) + std::to_string(bytes[0]) + more[0];
    });
  }
};

TEST_CASE("arguments of a call that waits are copies") {
  HostEcho host;
  const TypedFunction later = FunctionOf<&Echo::Later>({"text", "bytes", "more"}, host);
  Caller caller;
  caller.Arguments(later, std::string("tiny"), std::vector<uint8_t>{9}, std::vector<std::string>{"m"});
  caller.ResultAt(8);
  Result<HostStep> step = caller.Start(later);
  REQUIRE(step.ok());
  caller.guest.memory.Replace(std::vector<uint8_t>(4096, 0xee));
  step = caller.Resume(*step);
  REQUIRE(step.ok());
  CHECK(*caller.ResultFrom(later, 8).AsString() == "tiny19m");
}

}  // namespace
}  // namespace cvm::component::typed
