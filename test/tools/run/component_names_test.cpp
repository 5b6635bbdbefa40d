// How --invoke names a component's export, and the text of a world.
#include <catch2/catch.hpp>

#include "tools/run/component_run.hpp"

namespace cvm::run {
namespace {

TEST_CASE("a call in words") {
  CHECK(ParseInvoke("f")->function == "f");
  CHECK(ParseInvoke("a:b/c@1.0.0.f(\"x\", {a: (1)})")->function == "a:b/c@1.0.0.f");
  CHECK(ParseInvoke("a:b/c@1.0.0.f(\"x\", {a: (1)})")->arguments == "\"x\", {a: (1)}");
  CHECK(ParseInvoke("f()")->arguments.empty());
  CHECK_FALSE(ParseInvoke("f(1").ok());
  CHECK_FALSE(ParseInvoke("(1)").ok());
}

TEST_CASE("exports by name") {
  const std::vector<std::string> exports = {"add", "a:b/c@1.2.0#f", "a:b/c@1.2.0#g", "a:b/d#f",
                                            "a:b/e@0.1.0#[method]r.m"};
  const auto resolve = [&](std::string_view name) { return ResolveExport(exports, name); };
  CHECK(*resolve("add") == "add");
  CHECK(*resolve("g") == "a:b/c@1.2.0#g");
  CHECK(*resolve("a:b/c@1.2.0#f") == "a:b/c@1.2.0#f");
  CHECK(*resolve("a:b/c@1.2.0.f") == "a:b/c@1.2.0#f");
  CHECK(*resolve("a:b/c.f") == "a:b/c@1.2.0#f");
  CHECK(*resolve("a:b/d.f") == "a:b/d#f");
  CHECK(*resolve("[method]r.m") == "a:b/e@0.1.0#[method]r.m");
  CHECK(resolve("f").error().message() ==
        "several exported functions are called `f`; they are `a:b/c@1.2.0#f`, `a:b/d#f`");
  CHECK(resolve("h").error().message().starts_with("no exported function is called `h`; there are `add`, "));
  CHECK(ResolveExport({}, "h").error().message() == "no exported function is called `h`; there are none");
  CHECK_FALSE(resolve("").ok());
}

}  // namespace
}  // namespace cvm::run
