// The vocabulary of cvm/bind.hpp, through generated headers.
#include "cvm/bind.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "gen/golden/resources/files.hpp"
#include "gen/golden/resources/plugin.hpp"
#include "gen/golden/resources/plugin/host.hpp"
#include "gen/golden/resources/user.hpp"
#include "gen/golden/shapes/other.hpp"
#include "gen/golden/shapes/types.hpp"

namespace cvm {
namespace {

namespace files = golden::resources::files;
namespace shapes = golden::shapes::types;

TEST_CASE("WitResult is made by Ok and Err, through a Result too") {
  const auto f = [](int n) -> Result<WitResult<uint64_t, std::string>> {
    if (n < 0) return Error(ErrorKind::kTrap, "negative");
    if (n == 0) return Err("nothing");
    return Ok(n);
  };
  CHECK(f(5)->value() == 5);
  CHECK(f(0)->error() == "nothing");
  CHECK_FALSE(f(-1).ok());
  const WitResult<> done = Ok();
  CHECK(done.ok());
  CHECK(WitResult<void, int>(Err(3)).error() == 3);
  CHECK_FALSE(WitResult<int, void>(Err()).ok());
  CHECK(WitResult<int, int>(Ok(1)) != WitResult<int, int>(Err(1)));
}

TEST_CASE("flags are sets") {
  using Access = shapes::Access;
  constexpr Access kBoth = Access::kRead | Access::kWrite;
  static_assert(kBoth.Has(Access::kRead) && !kBoth.Has(Access::kDelete));
  CHECK((kBoth - Access::kRead) == Access(Access::kWrite));
  CHECK((kBoth & Access::kRead).Any());
  Access access;
  CHECK_FALSE(access.Any());
  access |= Access::kDelete;
  CHECK(access.bits == 4);
  CHECK(bind::TypeOf<Access>::kNames[2] == "delete");
}

TEST_CASE("variants know their cases apart, whatever they are called") {
  shapes::Shape shape;
  CHECK(shape.Is<shapes::Shape::Nothing>());
  shape = shapes::Shape::Point{{.x = 1, .y = 2, .z = 3}};
  CHECK(shape.As<shapes::Shape::Point>()->value.y == 2);
  CHECK(shape.As<shapes::Shape::Many>() == nullptr);
  shape = shapes::Shape::Shape_{"s"};
  CHECK(shape.value.index() == 3);
  CHECK(shape == shapes::Shape(shapes::Shape::Shape_{"s"}));
  using Cases = std::remove_cvref_t<decltype(bind::TypeOf<shapes::Shape>::kCases)>;
  static_assert(std::tuple_size_v<Cases> == 5);
  static_assert(std::is_void_v<std::tuple_element_t<0, Cases>::payload_type>);
  static_assert(std::is_same_v<std::tuple_element_t<1, Cases>::payload_type, shapes::Point>);
}

TEST_CASE("records are described by their members") {
  shapes::Names names;
  names.stdout_ = "out";
  names.a1 = U'x';
  const auto& fields = bind::TypeOf<shapes::Names>::kFields;
  CHECK(std::get<3>(fields).name == "stdout");
  CHECK(names.*std::get<3>(fields).member == "out");
  CHECK(names.*std::get<2>(fields).member == U'x');
  static_assert(bind::Described<shapes::Names> && !bind::Described<int>);
}

// A waiter that a test wakes.
struct Switch {
  Waiter::Wake wake;
  int cancelled = 0;
};
class SwitchWaiter final : public Waiter {
 public:
  explicit SwitchWaiter(Switch& s) : switch_(s) {}
  ~SwitchWaiter() override { ++switch_.cancelled; }
  void Start(Wake wake) override { switch_.wake = std::move(wake); }

 private:
  Switch& switch_;
};

// A file whose second read has to wait.
class HostFile final : public files::File {
 public:
  explicit HostFile(Switch& s) : switch_(s) {}
  Pending<WitResult<std::vector<uint8_t>, files::Problem>> Read(uint64_t n) override {
    if (n == 0) return Err(files::Problem::kDenied);
    if (n == 1) return Ok(std::vector<uint8_t>{7});
    if (n == 2) return Error(ErrorKind::kTrap, "too much");
    auto kept = std::make_unique<uint8_t>(9);  // what cannot be copied may be kept
    return Pending<WitResult<std::vector<uint8_t>, files::Problem>>::Suspend(
        std::make_unique<SwitchWaiter>(switch_), [this, n, kept = std::move(kept)]() mutable {
          return n > 3 ? Read(n - 1)
                       : Pending<WitResult<std::vector<uint8_t>, files::Problem>>(Ok(std::vector<uint8_t>{*kept}));
        });
  }
  Result<uint8_t> A1() override { return uint8_t{1}; }
  Result<uint8_t> A1_() override { return uint8_t{2}; }
  Result<bool> Compare(Borrow<files::File> other) override { return other.get() == this; }
  Pending<uint32_t> Watch() override { return 3U; }

 private:
  Switch& switch_;
};

TEST_CASE("a method answers at once, or suspends and is resumed") {
  Switch s;
  const Own<files::File> file = MakeOwn<HostFile>(s);
  CHECK(file->Read(0).result()->error() == files::Problem::kDenied);
  CHECK(file->Read(1).result()->value() == std::vector<uint8_t>{7});
  CHECK(file->Read(2).result().error().message() == "too much");
  auto pending = file->Read(4);
  int resumed = 0;
  while (!pending.ready()) {
    auto suspension = std::move(pending.suspension());
    bool woken = false;
    suspension.waiter->Start([&] { woken = true; });
    REQUIRE_FALSE(woken);
    s.wake();
    REQUIRE(woken);
    suspension.waiter.reset();
    pending = suspension.resume();
    ++resumed;
  }
  CHECK(resumed == 2);
  CHECK(s.cancelled == 2);
  CHECK(pending.result()->value() == std::vector<uint8_t>{9});
}

TEST_CASE("resources are owned, lent, and known by their host's class") {
  Switch s;
  Own<HostFile> made = MakeOwn<HostFile>(s);
  HostFile* raw = made.get();
  Own<files::File> file = std::move(made);
  CHECK_FALSE(made);
  CHECK(file.As<HostFile>() == raw);
  const Borrow<files::File> lent = file;
  CHECK(*lent->Compare(lent));
  CHECK(lent.As<HostFile>() == raw);
  static_assert(!std::is_copy_constructible_v<Own<files::File>>);
  static_assert(!std::is_constructible_v<Borrow<files::File>, Own<files::File>&&>);
  CHECK(bind::TypeOf<files::File>::kInterface == "golden:resources/files@0.1.0");
}

TEST_CASE("what a method pointer says") {
  using Read = bind::MethodTraits<decltype(&files::File::Read)>;
  static_assert(Read::kMaySuspend);
  static_assert(std::is_same_v<Read::class_type, files::File>);
  static_assert(std::is_same_v<Read::param_types, std::tuple<uint64_t>>);
  using Watch = bind::MethodTraits<decltype(&files::File::Watch)>;
  static_assert(Watch::kMaySuspend && std::is_same_v<Watch::result_type, uint32_t>);
  static_assert(!bind::MethodTraits<decltype(&files::File::Compare)>::kMaySuspend);
  static_assert(bind::MethodTraits<decltype(&golden::resources::PluginImports::Now)>::kMaySuspend);
  static_assert(std::is_same_v<bind::ValueOfT<std::string_view>, std::string>);
  static_assert(std::is_same_v<bind::ValueOfT<std::span<const uint8_t>>, std::vector<uint8_t>>);
  static_assert(std::is_same_v<bind::ValueOfT<const shapes::Point&>, shapes::Point>);
}

}  // namespace
}  // namespace cvm
