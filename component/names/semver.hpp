// Versions of interfaces: Semantic Versioning 2.0, the component model's canonical versions, and the rule that says
// which two versions of an interface are one to the linker.
//
// Plain values without ownership or thread affinity. Grammar: semver.org and Explainer.md, "Canonical Interface Name".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "cvm/result.hpp"

namespace cvm::component {

// A version such as `1.2.3-rc.1+build.5`.
struct Version {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::string pre;    // the part behind `-`, without it; empty for a release
  std::string build;  // the part behind `+`, without it

  bool operator==(const Version&) const = default;
  std::string ToString() const;
};

// Parses a full semantic version. Errors say which of the numbers is at fault, in the words of the official suite
// ("unexpected character 'x' after minor version number").
Result<Version> ParseVersion(std::string_view text);

// Precedence by semver.org item 11: below zero, zero or above zero. Build metadata does not count.
int CompareVersions(const Version& a, const Version& b);

// A version as it stands behind the `@` of an interface name: a full version, or a canonical one (`1`, `0.2`, `0.0.3`),
// whose missing numbers are zero here.
struct InterfaceVersion {
  Version version;
  bool canonical = false;  // written in the short, canonical form
  std::string text;        // as written

  bool operator==(const InterfaceVersion&) const = default;
};

Result<InterfaceVersion> ParseInterfaceVersion(std::string_view text);

// The two parts of a version: the canonical prefix that names a line of compatible releases and the suffix that was
// split off (Explainer.md: `0.2.6-rc.1` → `0.2` and `.6-rc.1`). The parts put together are the version as text.
struct CanonicalVersion {
  std::string canonical;
  std::string suffix;

  bool operator==(const CanonicalVersion&) const = default;
};
CanonicalVersion CanonicalizeVersion(const Version& version);
Result<CanonicalVersion> CanonicalizeVersion(std::string_view text);

// True where an import of the one may be met by an export of the other: the same line of releases (1.x; 0.2.x; 0.0.3
// alone). A prerelease promises nothing to its neighbours and matches itself only. The types are checked elsewhere.
bool SemverCompatible(const InterfaceVersion& a, const InterfaceVersion& b);
bool SemverCompatible(const Version& a, const Version& b);
// The same for texts; false where one of them is no version.
bool SemverCompatible(std::string_view a, std::string_view b);

}  // namespace cvm::component
