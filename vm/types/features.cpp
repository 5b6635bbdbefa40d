#include "vm/types/features.hpp"

#include <array>
#include <cstddef>

namespace cvm {
namespace {

constexpr auto kKeys = std::to_array<std::string_view>({
#define X(id, key, on) key,
    CVM_FEATURES(X)
#undef X
});

}  // namespace

std::string_view FeatureKey(Feature feature) { return kKeys[static_cast<size_t>(feature)]; }

std::optional<Feature> FeatureFromKey(std::string_view key) {
  for (size_t i = 0; i < kKeys.size(); ++i) {
    if (kKeys[i] == key) return static_cast<Feature>(i);
  }
  return std::nullopt;
}

}  // namespace cvm
