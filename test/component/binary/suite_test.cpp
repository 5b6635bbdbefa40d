// The official binary.wast: what is malformed is refused in the suite's words, all else decodes. And the repository's
// own guests.
#include <catch2/catch.hpp>

#include "test/component/support/script.hpp"

namespace cvm::component::test {
namespace {

namespace fs = std::filesystem;

TEST_CASE("components of the official binary suite decode or are refused in its words", "[suite]") {
  const fs::path script = fs::path(CVM_SUITES_DIR) / "component/binary/binary.wast";
  if (!fs::exists(script)) return;
  size_t valid = 0;
  size_t malformed = 0;
  for (const ScriptCase& one : ReadScript(script)) {
    INFO("line " << one.line);
    const auto decoded = DecodeComponent(Share(one.bytes), Features::All());
    if (one.kind == ScriptCase::Kind::kMalformed) {
      REQUIRE(!decoded.ok());
      CHECK(decoded.error().kind() == ErrorKind::kMalformed);
      CHECK(decoded.error().message().find(one.words) != std::string::npos);
      ++malformed;
    } else if (one.kind == ScriptCase::Kind::kValid) {
      INFO((decoded.ok() ? "" : decoded.error().ToString()));
      CHECK(decoded.ok());
      ++valid;
    }
  }
  CHECK(valid >= 35);
  CHECK(malformed >= 60);
}

TEST_CASE("the repository's component guests decode") {
  const std::vector<fs::path> files = CommittedComponents(CVM_SOURCE_DIR);
  CHECK(files.size() >= 5);
  for (const fs::path& file : files) {
    INFO(file);
    const auto bytes = ReadShared(file);
    const auto decoded = DecodeComponent(bytes);
    INFO((decoded.ok() ? "" : decoded.error().ToString()));
    REQUIRE(decoded.ok());
    CHECK((*decoded)->bytes == bytes);
    CHECK(!(*decoded)->definitions.empty());
  }
}

TEST_CASE("a component's parts are found where they stand") {
  const std::vector<fs::path> files = CommittedComponents(CVM_SOURCE_DIR);
  const auto bytes = ReadShared(files.front());
  const auto component = DecodeComponent(bytes);
  REQUIRE(component.ok());
  size_t modules = 0;
  for (const Definition& definition : (*component)->definitions) {
    CHECK(definition.offset < bytes->size());
    const auto* module = std::get_if<CoreModuleDef>(&definition.what);
    if (module == nullptr) continue;
    ++modules;
    REQUIRE(module->offset + module->size <= bytes->size());
    CHECK(DetectLayer(Bytes(*bytes).subspan(module->offset, module->size)) == BinaryLayer::kModule);
    if (module->module->functions.empty()) continue;
    // Offsets within the module are those of the file.
    CHECK(module->module->code_offset >= module->offset);
    CHECK(module->module->code_offset <= module->offset + module->size);
  }
  CHECK(modules >= 1);
}

TEST_CASE("the preamble says what a file is") {
  const auto layer = [](std::vector<uint8_t> bytes) { return DetectLayer(bytes); };
  const std::vector<uint8_t> component = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  CHECK(layer(component) == BinaryLayer::kComponent);
  CHECK(layer({0, 'a', 's', 'm', 1, 0, 0, 0}) == BinaryLayer::kModule);
  CHECK(layer({0, 'a', 's', 'm', 1, 0, 2, 0}) == BinaryLayer::kUnknown);
  CHECK(layer({'(', 'm', 'o', 'd', 'u', 'l', 'e', ')'}) == BinaryLayer::kUnknown);
  CHECK(layer({0, 'a', 's', 'm'}) == BinaryLayer::kUnknown);
  CHECK(layer({}) == BinaryLayer::kUnknown);
  CHECK(IsComponent(component));
  CHECK(!IsComponent(std::vector<uint8_t>{0, 'a', 's', 'm', 0x0e, 0, 1, 0}));
  CHECK(!IsComponent(std::vector<uint8_t>{0, 'a', 's', 'm', 1, 0, 0, 0}));
}

}  // namespace
}  // namespace cvm::component::test
