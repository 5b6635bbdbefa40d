// Ranges of tries: the innermost around a place, against a search of all of them.
#include <catch2/catch.hpp>
#include <random>

#include "vm/regcode/unwind.hpp"

namespace cvm {
namespace {

// Nested and neighbouring ranges as a compiler would close them: inner ones first. Places are multiples of 8.
class Nest {
 public:
  explicit Nest(uint32_t seed) : random_(seed) {}

  UnwindTable Make(uint32_t blocks) {
    left_ = blocks;
    while (left_ != 0) Block(1);
    table_.LinkRanges();
    return table_;
  }
  uint32_t end() const { return at_; }

 private:
  void Code() { at_ += 8 * (random_() % 4); }

  void Block(uint32_t depth) {
    --left_;
    Code();
    TryRange range;
    range.begin = at_;
    range.depth = depth;
    const uint32_t before = last_throw_;
    Throw();
    while (left_ != 0 && random_() % 3 != 0) Block(depth + 1);
    if (random_() % 2 == 0) Throw();
    Code();
    range.end = last_throw_;
    if (last_throw_ > before && range.end > range.begin) table_.tries.push_back(range);
  }
  void Throw() {
    if (random_() % 4 != 0) last_throw_ = at_ += 24;
  }

  std::mt19937 random_;
  UnwindTable table_;
  uint32_t left_ = 0, at_ = 24, last_throw_ = 0;
};

bool Has(const TryRange& range, uint32_t place) { return range.begin < place && place <= range.end; }

TEST_CASE("the ranges around a place are found innermost first") {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    Nest nest(seed);
    const UnwindTable table = nest.Make(1 + seed % 40);
    for (uint32_t place = 0; place <= nest.end() + 8; place += 8) {
      std::vector<const TryRange*> wanted;
      for (const TryRange& range : table.tries) {
        if (Has(range, place)) wanted.push_back(&range);
      }
      std::vector<const TryRange*> found;
      for (const TryRange* r = table.Find(place); r != nullptr; r = table.Outer(*r)) found.push_back(r);
      REQUIRE(found == wanted);
      for (size_t i = 1; i < found.size(); ++i) REQUIRE(found[i]->depth < found[i - 1]->depth);
    }
  }
}

TEST_CASE("no ranges, no place") {
  UnwindTable table;
  table.LinkRanges();
  CHECK(table.empty());
  CHECK(table.Find(0) == nullptr);
  CHECK(table.Find(24) == nullptr);
}

}  // namespace
}  // namespace cvm
