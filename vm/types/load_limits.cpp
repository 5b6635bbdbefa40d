#include "vm/types/load_limits.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "vm/base/try.hpp"

namespace cvm {
namespace {

constexpr auto kTable = std::to_array<LimitInfo>({
#define LIMIT(member, key, default_value, strict, most, words, meaning) {key, meaning, default_value, strict, most},
#include "vm/types/load_limits.def"
});

struct Row {
  LoadLimit limit;
  std::string_view words;
};
constexpr auto kRows = std::to_array<Row>({
#define LIMIT(member, key, default_value, strict, most, words, meaning) {&LoadLimits::member, words},
#include "vm/types/load_limits.def"
});
static_assert(kRows.size() == kTable.size());

constexpr bool InOrder(const LimitInfo& row) { return row.standard <= row.most && row.strict <= row.most; }
static_assert(std::all_of(kTable.begin(), kTable.end(), InOrder));

}  // namespace

LoadLimits LoadLimits::Strict() {
  LoadLimits limits;
  for (size_t i = 0; i < kRows.size(); ++i) limits.*kRows[i].limit = kTable[i].strict;
  return limits;
}

std::span<const LimitInfo> LoadLimitTable() { return kTable; }

Result<void> SetLoadLimit(LoadLimits* limits, std::string_view key, uint64_t value) {
  for (size_t i = 0; i < kRows.size(); ++i) {
    if (kTable[i].key != key) continue;
    if (value > kTable[i].most) {
      return UsageError(std::string(key) + " can be at most " + std::to_string(kTable[i].most));
    }
    limits->*kRows[i].limit = value;
    return {};
  }
  return UsageError("unknown limit `" + std::string(key) + "`");
}

Error LimitExceeded(const LoadLimits& limits, LoadLimit which, uint64_t found, std::string_view words) {
  size_t row = 0;
  while (row + 1 < kRows.size() && kRows[row].limit != which) ++row;
  return LimitReached(words.empty() ? kRows[row].words : words, found, limits.*which, kTable[row].key);
}

}  // namespace cvm
