// Calls between two components by adapters and by the literal path: the same results, the same traps.
#include <catch2/catch.hpp>

#include "component/host/api_impl.hpp"
#include "cvm/component_text.hpp"
#include "test/component/support/pair.hpp"
#include "vm/base/try.hpp"

namespace cvm {
namespace {

using component::test::FillBytes;
using component::test::FillUnits;
using component::test::PairSpec;
using Values = std::vector<ComponentValue>;

Result<Values> Call(const ComponentInstance& instance, const std::string& name, const Values& args) {
  CVM_ASSIGN_OR_RETURN(const ComponentFunc func, instance.GetFunc(name));
  return func.Call(args);
}

// What a call of `run` ends with, either way.
std::string Outcome(const PairSpec& spec, uint32_t n, uint32_t length, bool literal, uint64_t host_bytes) {
  const Engine engine;
  Store store(engine);
  if (literal) REQUIRE(UseLiteralCalls(store).ok());
  ComponentLimits limits;
  if (host_bytes != 0) limits.max_host_bytes_per_call = host_bytes;
  REQUIRE(SetComponentLimits(store, limits).ok());
  const auto bytes = TextToComponent(engine, component::test::PairText(spec));
  if (!bytes.ok()) FAIL(bytes.error().ToString());
  const auto loaded = Component::Load(engine, *bytes);
  if (!loaded.ok()) FAIL(loaded.error().ToString());
  const auto instance = ComponentLinker(engine).Instantiate(store, *loaded);
  if (!instance.ok()) FAIL(instance.error().ToString());
  REQUIRE(Call(*instance, "setup", {ComponentValue(length)}).ok());
  const Values args = {ComponentValue(n), ComponentValue(length)};
  const auto results = Call(*instance, "run", args);
  if (!results.ok()) {
    // The instance that trapped is not entered again.
    return results.error().ToString() + " / " + Call(*instance, "run", args).error().message();
  }
  return std::to_string(*results->front().As<uint32_t>());
}

std::string Both(const PairSpec& spec, uint32_t n, uint32_t length, uint64_t host_bytes = 0) {
  const std::string literal = Outcome(spec, n, length, /*literal=*/true, host_bytes);
  CHECK(Outcome(spec, n, length, /*literal=*/false, host_bytes) == literal);
  return literal;
}

TEST_CASE("ABI-01 numbers go from slot to slot, cut to their types") {
  PairSpec spec{R"((param "a" u32) (param "b" u32))", "i32 i32", "(local.get $n) (local.get $len)", "",
                "(i32.add (local.get 0) (local.get 1))"};
  CHECK(Both(spec, 3, 10) == "36");
  spec.params = R"((param "a" s8) (param "b" u16))";
  spec.args = "(i32.const 0x1ff) (i32.const 0x12345)";
  CHECK(Both(spec, 1, 0) == std::to_string(0x2345 - 1));
  spec.params = R"((param "a" bool) (param "b" char))";
  CHECK(Both(spec, 1, 0) == std::to_string(0x12345 + 1));
  spec.args = "(i32.const 1) (i32.const 0xd800)";
  CHECK(Both(spec, 1, 0).find("invalid `char` bit pattern") != std::string::npos);
  spec.params = R"((param "a" (option u32)))";
  CHECK(Both(spec, 1, 0) == std::to_string(0xd800 + 1));
  spec.args = "(i32.const 2) (i32.const 0)";
  CHECK(Both(spec, 1, 0).find("invalid variant discriminant") != std::string::npos);
}

TEST_CASE("ABI-01 floats and wide integers go through, NaNs become the canonical one") {
  PairSpec spec{R"((param "a" f32) (param "b" f64) (param "c" u64))", "f32 f64 i64",
                "(f32.reinterpret_i32 (i32.const 0x7fa00001)) (f64.const 2.5) (i64.const 7)", "",
                R"((i32.add (i32.reinterpret_f32 (local.get 0))
                    (i32.add (i32.trunc_f64_s (local.get 1)) (i32.wrap_i64 (local.get 2)))))"};
  CHECK(Both(spec, 1, 0) == std::to_string(0x7fc00000 + 9));
}

TEST_CASE("ABI-02 strings between all encodings") {
  static constexpr const char* kEncodings[] = {"utf8", "utf16", "latin1+utf16"};
  for (const std::string from : kEncodings) {
    for (const std::string to : kEncodings) {
      CAPTURE(from, to);
      PairSpec spec{R"((param "x" string))", "i32 i32", "(i32.const 65536) (local.get $len)"};
      spec.caller_encoding = from, spec.callee_encoding = to;
      // The first bytes and the length, as the callee has them.
      spec.body = "(i32.add (i32.load (local.get 0)) (local.get 1))";
      spec.setup = from == "utf16" ? FillUnits('a') : FillBytes('a');
      Both(spec, 2, 100);
      Both(spec, 1, 0);
      // Accents, as UTF-8 two bytes each; a surrogate without its other half.
      spec.setup = from == "utf16" ? FillUnits(0xe9) : FillUnits(0xa9c3);
      Both(spec, 1, 100);
      spec.setup = FillUnits(0xd800);
      Both(spec, 1, 50);
      // Out of bounds, too long, unaligned.
      spec.args = "(i32.const 0x7fffff) (i32.const 10)";
      CHECK(Both(spec, 1, 0).find("/ cannot enter component instance") != std::string::npos);
      spec.args = "(i32.const 0) (i32.const 0x7fffffff)";
      CHECK(Both(spec, 1, 0).find("string length exceeds maximum byte size") != std::string::npos);
      spec.args = "(i32.const 1) (i32.const 2)";
      Both(spec, 1, 0);
    }
  }
}

TEST_CASE("ABI-04 lists of numbers, tuples, options and strings") {
  static constexpr const char* kElements[] = {"u8",
                                              "u32",
                                              "f64",
                                              "bool",
                                              "char",
                                              "string",
                                              "(tuple u32 u8 f64)",
                                              "(option u32)",
                                              "(list u16)",
                                              "(result (list u8) (error string))"};
  for (const std::string element : kElements) {
    CAPTURE(element);
    PairSpec spec{"(param \"x\" (list " + element + "))", "i32 i32", "(i32.const 65536) (local.get $len)"};
    spec.body = "(i32.add (i32.load (local.get 0)) (local.get 1))";
    Both(spec, 2, 20);
    Both(spec, 1, 0);
    spec.setup = FillBytes(1);
    Both(spec, 1, 20);
    spec.setup = FillBytes(255);
    Both(spec, 1, 20);
    spec.args = "(i32.const 65537) (local.get $len)";
    Both(spec, 1, 20);
    spec.args = "(i32.const 0) (i32.const 0x10000000)";
    CHECK(Both(spec, 1, 20).find("list length exceeds maximum byte size") != std::string::npos);
  }
}

TEST_CASE("ABI-06 the bytes that a call may make the host allocate are counted alike") {
  PairSpec spec{R"((param "x" (list (tuple u32 u32))))", "i32 i32", "(i32.const 65536) (local.get $len)"};
  CHECK(Both(spec, 1, 10, 10'000) == "10");
  CHECK(Both(spec, 1, 1'000, 10'000).find("values of one call too large for the host") != std::string::npos);
  spec.params = R"((param "x" string))";
  CHECK(Both(spec, 1, 9'999, 10'000) == "9999");
  CHECK(Both(spec, 1, 10'001, 10'000).find("values of one call too large for the host") != std::string::npos);
}

TEST_CASE("ABI-01 what traps in the callee's realloc or in the callee ends the call the same way") {
  PairSpec spec{R"((param "x" string))", "i32 i32", "(i32.const 65536) (local.get $len)", FillBytes('a')};
  spec.body = "unreachable";
  CHECK(Both(spec, 1, 5).find("unreachable") != std::string::npos);
  // Beyond the callee's memory.
  spec.body = "(local.get 1)";
  spec.callee_encoding = "utf16";
  CHECK(Both(spec, 1, 6'000'000).find("string content out-of-bounds") != std::string::npos);
}

TEST_CASE("ABI-01 more than sixteen flat arguments go through memory") {
  std::string params;
  for (int i = 0; i < 17; ++i) params += "(param \"p" + std::to_string(i) + "\" u32)";
  PairSpec spec{params, "i32", "(i32.const 65536)", FillBytes(1), "(i32.load offset=64 (local.get 0))"};
  CHECK(Both(spec, 1, 68) == std::to_string(0x01010101));
  spec.args = "(i32.const 65538)";
  CHECK(Both(spec, 1, 68).find("unaligned pointer") != std::string::npos);
  spec.args = "(i32.const -4)";
  CHECK(Both(spec, 1, 68).find("pointer out of bounds of memory") != std::string::npos);
}

}  // namespace
}  // namespace cvm
