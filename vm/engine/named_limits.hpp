// Limits that are members of plain structures (StoreOptions, ComponentLimits) and can be listed, and set by name. Each
// structure has one table of rows; its public functions are one call each.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "cvm/limits.hpp"
#include "vm/base/try.hpp"

namespace cvm {

template <class Options>
struct NamedLimit {
  LimitInfo info;
  uint64_t Options::* member;
};

// Its standard value is the member's own; strictness does not change it.
template <class Options>
constexpr NamedLimit<Options> LimitRow(std::string_view key, uint64_t Options::* member, uint64_t most,
                                       std::string_view meaning) {
  const uint64_t standard = Options().*member;
  return {{key, meaning, standard, standard, most}, member};
}

inline constexpr uint64_t kAnyLimit = UINT64_MAX;

template <class Options, size_t kCount>
constexpr std::array<LimitInfo, kCount> LimitInfos(const std::array<NamedLimit<Options>, kCount>& rows) {
  std::array<LimitInfo, kCount> list;
  for (size_t i = 0; i < kCount; ++i) list[i] = rows[i].info;
  return list;
}

// An Error of kind kUsage if there is none of that name, or the value is above what is possible.
template <class Options, size_t kCount>
Result<void> SetNamedLimit(const std::array<NamedLimit<Options>, kCount>& rows, std::string_view key, uint64_t value,
                           Options* options) {
  const auto found = std::ranges::find(rows, key, [](const NamedLimit<Options>& row) { return row.info.key; });
  if (found == rows.end()) return UsageError("unknown limit `" + std::string(key) + "`");
  if (value > found->info.most) {
    return UsageError(std::string(key) + " can be at most " + std::to_string(found->info.most));
  }
  options->*found->member = value;
  return {};
}

}  // namespace cvm
