// Semantic versions: grammar, precedence, canonical parts, compatibility.
#include "component/names/semver.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace cvm::component {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("versions print back as written") {
  for (const char* text :
       {"0.0.0", "1.2.3", "1.0.0-rc.1", "1.0.0-0a.-.x-y", "2.0.0+001", "1.2.3-a+b-c.d", "18446744073709551615.0.0"}) {
    INFO(text);
    REQUIRE(ParseVersion(text).ok());
    CHECK(ParseVersion(text)->ToString() == text);
  }
}

TEST_CASE("malformed versions are refused with the reason") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty string"},
      {"1", "unexpected end of input after major version number"},
      {"1.", "unexpected end of input while parsing minor version number"},
      {"1.2", "unexpected end of input after minor version number"},
      {"01.2.3", "invalid leading zero in major version number"},
      {"1.02.3", "invalid leading zero in minor version number"},
      {"1.2.3-01", "invalid leading zero in pre-release identifier"},
      {"1.2.3-a..b", "empty identifier segment in pre-release identifier"},
      {"1.2.3+a.", "empty identifier segment in build metadata"},
      {"1.2.3 ", "unexpected character ' ' after patch version number"},
      {"1.2.3-a b", "unexpected character ' ' after pre-release identifier"},
      {"1.2.3+a+b", "unexpected character '+' after build metadata"},
      {"v1.2.3", "unexpected character 'v' while parsing major version number"},
      {"\xff", "unexpected character '\\xff'"},
      {"18446744073709551616.0.0", "exceeds 2^64 - 1"},
  };
  for (const auto& [text, words] : cases) {
    INFO(text);
    REQUIRE_FALSE(ParseVersion(text).ok());
    CHECK_THAT(ParseVersion(text).error().message(), Contains(words));
  }
}

TEST_CASE("precedence is that of semver.org") {
  // The example of item 11, in ascending order.
  const char* const ascending[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                   "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                                   "1.0.0-rc.1",  "1.0.0",         "1.0.1",
                                   "1.2.0",       "2.0.0"};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      INFO(ascending[i] << " against " << ascending[j]);
      const int order = CompareVersions(*ParseVersion(ascending[i]), *ParseVersion(ascending[j]));
      CHECK(order == (i < j ? -1 : static_cast<int>(i > j)));
    }
  }
  CHECK(CompareVersions(*ParseVersion("1.0.0+a"), *ParseVersion("1.0.0+b")) == 0);
}

TEST_CASE("the canonical part names the line of releases") {
  const auto parts = [](const char* text) { return *CanonicalizeVersion(std::string_view(text)); };
  CHECK(parts("1.2.3") == CanonicalVersion{"1", ".2.3"});
  CHECK(parts("0.2.6-rc.1") == CanonicalVersion{"0.2", ".6-rc.1"});
  CHECK(parts("0.0.1-alpha") == CanonicalVersion{"0.0.1", "-alpha"});
  CHECK(parts("0.0.0") == CanonicalVersion{"0.0.0", ""});
  CHECK(parts("0.0.1+b") == CanonicalVersion{"0.0.1", "+b"});
  CHECK(parts("0.2") == CanonicalVersion{"0.2", ""});
  CHECK(parts("12") == CanonicalVersion{"12", ""});
  for (const char* bad : {"0", "0.0", "1.2", "01", "0.02", "1.", "x"}) {
    INFO(bad);
    CHECK_FALSE(CanonicalizeVersion(std::string_view(bad)).ok());
  }
}

TEST_CASE("compatible versions") {
  CHECK(SemverCompatible("0.2.0", "0.2.12"));
  CHECK(SemverCompatible("0.2", "0.2.12"));
  CHECK(SemverCompatible("1.0.0", "1.99.0"));
  CHECK(SemverCompatible("1.0.0+a", "1.0.0+b"));
  CHECK(SemverCompatible("0.0.3", "0.0.3"));
  CHECK_FALSE(SemverCompatible("0.0.3", "0.0.4"));
  CHECK_FALSE(SemverCompatible("0.2.0", "0.3.0"));
  CHECK_FALSE(SemverCompatible("1.0.0", "2.0.0"));
  CHECK_FALSE(SemverCompatible("0.2.0-rc.1", "0.2.0-rc.2"));
  CHECK(SemverCompatible("0.2.0-rc.1", "0.2.0-rc.1"));
  CHECK_FALSE(SemverCompatible("rubbish", "1.0.0"));
}

}  // namespace
}  // namespace cvm::component
