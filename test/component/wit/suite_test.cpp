// The official WASI packages: each parses, resolves, prints, and comes back equal.
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "component/wit/loader.hpp"
#include "component/wit/printer.hpp"

namespace cvm::wit {
namespace {

void CheckRoundTrip(const Resolve& resolve, std::optional<PackageId> root, const ResolveOptions& options) {
  const std::string text = PrintResolve(resolve, root);
  const Result<Resolution> again = ResolveSources({{Source{"printed.wit", text}}}, options);
  INFO(text);
  REQUIRE((again.ok() ? "" : again.error().ToString()) == std::string());
  CHECK(again->resolve == resolve);
  CHECK(again->root == root);
  CHECK(PrintResolve(again->resolve, again->root) == text);
}

TEST_CASE("the official packages print back equal") {
  const std::pair<const char*, size_t> versions[] = {{"0.2.12", 7}, {"0.3.0", 6}};
  for (const auto& [version, packages] : versions) {
    const std::filesystem::path folder = std::filesystem::path(CVM_SUITES_DIR) / "wit" / version;
    if (!std::filesystem::is_directory(folder)) {
      std::fprintf(stderr, "SKIPPED: %s is absent\n", folder.c_str());
      continue;
    }
    for (const bool all_features : {false, true}) {
      ResolveOptions options;
      options.all_features = all_features;
      const Result<std::vector<SourceGroup>> groups = ReadWitFolders(folder);
      REQUIRE(groups.ok());
      // Each package once as the root, so that each is printed as a file and nested.
      for (size_t i = 0; i < groups->size(); ++i) {
        std::vector<SourceGroup> ordered = *groups;
        std::swap(ordered[0], ordered[i]);
        const Result<Resolution> resolved = ResolveSources(std::move(ordered), options);
        REQUIRE((resolved.ok() ? "" : resolved.error().ToString()) == std::string());
        CHECK(resolved->resolve.packages.size() == packages);
        CHECK(resolved->root.has_value());
        CheckRoundTrip(resolved->resolve, resolved->root, options);
      }
    }
  }
}

TEST_CASE("each official package stands alone with its dependencies") {
  const std::filesystem::path folder = std::filesystem::path(CVM_SUITES_DIR) / "wit" / "0.2.12" / "io";
  if (!std::filesystem::is_directory(folder)) {
    std::fprintf(stderr, "SKIPPED: %s is absent\n", folder.c_str());
    return;
  }
  const Result<Resolution> io = LoadWit(folder);
  REQUIRE(io.ok());
  REQUIRE(io->root.has_value());
  const Resolve& resolve = io->resolve;
  CHECK(resolve.at(*io->root).name.ToString() == "wasi:io@0.2.12");
  const std::optional<InterfaceId> streams = resolve.FindInterface(*io->root, "streams");
  REQUIRE(streams.has_value());
  CHECK(resolve.InterfaceName(*streams) == "wasi:io/streams@0.2.12");
  CHECK(resolve.at(*streams).functions.size() == 15);
  CHECK(resolve.at(*streams).functions[0].name == "[method]input-stream.read");
  CHECK(resolve.SignatureText(resolve.at(*streams).functions[0]) ==
        "func(self: borrow<input-stream>, len: u64) -> result<list<u8>, stream-error>");
}

}  // namespace
}  // namespace cvm::wit
