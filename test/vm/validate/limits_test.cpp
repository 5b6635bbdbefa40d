// Hostile input: what is too large, too deep, or not what the executor would trust (security rows DEC-04, DEC-05,
// DEC-07), and features that are switched off.
#include <thread>

#include "test/component/support/small_stack.hpp"
#include "test/vm/validate/support.hpp"

namespace cvm {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr uint8_t kBlockCode = 0x02, kEndCode = 0x0b, kEmptyBlock = 0x40;

ErrorKind KindOf(const ModuleData& module) {
  CanonicalTypes types;
  ValidatedModule validated;
  const Result<void> result = ValidateModule(module, Features::All(), types, &validated);
  REQUIRE_FALSE(result.ok());
  return result.error().kind();
}

TEST_CASE("DEC-07: a million nested blocks are walked without native recursion") {
  constexpr size_t kDepth = 1'000'000;
  std::vector<uint8_t> code;
  for (size_t i = 0; i < kDepth; ++i) code.insert(code.end(), {kBlockCode, kEmptyBlock});
  code.insert(code.end(), kDepth + 1, kEndCode);
  BodyModule body(std::move(code));
  std::string verdict = "not validated";
  component::test::OnSmallStack([&] { verdict = Verdict(body.module()); });
  CHECK(verdict == "");
}

TEST_CASE("a body ends with its own end, neither before nor after") {
  CHECK(KindOf(BodyModule({}).module()) == ErrorKind::kMalformed);
  CHECK(KindOf(BodyModule({kBlockCode, kEmptyBlock, kEndCode}).module()) == ErrorKind::kMalformed);
  CHECK(KindOf(BodyModule({kEndCode, kEndCode}).module()) == ErrorKind::kMalformed);
  CHECK(KindOf(BodyModule({kEndCode, 0x01}).module()) == ErrorKind::kMalformed);
  CHECK(Verdict(BodyModule({kEndCode}).module()) == "");
  // Immediates that look like an end, cut off.
  CHECK(KindOf(BodyModule({0x41, kEndCode}).module()) == ErrorKind::kMalformed);
  CHECK(KindOf(BodyModule({0x41}).module()) == ErrorKind::kMalformed);
}

TEST_CASE("else, catch and delegate outside of their blocks are malformed") {
  for (const std::vector<uint8_t>& code :
       std::vector<std::vector<uint8_t>>{{0x05, kEndCode},
                                         {kBlockCode, kEmptyBlock, 0x05, kEndCode, kEndCode},
                                         {0x41, 0, 0x04, kEmptyBlock, 0x05, 0x05, kEndCode, kEndCode},
                                         {0x07, 0, kEndCode},
                                         {0x19, kEndCode},
                                         {0x06, kEmptyBlock, 0x19, 0x19, kEndCode, kEndCode},
                                         {0x06, kEmptyBlock, 0x19, 0x18, 0, kEndCode},
                                         {0x18, 0, kEndCode}}) {
    CHECK(KindOf(BodyModule(code).module()) == ErrorKind::kMalformed);
  }
}

TEST_CASE("DEC-05: every heap type byte of ref.null is known or refused") {
  int accepted = 0;
  for (int byte = 0; byte < 0x80; ++byte) {
    BodyModule body({0xd0, static_cast<uint8_t>(byte), 0x1a, kEndCode});
    const std::string verdict = Verdict(body.module());
    INFO(byte << ": " << verdict);
    if (verdict.empty()) ++accepted;
    // Type 0 exists; the higher ones do not, and negative numbers are names of abstract types or nothing.
    if (byte > 0 && byte < 0x40) CHECK_THAT(verdict, StartsWith("unknown type"));
    if (byte >= 0x40 && !verdict.empty() && byte != 0x62) CHECK_THAT(verdict, StartsWith("malformed"));
  }
  CHECK(accepted == 13);  // type 0 and twelve abstract heap types
}

TEST_CASE("indices in immediates are checked, whatever they name") {
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"(func (block (type 7)))", "unknown type 7"},
           {"(type (struct)) (func (block (type 0)))", "non-function type 0"},
           {"(func (call 7))", "unknown function 7"},
           {"(func (return_call 7))", "unknown function 7"},
           {"(table 1 funcref) (func (call_indirect (type 7) (i32.const 0)))", "unknown type 7"},
           {"(table 1 externref) (func (call_indirect (i32.const 0)))", "type mismatch"},
           {"(func (global.set 7 (i32.const 0)))", "unknown global 7"},
           {"(func (drop (table.get 7 (i32.const 0))))", "unknown table 7"},
           {"(func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 0)))", "unknown table 0"},
           {"(func (elem.drop 7))", "unknown elem segment 7"},
           {"(func (data.drop 7))", "unknown data segment 7"},
           {"(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))", "unknown memory 0"},
           {"(func (throw 7))", "unknown tag 7"},
           {"(func (drop (struct.new 7)))", "unknown type 7"},
           {"(type (func)) (func (drop (struct.new 0)))", "non-structure type 0"},
           {"(type (struct)) (func (param (ref 0)) (drop (struct.get 0 0 (local.get 0))))", "unknown field 0"},
           {"(type (struct)) (func (drop (array.new_default 0 (i32.const 1))))", "non-array type 0"},
           {"(func (drop (ref.null 7)))", "unknown type 7"},
           {"(func (local (ref null 7)))", "unknown type 7"},
           {"(func unreachable (select (result (ref 7))) drop)", "unknown type 7"},
           {"(func (result (ref 7)) unreachable)", "unknown type 7"},
           {"(global (ref null 7) (ref.null func))", "unknown type 7"},
           {"(table 1 (ref null 7))", "unknown type 7"},
           {"(import \"\" \"\" (global (ref null 7)))", "unknown type 7"},
           {"(export \"t\" (tag 7))", "unknown tag 7"},
           {"(export \"t\" (table 7))", "unknown table 7"},
       }) {
    INFO(text);
    CHECK_THAT(Verdict(text), StartsWith(words));
  }
}

std::string Repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST_CASE("limits hold at their value and refuse one more") {
  const auto params = [](int n) { return "(type (func (param" + Repeat(" i32", n) + ")))"; };
  CHECK(Verdict(params(1000)) == "");
  CHECK_THAT(Verdict(params(1001)), Contains("too many parameters: "));
  const auto results = [](int n) { return "(type (func (result" + Repeat(" i32", n) + ")))"; };
  CHECK(Verdict(results(1000)) == "");
  CHECK_THAT(Verdict(results(1001)), Contains("too many results: "));
  const auto fields = [](int n) { return "(type (struct (field" + Repeat(" i8", n) + ")))"; };
  CHECK(Verdict(fields(10'000)) == "");
  CHECK_THAT(Verdict(fields(10'001)), Contains("too many fields: "));
  const auto fixed = [](int n) {
    return "(type $a (array i8)) (func (drop (array.new_fixed $a " + std::to_string(n) + Repeat("(i32.const 0)", n) +
           ")))";
  };
  CHECK(Verdict(fixed(10'000)) == "");
  CHECK_THAT(Verdict(fixed(10'001)), Contains("too many elements for array.new_fixed: 10001"));
  CHECK(Verdict(Repeat("(memory 0)", 100)) == "");
  CHECK_THAT(Verdict(Repeat("(memory 0)", 101)), Contains("too many memories: "));
  CHECK(Verdict(Repeat("(table 0 funcref)", 100)) == "");
  CHECK_THAT(Verdict(Repeat("(table 0 funcref)", 101)), Contains("too many tables: "));
}

TEST_CASE("locals are counted before they are believed") {
  const auto verdict = [](std::vector<LocalRun> runs) {
    BodyModule body({kEndCode});
    body.function().locals = std::move(runs);
    return Verdict(body.module());
  };
  CHECK(verdict({{50'000, ValType::I32()}}) == "");
  CHECK_THAT(verdict({{50'001, ValType::I32()}}), StartsWith("too many locals"));
  CHECK_THAT(verdict({{50'000, ValType::I32()}, {1, ValType::V128()}}), StartsWith("too many locals"));
  CHECK_THAT(verdict({{UINT32_MAX, ValType::I32()}, {UINT32_MAX, ValType::I32()}}), StartsWith("too many locals"));
}

TEST_CASE("the operand stack is bounded, however short the code that fills it") {
  // Each call leaves a thousand values: the code is small, its stack would be gigabytes.
  std::string text = "(func $f (result" + Repeat(" i64", 1000) + ") unreachable) (func ";
  CHECK(Verdict(text + Repeat("(call $f)", 100) + "unreachable)") == "");
  CHECK_THAT(Verdict(text + Repeat("(call $f)", 101) + "unreachable)"), StartsWith("too many values"));
  CHECK_THAT(Verdict("(func " + Repeat("(i32.const 0)", 100'001) + " unreachable)"), StartsWith("too many values"));
}

TEST_CASE("types: known, in order, not final, not too deep") {
  CHECK(Verdict("(type (sub 1 (struct)))") == "unknown type 1");
  CHECK(Verdict("(rec (type (sub 1 (struct))) (type (sub (struct))))") ==
        "forward use of type 1 in sub type definition");
  CHECK(Verdict("(type (func (param (ref 1)))) (type (struct))") == "unknown type 1");
  CHECK(Verdict("(rec (type (func (param (ref 1)))) (type (struct)))") == "");
  CHECK(Verdict("(type (struct)) (type (sub 0 (struct)))") == "sub type 1 has final super type 0");
  CHECK(Verdict("(type (sub (struct (field i32)))) (type (sub 0 (struct)))") ==
        "sub type 1 does not match super type 0");
  std::string chain = "(type (sub (struct)))";
  for (int i = 0; i < 63; ++i) chain += "(type (sub " + std::to_string(i) + " (struct)))";
  CHECK(Verdict(chain) == "");
  CHECK_THAT(Verdict(chain + "(type (sub 63 (struct)))"), Contains("sub type hierarchy too deep: 64, the limit is 63"));
}

TEST_CASE("memory and table limits") {
  CHECK(Verdict("(memory 65536)") == "");
  CHECK(Verdict("(memory 65537)") == "memory size must be at most 65536 pages (4GiB)");
  CHECK(Verdict("(memory i64 0x1000000000000)") == "");
  CHECK_THAT(Verdict("(memory i64 0x1000000000001)"), StartsWith("memory size must be at most"));
  CHECK(Verdict("(memory 0xffffffff (pagesize 1))") == "");
  CHECK(Verdict("(memory 1 0)") == "size minimum must not be greater than maximum");
  CHECK(Verdict("(memory 1 2 shared)") == "");
  CHECK(Verdict("(memory 1 shared)") == "shared memory must have maximum");
  CHECK(Verdict("(table 0xffffffff funcref)") == "");
  CHECK(Verdict("(table i64 0xffffffffffffffff funcref)") == "");
  CHECK_THAT(Verdict("(table 1 (ref func))"), StartsWith("type mismatch"));
}

TEST_CASE("what is switched off is refused by its name") {
  for (const auto& [feature, text] : std::vector<std::pair<Feature, std::string>>{
           {Feature::kGc, "(type (struct))"},
           {Feature::kGc, "(func (param anyref))"},
           {Feature::kGc, "(rec (type (func)) (type (func)))"},
           {Feature::kCustomDescriptors, "(rec (type (descriptor 1) (struct)) (type (describes 0) (struct)))"},
           {Feature::kSimd, "(func (param v128))"},
           {Feature::kSimd, "(func (local v128))"},
           {Feature::kMultiValue, "(func (result i32 i32) unreachable)"},
           {Feature::kMultiValue, "(func (i32.const 0) (block (param i32) (drop)))"},
           {Feature::kMemory64, "(memory i64 1)"},
           {Feature::kMemory64, "(table i64 1 funcref)"},
           {Feature::kThreads, "(memory 1 1 shared)"},
           {Feature::kCustomPageSizes, "(memory 1 (pagesize 1))"},
           {Feature::kMultiMemory, "(memory 1) (memory 1)"},
           {Feature::kBulkMemory, "(data \"\")"},
           {Feature::kTailCall, "(func (return_call 0))"},
           {Feature::kSignExtension, "(func (drop (i32.extend8_s (i32.const 0))))"},
           {Feature::kRelaxedSimd, "(func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))"},
           {Feature::kWideArithmetic, "(func (i64.mul_wide_s (i64.const 0) (i64.const 0)) drop drop)"},
           {Feature::kMutableGlobals, "(global (export \"g\") (mut i32) (i32.const 0))"},
           {Feature::kExceptions, "(func (param exnref))"},
           {Feature::kLegacyExceptions, "(func (try (do) (catch_all)))"},
       }) {
    INFO(text);
    CHECK(Verdict(text) == "");
    CHECK_THAT(Verdict(text, Without(feature)), Contains(std::string(FeatureKey(feature))));
  }
  Features mvp_references = Without(Feature::kGc);
  mvp_references.Set(Feature::kFunctionReferences, false);
  CHECK_THAT(Verdict("(func (param (ref func)))", mvp_references), Contains("function-references"));
  mvp_references.Set(Feature::kReferenceTypes, false);
  CHECK_THAT(Verdict("(func (param externref))", mvp_references), Contains("reference-types"));
  CHECK_THAT(Verdict("(table 1 funcref) (table 1 funcref)", mvp_references), Contains("reference-types"));
  CHECK(Verdict("(table 1 funcref) (func $f) (elem (i32.const 0) $f)", mvp_references) == "");
  Features no_tags = Without(Feature::kExceptions);
  no_tags.Set(Feature::kLegacyExceptions, false);
  CHECK_THAT(Verdict("(tag)", no_tags), Contains("exceptions"));
}

}  // namespace
}  // namespace cvm
