// cvm-bindgen's output for small WIT files against test/golden/bindgen/*.hpp. CVM_BLESS=1 in the environment rewrites
// these; the difference is then for review.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "component/wit/loader.hpp"
#include "tools/bindgen/generate/generator.hpp"
#include "tools/bindgen/generate/names.hpp"

namespace cvm::bindgen {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

TEST_CASE("generated headers are the blessed ones") {
  const fs::path folder = fs::path(CVM_SOURCE_DIR) / "test" / "golden" / "bindgen";
  size_t files = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".wit") continue;
    ++files;
    Result<wit::Resolution> resolution = wit::LoadWit(entry.path());
    REQUIRE((resolution.ok() ? "" : resolution.error().ToString()) == std::string());
    Options options;
    options.include_prefix = "gen/";
    options.suspending = *ParseSuspending(Read(fs::path(entry.path()).replace_extension(".txt")));
    const Result<std::vector<Header>> headers = Generate(resolution->resolve, options);
    REQUIRE((headers.ok() ? "" : headers.error().ToString()) == std::string());
    std::string text;
    for (const Header& header : *headers) text += "// ===== " + header.path + "\n" + header.text;
    const fs::path golden = fs::path(entry.path()).replace_extension(".hpp");
    if (std::getenv("CVM_BLESS") != nullptr) std::ofstream(golden, std::ios::binary) << text;
    INFO("to accept the new output: CVM_BLESS=1 " << golden);
    CHECK(Read(golden) == text);
  }
  CHECK(files == 2);
}

TEST_CASE("names") {
  CHECK(CamelCase("DNS-error-payload") == "DnsErrorPayload");
  CHECK(CamelCase("a-1-b") == "A1B");
  CHECK(SnakeCase("link-count") == "link_count");
  CHECK(SnakeCase("delete") == "delete_");
  CHECK(SnakeCase("stdout") == "stdout_");
  CHECK(SnakeCase("XML") == "xml");
  CHECK(ConstantCase("no-entry") == "kNoEntry");
  NameScope scope{"A"};
  CHECK(scope.Take("A") == "A_");
  CHECK(scope.Take("A") == "A__");
  CHECK(scope.Take("B") == "B");
}

Options WithSuspending(const std::string& line) {
  Options options;
  options.suspending = {line};
  return options;
}

TEST_CASE("a list of suspending functions that fits nothing is an error") {
  const Result<wit::Resolution> r = wit::ResolveSources({{{"a.wit", "package a:b; interface i { f: func(); }"}}});
  CHECK(Generate(r->resolve, WithSuspending("a:b/i f")).ok());
  CHECK_THAT(Generate(r->resolve, WithSuspending("a:b/i g")).error().message(), Contains("`a:b/i g` is listed"));
  CHECK_THAT(ParseSuspending("a:b/i f\nrubbish\n").error().ToString(), Contains("(line 2"));
  CHECK(ParseSuspending("# comment\n\n a b\n").ok() == false);
  CHECK(ParseSuspending("a:b/i f # why\r\n")->count("a:b/i f") == 1);
}

TEST_CASE("a world limits what is generated") {
  const Result<wit::Resolution> r = wit::ResolveSources(
      {{{"a.wit", "package a:b; interface i { f: func(); } interface j {} world w { import i; }"}}});
  Options options;
  CHECK(Generate(r->resolve, options)->size() == 2);
  options.world = "a:b/w";
  CHECK(Generate(r->resolve, options)->size() == 1);
  options.world = "a:b/x";
  CHECK_FALSE(Generate(r->resolve, options).ok());
}

TEST_CASE("two versions of a package cannot share a folder") {
  const Result<wit::Resolution> r =
      wit::ResolveSources({{{"a.wit", "package a:b@1.0.0 { interface i {} } package a:b@2.0.0 { interface i {} }"}}});
  CHECK_THAT(Generate(r->resolve, {}).error().message(), Contains("both come to a/b/i.hpp"));
}

TEST_CASE("the tool reports what is wrong and fails") {
  const std::string tool = CVM_TOOL;
  CHECK(std::system((tool + " /nonexistent.wit 2>/dev/null").c_str()) != 0);
  CHECK(std::system((tool + " --help >/dev/null").c_str()) == 0);
}

}  // namespace
}  // namespace cvm::bindgen
