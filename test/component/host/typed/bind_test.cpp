// The vocabulary of cvm/bind.hpp by itself: results, ownership, what must not compile.
#include "cvm/bind.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace cvm {
namespace {

struct Shape {
  virtual ~Shape() = default;
};
struct Square final : Shape {
  explicit Square(int s) : side(s) {}
  int side;
};

// An owner moves; a borrow is made of something that has a name, and so outlives the call.
static_assert(!std::is_copy_constructible_v<Own<Shape>>);
static_assert(std::is_nothrow_move_constructible_v<Own<Shape>>);
static_assert(std::is_constructible_v<Borrow<Shape>, const Own<Shape>&>);
static_assert(!std::is_constructible_v<Borrow<Shape>, Own<Shape>>);
static_assert(std::is_constructible_v<Borrow<Square>, Square&>);
static_assert(!std::is_constructible_v<Borrow<Square>, Square>);
// A value and an error of one type are told apart by name alone.
static_assert(!std::is_convertible_v<int, WitResult<int, int>>);

TEST_CASE("WitResult carries what the guest sees") {
  const WitResult<int, int> ok = Ok(1);
  const WitResult<int, int> err = Err(2);
  REQUIRE(ok.ok());
  CHECK(ok.value() == 1);
  REQUIRE_FALSE(err.ok());
  CHECK(err.error() == 2);
  CHECK_FALSE(ok == err);
  CHECK(ok == WitResult<int, int>(Ok(1)));
  const WitResult<void, std::string> words = Err("no");
  CHECK(words.error() == "no");
  CHECK(WitResult<void, void>(Ok()).ok());
  CHECK_FALSE(WitResult<void, void>(Err()).ok());
}

TEST_CASE("Own moves, Borrow refers") {
  Own<Shape> own = MakeOwn<Square>(3);
  const Borrow<Shape> borrow = own;
  REQUIRE(borrow.As<Square>() != nullptr);
  CHECK(borrow.As<Square>()->side == 3);
  Own<Shape> other = std::move(own);
  CHECK_FALSE(own);
  CHECK(other.get() == borrow.get());
  CHECK(std::move(other).Release() != nullptr);
  CHECK_FALSE(other);
}

}  // namespace
}  // namespace cvm
