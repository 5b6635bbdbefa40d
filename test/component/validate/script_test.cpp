// Scripts of components: the official binary.wast, our own under test/component/data, and the repository's guests.
#include <catch2/catch.hpp>

#include "component/validate/validate.hpp"
#include "test/component/support/script.hpp"

namespace cvm::component::test {
namespace {

namespace fs = std::filesystem;

Result<void> DecodeAndValidate(std::shared_ptr<const std::vector<uint8_t>> bytes,
                               const ComponentValidation& options = {ComponentFeatures::All()},
                               const Features& features = Features::All()) {
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<const Component> component, DecodeComponent(std::move(bytes), features));
  CanonicalTypes types;
  return ValidateComponent(*component, features, types, options);
}

size_t RunScript(const fs::path& path) {
  const std::vector<ScriptCase> cases = ReadScript(path);
  for (const ScriptCase& one : cases) {
    INFO(path.filename() << " line " << one.line);
    const Result<void> valid = DecodeAndValidate(Share(one.bytes));
    INFO((valid.ok() ? "valid" : valid.error().ToString()));
    if (one.kind == ScriptCase::Kind::kValid) {
      CHECK(valid.ok());
      continue;
    }
    REQUIRE(!valid.ok());
    CHECK(valid.error().kind() ==
          (one.kind == ScriptCase::Kind::kMalformed ? ErrorKind::kMalformed : ErrorKind::kInvalid));
    CHECK(valid.error().message().find(one.words) != std::string::npos);
    // Every error says where.
    if (one.kind == ScriptCase::Kind::kInvalid) CHECK(valid.error().offset().has_value());
  }
  return cases.size();
}

fs::path Data(const char* name) { return fs::path(CVM_SOURCE_DIR) / "test/component/data" / name; }

TEST_CASE("the official binary suite", "[suite]") {
  const fs::path script = fs::path(CVM_SUITES_DIR) / "component/binary/binary.wast";
  if (fs::exists(script)) CHECK(RunScript(script) > 100);
}

TEST_CASE("core functions behind lifts, options and destructors", "[ABI-07]") {
  CHECK(RunScript(Data("abi.wast")) >= 25);
}

TEST_CASE("types") { CHECK(RunScript(Data("types.wast")) >= 20); }

TEST_CASE("async parts, switched on", "[ABI-07]") { CHECK(RunScript(Data("async.wast")) >= 15); }

TEST_CASE("async parts are refused by name while they are off") {
  for (const ScriptCase& one : ReadScript(Data("async.wast"))) {
    INFO("line " << one.line);
    const Result<void> valid = DecodeAndValidate(Share(one.bytes), {.features = {.async = false}});
    REQUIRE(!valid.ok());
    if (one.kind != ScriptCase::Kind::kValid) continue;
    CHECK(valid.error().kind() == ErrorKind::kUnsupported);
    CHECK(valid.error().message().find("requires the feature component-model-async, which is off") !=
          std::string::npos);
  }
}

TEST_CASE("each gate has its key") {
  CHECK(std::size(kComponentFeatureKeys) == sizeof(ComponentFeatures) / sizeof(bool));
  ComponentFeatures features;
  for (const ComponentFeatureKey& key : kComponentFeatureKeys) {
    CHECK(key.key.substr(0, 16) == "component-model-");
    features.*key.member = true;
  }
  CHECK(features == ComponentFeatures::All());
}

TEST_CASE("the repository's component guests are valid with what is on by default") {
  for (const fs::path& file : CommittedComponents(CVM_SOURCE_DIR)) {
    INFO(file);
    const Result<void> valid = DecodeAndValidate(ReadShared(file), ComponentValidation(), Features());
    INFO((valid.ok() ? "" : valid.error().ToString()));
    CHECK(valid.ok());
  }
}

TEST_CASE("bodies of core functions can be left to the caller") {
  // (component (core module (func i32.add)))
  const auto bytes =
      Share({0x00, 'a',  's',  'm',  0x0d, 0x00, 0x01, 0x00, 0x01, 0x18, 0x00, 'a',  's',  'm',  0x01, 0x00, 0x00, 0x00,
             0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x0a, 0x05, 0x01, 0x03, 0x00, 0x6a, 0x0b});
  const auto sized = [&] {
    std::vector<uint8_t> copy = *bytes;
    copy[9] = static_cast<uint8_t>(copy.size() - 10);
    return Share(std::move(copy));
  }();
  const Result<void> valid = DecodeAndValidate(sized, ComponentValidation());
  REQUIRE(!valid.ok());
  CHECK(valid.error().message().find("type mismatch") == 0);
  CHECK(valid.error().offset().value_or(0) >= 33);  // of the instruction, in the whole file
  ComponentValidation declarations_only;
  declarations_only.module_bodies = false;
  CHECK(DecodeAndValidate(sized, declarations_only).ok());
}

}  // namespace
}  // namespace cvm::component::test
