// The grammar of extern names against the cases of the Explainer and the words of the official suite.
#include "component/names/extern_name.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

namespace cvm::component {
namespace {

std::string Failure(std::string_view text) {
  const Result<ExternName> name = ParseExternName(text);
  return name.ok() ? "(valid)" : name.error().message();
}

using Catch::Matchers::Contains;

TEST_CASE("labels are kebab case, words of one case each") {
  for (const char* good : {"a", "a-b-c", "a1-2-3", "A", "A-B-C", "A1-2-3", "a11-w0rds", "A11-4CR0NYMS",
                           "m1x3d-4CR0NYMS", "is-XML", "a11-B11-123-ABC-abc"}) {
    INFO(good);
    CHECK(IsLabel(good));
  }
  for (const char* bad :
       {"", "1-2-3", "1", "a-", "a--", "-a", "a--b", "aBc", "GonnA", "a_b", "a b", "a.b", "\xc3\xa9"}) {
    INFO(bad);
    CHECK_FALSE(IsLabel(bad));
  }
  CHECK(IsLowerLabel("ns-1-a"));
  CHECK_FALSE(IsLowerLabel("ns-A"));
}

TEST_CASE("plain names carry their annotation apart") {
  const ExternName constructor = *ParseExternName("[constructor]my-thing");
  CHECK(constructor.kind == ExternNameKind::kConstructor);
  CHECK(constructor.resource == "my-thing");
  const ExternName method = *ParseExternName("[method]a.b-c");
  CHECK(method.kind == ExternNameKind::kMethod);
  CHECK(method.resource == "a");
  CHECK(method.label == "b-c");
  CHECK(method.is_annotated());
  CHECK(ParseExternName("[static]A.b")->kind == ExternNameKind::kStatic);
  CHECK(ParseExternName("get-JSON")->label == "get-JSON");
}

TEST_CASE("interface names are taken apart") {
  const ExternName name = *ParseExternName("wasi:http/types@0.2.3");
  REQUIRE(name.is_interface());
  CHECK(name.interface.ns == "wasi");
  CHECK(name.interface.package == "http");
  CHECK(name.interface.interface == "types");
  CHECK(name.interface.version->version == Version{0, 2, 3, "", ""});
  CHECK(name.interface.ToString() == name.text);
  for (const char* good : {"a-b:c-d/e-f@123456.7890.488", "a:b/c@0.0.0+abcd", "a:b/c@0.0.0-abcd.1.2+efg.4.ee.5",
                           "ns-1-a:b-1-c/D-2", "a:b/c@1", "a:b/c@0.2", "a:b/c@0.0.3"}) {
    CHECK(Failure(good) == "(valid)");
  }
}

TEST_CASE("what is wrong with a name is said in the suite's words") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "is not in kebab case"},
      {"aBc", "`aBc` is not in kebab case"},
      {"1:a/b", "is not in kebab case"},
      {"wasi:http/TyPeS", "`TyPeS` is not in kebab case"},
      {"WaSi:http/types", "`WaSi` is not in kebab case"},
      {"wasi:HtTp/types", "`HtTp` is not in kebab case"},
      {"wasi/http", "`wasi/http` is not in kebab case"},
      {"wasi:", "`` is not in kebab case"},
      {"wasi:/", "`` is not in kebab case"},
      {":/", "`` is not in kebab case"},
      {"A:b/c", "is not a valid extern name"},
      {"ns-A:b/c", "is not a valid extern name"},
      {"ns:pkg-A/b", "is not a valid extern name"},
      {"[constructor]", "not in kebab case"},
      {"[method]", "failed to find `.` character"},
      {"[method]a", "failed to find `.` character"},
      {"[method]a.", "not in kebab case"},
      {"[static].a", "not in kebab case"},
      {"[static]a.b.c", "not in kebab case"},
      {"[frobnicate]a.b", "not in kebab case"},
      {"a:b/c@", "empty string"},
      {"a:b/c@.", "unexpected character '.'"},
      {"a:b/c@1.", "unexpected end of input"},
      {"a:b/c@a.2", "unexpected character 'a'"},
      {"a:b/c@2.b", "unexpected character 'b'"},
      {"a:b/c@2.0x0", "unexpected character 'x'"},
      {"a:b/c@2.0.0+", "empty identifier segment"},
      {"a:b/c@2.0.0-", "empty identifier segment"},
      {"foo:bar:baz/qux", "expected `/` after package name"},
      {"foo:bar/baz/qux", "trailing characters found: `/qux`"},
  };
  for (const auto& [name, words] : cases) {
    INFO(name);
    CHECK_THAT(Failure(name), Contains(words));
  }
}

TEST_CASE("implements asks for an interface name") {
  CHECK(ParseInterfaceName("w:kv/s")->Path() == "w:kv/s");
  CHECK_THAT(ParseInterfaceName("not-valid").error().message(), Contains("must be an interface"));
  CHECK_THAT(ParseInterfaceName("").error().message(), Contains("not a valid name"));
}

TEST_CASE("strong uniqueness follows the Explainer's lists") {
  const auto key = [](const char* text) { return UniqueKey(*ParseExternName(text)); };
  std::set<std::string> keys;
  for (const char* name : {"foo", "foo-bar", "[constructor]foo", "[method]foo.bar", "[static]foo.baz", "foo:bar/baz"}) {
    INFO(name);
    CHECK(keys.insert(key(name)).second);
  }
  for (const char* name : {"foo", "FOO", "foo-BAR", "[constructor]FOO", "[method]foo.BAR", "[static]foo.bar",
                           "[method]foo.baz", "[method]foo.foo", "[static]foo-BAR.FOO-bar", "foo:bar/BAZ"}) {
    INFO(name);
    CHECK(keys.count(key(name)) == 1);
  }
  CHECK(key("a:b/c@1.0.0") != key("a:b/c@2.0.0"));
  CHECK(key("a:b/c@1.0.0-RC") != key("a:b/c@1.0.0-rc"));
}

TEST_CASE("interfaces link by line of releases") {
  const auto name = [](const char* text) { return *ParseInterfaceName(text); };
  const auto match = [&](const char* a, const char* b) {
    const bool matched = NamesMatch(name(a), name(b));
    CHECK(matched == (LinkKey(name(a)) == LinkKey(name(b))));
    return matched;
  };
  CHECK(match("wasi:io/poll@0.2.0", "wasi:io/poll@0.2.12"));
  CHECK(match("wasi:io/poll@0.2", "wasi:io/poll@0.2.12"));
  CHECK(match("a:b/c@1.0.0", "a:b/c@1.9.7+x"));
  CHECK(match("a:b/c@1", "a:b/c@1.9.7"));
  CHECK(match("a:b/c", "a:b/c"));
  CHECK(match("a:b/c@0.2.0-rc.1", "a:b/c@0.2.0-rc.1"));
  CHECK_FALSE(match("a:b/c", "a:b/c@1.0.0"));
  CHECK_FALSE(match("wasi:io/poll@0.2.0", "wasi:io/poll@0.3.0"));
  CHECK_FALSE(match("wasi:io/poll@0.2.0", "wasi:io/streams@0.2.0"));
  CHECK_FALSE(match("a:b/c@0.2.0-rc.1", "a:b/c@0.2.0"));
  CHECK_FALSE(match("a:b/c@0.0.1", "a:b/c@0.0.2"));
}

TEST_CASE("version 2.0 of WASI means 0.2, of nothing else") {
  const auto meant = [](const char* text) {
    const std::optional<InterfaceName> name = MeantByWasi2(*ParseInterfaceName(text));
    return name.has_value() ? name->ToString() : std::string();
  };
  CHECK(meant("wasi:io/poll@2.0.0") == "wasi:io/poll@0.2.0");
  CHECK(meant("wasi:cli/run@2.0.12") == "wasi:cli/run@0.2.12");
  for (const char* other : {"wasi:io/poll@0.2.0", "wasi:io/poll", "wasi:io/poll@2.1.0", "wasi:io/poll@2.0.0-rc.1",
                            "wasi:io/poll@2", "demo:io/poll@2.0.0", "wasi:io/poll@0.3.0"}) {
    INFO(other);
    CHECK(meant(other) == "");
  }
}

}  // namespace
}  // namespace cvm::component
