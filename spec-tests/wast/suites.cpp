// The table of suite folders and the features that their files take for granted.
#include <array>

#include "spec-tests/wast/wast.hpp"

namespace cvm::wast {
namespace {

struct FolderFeature {
  std::string_view feature;
  std::string_view folder;
  bool on_inside = true;   // and off elsewhere, or the other way round
};

// Malformed or invalid modules of one part of the suite are valid in another: what is not named here stays as the engine
// has it by default.
constexpr auto kFolderFeatures = std::to_array<FolderFeature>({
    {"legacy-exceptions", "/legacy/"},
    {"threads", "/threads/"},
    {"multi-memory", "/threads/", false},
    {"memory64", "/threads/", false},
    {"reference-types", "/threads/", false},
    {"custom-page-sizes", "/custom-page-sizes/"},
    {"wide-arithmetic", "/wide-arithmetic/"},
    {"custom-descriptors", "/custom-descriptors/"},
});

}  // namespace

Config ConfigForPath(std::string_view path) {
  Config config;
  if (path.find("/component/") != std::string_view::npos) return config;  // written for what is on by default
  for (const FolderFeature& row : kFolderFeatures) {
    const bool inside = path.find(row.folder) != std::string_view::npos;
    // Keys of this table are checked by a test; a wrong one would leave the default.
    static_cast<void>(config.SetFeature(row.feature, inside == row.on_inside));
  }
  return config;
}

}  // namespace cvm::wast
