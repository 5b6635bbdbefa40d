// Hostile components: counts that lie (DEC-01), decode bombs (DEC-02), truncation (DEC-03), nesting (DEC-07), and every
// named limit at its value and one beyond.
#include <catch2/catch.hpp>

#include "test/component/support/script.hpp"
#include "test/component/support/builder.hpp"
#include "test/component/support/small_stack.hpp"

namespace cvm::component::test {
namespace {

namespace fs = std::filesystem;

// A vector of the grammar: a section, what stands before its count, one element, what stands behind the last.
struct Vec {
  const char* name;
  uint8_t section;
  ByteVector prefix;
  ByteVector element;
  ByteVector suffix;
  LoadLimit limit;  // of its length; nullptr where an index space or the bytes bound it

  ByteVector Build(uint32_t claimed, uint32_t actual) const {
    return MakeComponent(Section(section, Join({prefix, Leb(claimed), Repeat(element, actual), suffix})));
  }
};

using L = LoadLimits;

std::vector<Vec> Vectors() {
  return {
      {"core instances", 2, {}, {0x01, 0x00}, {}, &L::component_instances},
      {"core instantiation args", 2, {0x01, 0x00, 0x00}, {0x00, 0x12, 0x00}, {}, &L::instantiation_args},
      {"core inline exports", 2, {0x01, 0x01}, {0x00, 0x00, 0x00}, {}, &L::inline_exports},
      {"core types", 3, {}, {0x60, 0x00, 0x00}, {}, &L::component_types},
      {"module type declarations", 3, {0x01, 0x50}, {0x01, 0x60, 0x00, 0x00}, {}, &L::type_declarations},
      {"instances", 5, {}, {0x01, 0x00}, {}, &L::component_instances},
      {"instantiation args", 5, {0x01, 0x00, 0x00}, {0x01, 'a', 0x01, 0x00}, {}, &L::instantiation_args},
      {"inline exports", 5, {0x01, 0x01}, {0x00, 0x01, 'a', 0x01, 0x00}, {}, &L::inline_exports},
      {"aliases of functions", 6, {}, {0x01, 0x00, 0x00, 0x01, 'a'}, {}, &L::component_functions},
      {"aliases of core functions", 6, {}, {0x00, 0x00, 0x01, 0x00, 0x01, 'a'}, {}, &L::component_core_items},
      {"aliases of core memories", 6, {}, {0x00, 0x02, 0x01, 0x00, 0x01, 'a'}, {}, &L::component_core_items},
      {"aliases of modules", 6, {}, {0x00, 0x11, 0x02, 0x00, 0x00}, {}, &L::component_modules},
      {"aliases of components", 6, {}, {0x04, 0x02, 0x00, 0x00}, {}, &L::component_components},
      {"types", 7, {}, {0x7f}, {}, &L::component_types},
      {"record fields", 7, {0x01, 0x72}, {0x01, 'a', 0x7f}, {}, &L::record_fields},
      {"variant cases", 7, {0x01, 0x71}, {0x01, 'a', 0x00, 0x00}, {}, &L::variant_cases},
      {"tuple types", 7, {0x01, 0x6f}, {0x7f}, {}, &L::tuple_types},
      {"flags", 7, {0x01, 0x6e}, {0x01, 'a'}, {}, &L::variant_cases},
      {"enum cases", 7, {0x01, 0x6d}, {0x01, 'a'}, {}, &L::variant_cases},
      {"parameters", 7, {0x01, 0x40}, {0x01, 'a', 0x7f}, {0x01, 0x00}, &L::component_params},
      {"component type declarations", 7, {0x01, 0x41}, {0x01, 0x7f}, {}, &L::type_declarations},
      {"instance type declarations", 7, {0x01, 0x42}, {0x01, 0x7f}, {}, &L::type_declarations},
      {"canonical definitions", 8, {}, {0x02, 0x00}, {}, &L::component_core_items},
      {"lifts", 8, {}, {0x00, 0x00, 0x00, 0x00, 0x00}, {}, &L::component_functions},
      {"canonical options", 8, {0x01, 0x01, 0x00, 0x00}, {0x06}, {}, nullptr},
      {"start arguments", 9, {0x00}, {0x00}, {0x00}, &L::component_params},
      {"imports", 10, {}, {0x00, 0x01, 'a', 0x01, 0x00}, {}, &L::component_imports},
      {"name attributes", 10, {0x01, 0x02, 0x01, 'a'}, {0x00, 0x00}, {0x01, 0x00}, nullptr},
      {"exports", 11, {}, {0x00, 0x01, 'a', 0x01, 0x00, 0x00}, {}, &L::component_exports},
      {"values", 12, {}, {0x7f, 0x01, 0x00}, {}, &L::component_values},
  };
}

Result<std::shared_ptr<const Component>> Decode(ByteVector bytes, const L& limits = L()) {
  return DecodeComponent(Share(std::move(bytes)), Features::All(), limits);
}

ErrorKind KindOf(const Result<std::shared_ptr<const Component>>& result) {
  REQUIRE(!result.ok());
  return result.error().kind();
}

TEST_CASE("counts that lie are refused before anything is allocated", "[DEC-01]") {
  for (const Vec& vec : Vectors()) {
    INFO(vec.name);
    for (const uint32_t actual : {0u, 1u}) {
      const ByteVector honest = vec.Build(actual, actual);
      const auto decoded = Decode(honest);
      INFO((decoded.ok() ? "" : decoded.error().ToString()));
      CHECK(decoded.ok());
      for (const uint32_t lie : {0xffffffffu, 0xfffffffeu, 0xfffffffdu, 0xfffffffcu, 0x80000000u, actual + 100u}) {
        const auto refused = Decode(vec.Build(lie, actual));
        REQUIRE(!refused.ok());
        CHECK(refused.error().message() == "unexpected end-of-file");
      }
    }
  }
}

TEST_CASE("each vector is bounded by its limit", "[limits]") {
  for (const Vec& vec : Vectors()) {
    if (vec.limit == nullptr) continue;
    INFO(vec.name);
    L limits;
    limits.*vec.limit = 5;
    const auto at_limit = Decode(vec.Build(5, 5), limits);
    INFO((at_limit.ok() ? "" : at_limit.error().ToString()));
    CHECK(at_limit.ok());
    CHECK(KindOf(Decode(vec.Build(6, 6), limits)) == ErrorKind::kLimit);
  }
}

TEST_CASE("the default limits are those in force elsewhere", "[limits]") {
  const auto at = [](const char* name, uint32_t count) {
    for (const Vec& vec : Vectors()) {
      if (std::string(vec.name) == name) return Decode(vec.Build(count, count));
    }
    return Decode({});
  };
  CHECK(at("instances", 1'000).ok());
  CHECK(KindOf(at("instances", 1'001)) == ErrorKind::kLimit);
  CHECK(at("values", 1'000).ok());
  CHECK(KindOf(at("values", 1'001)) == ErrorKind::kLimit);
  CHECK(at("record fields", 10'000).ok());
  CHECK(KindOf(at("record fields", 10'001)) == ErrorKind::kLimit);
  CHECK(at("enum cases", 10'000).ok());
  CHECK(KindOf(at("enum cases", 10'001)) == ErrorKind::kLimit);
  CHECK(at("tuple types", 10'000).ok());
  CHECK(KindOf(at("tuple types", 10'001)) == ErrorKind::kLimit);
  CHECK(at("instantiation args", 100'000).ok());
  CHECK(KindOf(at("instantiation args", 100'001)) == ErrorKind::kLimit);
  CHECK(at("inline exports", 100'000).ok());
  CHECK(KindOf(at("inline exports", 100'001)) == ErrorKind::kLimit);
}

TEST_CASE("modules, components, names and options have limits", "[limits]") {
  L limits;
  limits.component_modules = 2;
  limits.component_components = 2;
  const ByteVector module = Section(1, EmptyModule());
  const ByteVector component = Section(4, Preamble());
  CHECK(Decode(MakeComponent(Repeat(module, 2)), limits).ok());
  CHECK(KindOf(Decode(MakeComponent(Repeat(module, 3)), limits)) == ErrorKind::kLimit);
  CHECK(Decode(MakeComponent(Repeat(component, 2)), limits).ok());
  CHECK(KindOf(Decode(MakeComponent(Repeat(component, 3)), limits)) == ErrorKind::kLimit);

  limits.name_bytes = 3;
  const auto import = [](const ByteVector& name) {
    return MakeComponent(
        Section(10, Join({{0x01, 0x00}, Leb(static_cast<uint32_t>(name.size())), name, {0x01, 0x00}})));
  };
  CHECK(Decode(import({'a', 'b', 'c'}), limits).ok());
  CHECK(KindOf(Decode(import({'a', 'b', 'c', 'd'}), limits)) == ErrorKind::kLimit);

  limits.canon_options = 1;
  const auto lower = [](uint8_t options) {
    const ByteVector one_of_each = {0x00, 0x03, 0x00};  // utf8, (memory 0)
    return MakeComponent(
        Section(8, Join({{0x01, 0x01, 0x00, 0x00, options}, options == 1 ? ByteVector{0x00} : one_of_each})));
  };
  CHECK(Decode(lower(1), limits).ok());
  CHECK(KindOf(Decode(lower(2), limits)) == ErrorKind::kLimit);

  limits.component_bytes = 8;
  CHECK(Decode(Preamble(), limits).ok());
  CHECK(KindOf(Decode(MakeComponent(Section(7, {0x00})), limits)) == ErrorKind::kLimit);
}

TEST_CASE("what decoding takes is bounded", "[DEC-02]") {
  // A megabyte of one-byte types would take two hundred times its size.
  L limits;
  const auto types = [](uint32_t count) {
    return MakeComponent(Section(7, Join({Leb(count), Repeat({0x7f}, count)})));
  };
  limits.decoded_bytes = sizeof(Component) + 1'000 * sizeof(Definition);
  CHECK(Decode(types(1'000), limits).ok());
  CHECK(KindOf(Decode(types(1'001), limits)) == ErrorKind::kLimit);
  // Spread over many components it counts all the same.
  const ByteVector inner = Section(4, types(100));
  CHECK(KindOf(Decode(MakeComponent(Repeat(inner, 11)), limits)) == ErrorKind::kLimit);
}

TEST_CASE("a component that is cut anywhere is refused or ends between sections", "[DEC-03]") {
  std::vector<ByteVector> samples;
  const fs::path script = fs::path(CVM_SUITES_DIR) / "component/binary/binary.wast";
  if (fs::exists(script)) {
    for (const ScriptCase& one : ReadScript(script)) samples.push_back(one.bytes);
  }
  for (const Vec& vec : Vectors()) samples.push_back(vec.Build(3, 3));
  for (const ByteVector& sample : samples) {
    for (size_t size = 0; size < sample.size(); ++size) {
      // A vector of exactly this size: reading past its end shows under the address sanitizer.
      const auto cut = Decode(ByteVector(sample.begin(), sample.begin() + static_cast<ptrdiff_t>(size)));
      if (size < 8) CHECK(!cut.ok());
      if (!cut.ok()) CHECK(cut.error().offset().value_or(0) <= size);
    }
  }
}

TEST_CASE("a section is read to its end exactly", "[DEC-03]") {
  CHECK(Decode(MakeComponent(Section(7, {0x01, 0x7f}))).ok());
  const auto longer = Decode(MakeComponent(Section(7, {0x01, 0x7f, 0x00})));
  REQUIRE(!longer.ok());
  CHECK(longer.error().message() == "section size mismatch");
  CHECK(longer.error().offset() == 12u);
}

TEST_CASE("every changed byte is survived") {
  for (const Vec& vec : Vectors()) {
    const ByteVector sample = vec.Build(2, 2);
    for (size_t at = 8; at < sample.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        ByteVector changed = sample;
        changed[at] = static_cast<uint8_t>(byte);
        static_cast<void>(Decode(std::move(changed)).ok());
      }
    }
  }
}

TEST_CASE("nesting is bounded, on a small stack", "[DEC-07]") {
  OnSmallStack([] {
    CHECK(Decode(NestedComponents(100)).ok());
    CHECK(KindOf(Decode(NestedComponents(101))) == ErrorKind::kLimit);
    CHECK(KindOf(Decode(NestedComponents(100'000))) == ErrorKind::kLimit);
    CHECK(Decode(NestedInstanceTypes(100)).ok());
    CHECK(KindOf(Decode(NestedInstanceTypes(101))) == ErrorKind::kLimit);
    CHECK(KindOf(Decode(NestedInstanceTypes(100'000))) == ErrorKind::kLimit);
    // Module types within each other are no type at all.
    const ByteVector module_types = Join({{0x01}, Repeat({0x50, 0x01, 0x01}, 100'000), {0x50, 0x00}});
    CHECK(KindOf(Decode(MakeComponent(Section(3, module_types)))) == ErrorKind::kInvalid);
  });
}

TEST_CASE("options that repeat or conflict are invalid") {
  const auto lower = [](const ByteVector& options) {
    return Decode(MakeComponent(Section(8, Join({{0x01, 0x01, 0x00, 0x00}, options}))));
  };
  const auto words = [](const Result<std::shared_ptr<const Component>>& result) {
    REQUIRE(!result.ok());
    CHECK(result.error().kind() == ErrorKind::kInvalid);
    return result.error().message();
  };
  CHECK(words(lower({0x02, 0x06, 0x06})) == "canonical option `async` is specified more than once");
  CHECK(words(lower({0x02, 0x07, 0x00, 0x07, 0x00})) == "canonical option `callback` is specified more than once");
  CHECK(words(lower({0x02, 0x01, 0x01})) == "canonical encoding option `utf16` conflicts with option `utf16`");
}

}  // namespace
}  // namespace cvm::component::test
