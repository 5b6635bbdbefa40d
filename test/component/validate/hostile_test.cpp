// Types that explode (DEC-08) or nest (DEC-07), and the attributes of names that the text format cannot write yet.
#include <catch2/catch.hpp>
#include <ctime>

#include "component/validate/validate.hpp"
#include "test/component/support/script.hpp"
#include "test/component/support/builder.hpp"
#include "test/component/support/small_stack.hpp"

namespace cvm::component::test {
namespace {

Result<void> Validate(ByteVector bytes) {
  const Features features;
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<const Component> component,
                       DecodeComponent(Share(std::move(bytes)), features));
  CanonicalTypes types;
  return ValidateComponent(*component, features, types);
}

std::string WordsOf(const Result<void>& result) { return result.ok() ? "valid" : result.error().message(); }

// Runs `body` and gives the processor time it took.
template <class Body>
double Milliseconds(Body body) {
  const std::clock_t begin = std::clock();
  body();
  return 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}
// The bound of security.md, widened for slow machines and sanitizers.
constexpr double kQuickly = 10 * 200;

// A type section in which each type is made of the one before it.
template <class Encode, class Make>
ByteVector ChainOf(uint32_t count, const ByteVector& first, Encode encode, Make make) {
  ByteVector types = first;
  for (uint32_t i = 1; i < count; ++i) {
    const ByteVector next = make(encode(i - 1));
    types.insert(types.end(), next.begin(), next.end());
  }
  return MakeComponent(Section(7, Join({Leb(count), types})));
}

template <class Make>
ByteVector ValueChain(uint32_t count, Make make) {
  return ChainOf(count, {0x7d}, SignedLeb, make);
}
template <class Make>
ByteVector Chain(uint32_t count, const ByteVector& first, Make make) {
  return ChainOf(count, first, Leb, make);
}

TEST_CASE("types that double are refused at once", "[DEC-08]") {
  const auto tuples = ValueChain(64, [](const ByteVector& i) { return Join({{0x6f, 0x02}, i, i}); });
  const auto records =
      ValueChain(64, [](const ByteVector& i) { return Join({{0x72, 0x02, 0x01, 'a'}, i, {0x01, 'b'}, i}); });
  // Function types and what exports them count as well.
  const auto options = ValueChain(64, [](const ByteVector& i) { return Join({{0x6a, 0x01}, i, {0x01}, i}); });
  for (const ByteVector& bytes : {tuples, records, options}) {
    Result<void> valid;
    CHECK(Milliseconds([&] { valid = Validate(bytes); }) < kQuickly);
    CHECK(WordsOf(valid).find("type size") != std::string::npos);
  }
}

// (instance (export "a" (instance <previous>)) (export "b" …)): the previous type comes in by an outer alias.
ByteVector InstanceOf(const ByteVector& previous, size_t exports) {
  ByteVector decls = Join({{0x02, 0x03, 0x02, 0x01}, previous});
  for (size_t i = 0; i < exports; ++i) {
    decls = Join({decls, {0x04, 0x00, 0x01, static_cast<uint8_t>('a' + i), 0x05, 0x00}});
  }
  return Join({{0x42}, Leb(static_cast<uint32_t>(1 + exports)), decls});
}

TEST_CASE("instance types that double or nest by reference are refused at once", "[DEC-08]") {
  Result<void> valid;
  const auto doubling = Chain(64, {0x42, 0x00}, [](const ByteVector& i) { return InstanceOf(i, 2); });
  CHECK(Milliseconds([&] { valid = Validate(doubling); }) < kQuickly);
  CHECK(WordsOf(valid).ends_with(", the limit is 1000000 (-W max-type-size)"));
  REQUIRE(!valid.ok());
  CHECK(valid.error().kind() == ErrorKind::kLimit);
  // The same with a resource at the bottom, which each level makes anew.
  const ByteVector bottom = {0x42, 0x01, 0x04, 0x00, 0x01, 'r', 0x03, 0x01};
  const auto resources = Chain(64, bottom, [](const ByteVector& i) { return InstanceOf(i, 2); });
  CHECK(Milliseconds([&] { valid = Validate(resources); }) < kQuickly);
  CHECK(WordsOf(valid) == "too many resources in a component or instance type");
  const auto deep = Chain(100'000, {0x42, 0x00}, [](const ByteVector& i) { return InstanceOf(i, 1); });
  OnSmallStack([&] { valid = Validate(deep); });
  CHECK(WordsOf(valid).starts_with("type nesting is too deep: "));
}

TEST_CASE("value types nest to their limit, on a small stack", "[DEC-07]") {
  const auto lists = [](uint32_t levels) {
    return ValueChain(levels, [](const ByteVector& i) { return Join({{0x70}, i}); });
  };
  OnSmallStack([&] {
    CHECK(WordsOf(Validate(lists(100))) == "valid");
    CHECK(WordsOf(Validate(lists(102))).starts_with("type nesting is too deep"));
    CHECK(WordsOf(Validate(lists(100'000))).starts_with("type nesting is too deep"));
  });
}

TEST_CASE("components and types nest to their limit, on a small stack", "[DEC-07]") {
  OnSmallStack([] {
    CHECK(WordsOf(Validate(NestedComponents(100))) == "valid");
    // The component itself is a scope around the types.
    CHECK(WordsOf(Validate(NestedInstanceTypes(99))) == "valid");
    CHECK(WordsOf(Validate(NestedInstanceTypes(100))) ==
          "components or types nested too deeply: 101, the limit is 100 (-W max-component-depth)");
  });
}

TEST_CASE("instances that double are refused before they are made", "[DEC-08]") {
  // Each component instantiates the one before it twice and exports both: 2^n resources at the top.
  ByteVector sections = Section(4, MakeComponent(Join({
                                       Section(7, {0x01, 0x3f, 0x7f, 0x00}),                    // a resource
                                       Section(11, {0x01, 0x00, 0x01, 'r', 0x03, 0x00, 0x00}),  // exported
                                   })));
  for (uint32_t level = 0; level < 40; ++level) {
    const ByteVector inner = MakeComponent(Join({
        Section(6, Join({{0x01, 0x04, 0x02, 0x01}, Leb(level)})),  // the component before, by an outer alias
        Section(5, {0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}),    // two instances of it
        Section(11, {0x02, 0x00, 0x01, 'a', 0x05, 0x00, 0x00, 0x00, 0x01, 'b', 0x05, 0x01, 0x00}),
    }));
    sections = Join({sections, Section(4, inner)});
  }
  const Result<void> valid = Validate(MakeComponent(sections));
  REQUIRE(!valid.ok());
  CHECK(valid.error().kind() == ErrorKind::kLimit);
}

// (import "…" (instance)) with attributes.
ByteVector ImportInstance(const std::string& name, const ByteVector& attributes) {
  const ByteVector text(name.begin(), name.end());
  return MakeComponent(Join({
      Section(7, {0x01, 0x42, 0x00}),
      Section(10, Join({{0x01, 0x02}, Leb(static_cast<uint32_t>(text.size())), text, attributes, {0x05, 0x00}})),
  }));
}

TEST_CASE("a version suffix needs the canonical version before it") {
  const ByteVector suffix = {0x01, 0x01, 0x04, '.', '2', '.', '3'};
  CHECK(WordsOf(Validate(ImportInstance("a:b/c@1", suffix))) == "valid");
  CHECK(WordsOf(Validate(ImportInstance("a:b/c@1.2.3", suffix))).find("not valid with `versionsuffix`") !=
        std::string::npos);
  CHECK(WordsOf(Validate(ImportInstance("a", suffix))).find("not valid with `versionsuffix`") != std::string::npos);
  CHECK(WordsOf(Validate(ImportInstance("a:b/c@0.2", suffix))) != "valid");  // 0.2.2.3
}

TEST_CASE("every changed byte of a valid component is survived") {
  const std::filesystem::path data = std::filesystem::path(CVM_SOURCE_DIR) / "test/component/data";
  size_t refused = 0;
  for (const char* script : {"abi.wast", "async.wast", "types.wast"}) {
    for (const ScriptCase& one : ReadScript(data / script)) {
      if (one.kind != ScriptCase::Kind::kValid) continue;
      for (size_t at = 8; at < one.bytes.size(); ++at) {
        for (const int change : {1, 0x40, 0xff}) {
          ByteVector changed = one.bytes;
          changed[at] = static_cast<uint8_t>(changed[at] ^ change);
          const auto component = DecodeComponent(Share(std::move(changed)), Features::All());
          CanonicalTypes types;
          const bool valid =
              component.ok() && ValidateComponent(**component, Features::All(), types, {ComponentFeatures::All()}).ok();
          refused += valid ? 0 : 1;
        }
      }
    }
  }
  CHECK(refused > 1'000);
}

TEST_CASE("values and start functions are refused by name") {
  const Result<void> value = Validate(MakeComponent(Section(12, {0x01, 0x7f, 0x01, 0x00})));
  CHECK(WordsOf(value) == "component values are not part of this build");
  REQUIRE(!value.ok());
  CHECK(value.error().kind() == ErrorKind::kUnsupported);
  CHECK(value.error().offset() == 11u);
  CHECK(WordsOf(Validate(MakeComponent(Section(9, {0x00, 0x00, 0x00})))) ==
        "component start functions are not part of this build");
}

}  // namespace
}  // namespace cvm::component::test
