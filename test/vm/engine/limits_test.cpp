// The limits of loading a module, through the public API: each by its key, at the limit and one past it, in the binary
// and in the text format. The rows for components are in test/component/host/limits_test.cpp.
#include <algorithm>
#include <array>
#include <functional>

#include "test/vm/binary/build.hpp"
#include "test/vm/engine/security.hpp"

namespace cvm {
namespace {

using testing::AddSection;
using testing::Entries;
using testing::Header;
using testing::OneSection;
using testing::Raw;

// --- modules of n things, valid but for the number

Raw Join(std::initializer_list<Raw> parts) {
  Raw out;
  for (const Raw& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Raw Leb(uint64_t n) {
  Writer out;
  out.U64(n);
  return out.Take();
}

// A name of its own for each number, always as long.
std::string NameOf(uint64_t n) {
  std::string digits = std::to_string(n);
  return std::string(8 - digits.size(), '0') + digits;
}

// Section 1 with one type; then others.
Writer WithType(const Raw& type = {0x60, 0, 0}) {
  Writer out = Header();
  AddSection(out, 1, Entries(1, type));
  return out;
}

// `functions` of type [] -> [] with the same body.
void AddFunctions(Writer& out, uint64_t functions, const Raw& body) {
  AddSection(out, 3, Entries(functions, {0}));
  AddSection(out, 10, Entries(functions, Join({Leb(body.size()), body})));
}

Raw WithBody(const Raw& body, const Raw& type = {0x60, 0, 0}) {
  Writer out = WithType(type);
  AddFunctions(out, 1, body);
  return out.Take();
}

Raw Functions(uint64_t n) {
  Writer out = WithType();
  AddFunctions(out, n, {0, 0x0b});
  return out.Take();
}

Raw Repeated(const Raw& part, uint64_t n) {
  Raw out;
  for (uint64_t i = 0; i < n; ++i) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Raw Group(uint64_t n) {
  Writer types;
  types.U32(1);
  types.U8(0x4e);
  types.Raw(Entries(n, {0x60, 0, 0}).bytes());
  return OneSection(1, types);
}

// A type with n supertypes: n + 1 structures, each below the one before.
Raw Subtypes(uint64_t n) {
  Writer types;
  types.U64(n + 1);
  types.Raw(Raw{0x50, 0, 0x5f, 0});
  for (uint64_t i = 0; i < n; ++i) types.Raw(Join({{0x50, 1}, Leb(i), {0x5f, 0}}));
  return OneSection(1, types);
}

std::string SubtypesText(uint64_t n) {
  std::string text = "(type (sub (struct)))";
  for (uint64_t i = 0; i < n; ++i) text += "(type (sub " + std::to_string(i) + " (struct)))";
  return text;
}

Raw Exports(uint64_t n) {
  Writer exports;
  exports.U64(n);
  for (uint64_t i = 0; i < n; ++i) {
    exports.Name(NameOf(i));
    exports.Raw(Raw{3, 0});
  }
  Writer out = Header();
  AddSection(out, 6, Entries(1, {0x7f, 0, 0x41, 0, 0x0b}));
  AddSection(out, 7, exports);
  return out.Take();
}

std::string ExportsText(uint64_t n) {
  std::string text = "(global i32 (i32.const 0))";
  for (uint64_t i = 0; i < n; ++i) text += "(export \"" + NameOf(i) + "\" (global 0))";
  return text;
}

Raw ElementSegments(uint64_t n) {
  return OneSection(9, Entries(n, {5, 0x70, 0}));  // passive, of expressions, empty
}

Raw ElementEntries(uint64_t n) {
  Writer segment;
  segment.U32(1);
  segment.Raw(Raw{1, 0});  // passive, functions
  segment.Raw(Entries(n, {0}).bytes());
  Writer out = WithType();
  AddSection(out, 3, Entries(1, {0}));
  AddSection(out, 9, segment);
  AddSection(out, 10, Entries(1, {2, 0, 0x0b}));
  return out.Take();
}

// A function of n bytes, its locals included: an empty list of them, nops and the end.
Raw FunctionOfSize(uint64_t n) { return WithBody(Join({{0}, Repeated({0x01}, n - 2), {0x0b}})); }

// A parameter and n - 1 locals in two runs.
Raw Locals(uint64_t n) { return WithBody(Join({{2}, Leb(n - 2), {0x7f, 1, 0x7e, 0x0b}}), {0x60, 1, 0x7f, 0}); }

Raw Operands(uint64_t n) { return WithBody(Join({{0}, Repeated({0x41, 0}, n), {0x00, 0x0b}})); }

Raw FixedArray(uint64_t n) {
  Writer out = Header();
  AddSection(out, 1, [] {
    Writer types;
    types.Raw(Raw{2, 0x60, 0, 0, 0x5e, 0x78, 0});
    return types;
  }());
  AddFunctions(out, 1, Join({{0}, Repeated({0x41, 0}, n), {0xfb, 0x08, 1}, Leb(n), {0x1a, 0x0b}}));
  return out.Take();
}

Raw ImportName(uint64_t n) {
  Writer import;
  import.U32(1);
  import.Name(std::string(n, 'n'));
  import.Name("");
  import.Raw(Raw{3, 0x7f, 0});
  return OneSection(2, import);
}

// A module of n bytes, most of them of a custom section without a name.
Raw ModuleOfSize(uint64_t n) {
  const uint64_t size = n - 8 - 1 - 5;  // the size itself written with five bytes
  Writer out = Header();
  out.U8(0);
  for (int shift = 0; shift < 35; shift += 7) {
    out.U8(static_cast<uint8_t>((size >> shift & 0x7f) | (shift < 28 ? 0x80 : 0)));
  }
  Raw bytes = out.Take();
  bytes.resize(n);
  return bytes;
}

// n / 10 bodies of ten bytes: too many for their size if a mean of eleven is asked for.
Raw SmallBodies(uint64_t mean) {
  Writer out = WithType();
  AddFunctions(out, 200, Join({{0}, Repeated({0x01}, mean - 1), {0x0b}}));
  return out.Take();
}

struct Row {
  const char* key;
  uint64_t small;   // what the limit is set to
  bool at_default;  // cheap enough to be tried at its default as well
  Raw (*binary)(uint64_t n);
  std::string (*text)(uint64_t n);  // the fields of a module
};

std::string Many(const char* field, uint64_t n) { return Repeat(field, n); }

const auto kRows = std::to_array<Row>({
    {"max-module-size", 100, true, ModuleOfSize, [](uint64_t n) { return std::string(n, ' '); }},
    {"max-types", 20, false, [](uint64_t n) { return OneSection(1, Entries(n, {0x60, 0, 0})); },
     [](uint64_t n) { return Many("(type (func))", n); }},
    {"max-rec-groups", 20, false, [](uint64_t n) { return OneSection(1, Entries(n, {0x60, 0, 0})); },
     [](uint64_t n) { return Many("(type (func))", n); }},
    {"max-rec-group-types", 20, false, Group, [](uint64_t n) { return "(rec " + Many("(type (func))", n) + ")"; }},
    {"max-subtype-depth", 20, true, Subtypes, SubtypesText},
    {"max-struct-fields", 20, true,
     [](uint64_t n) { return OneSection(1, Entries(1, Join({{0x5f}, Leb(n), Repeated({0x78, 0}, n)}))); },
     [](uint64_t n) { return "(type (struct (field" + Many(" i8", n) + ")))"; }},
    {"max-params", 20, true,
     [](uint64_t n) { return OneSection(1, Entries(1, Join({{0x60}, Leb(n), Repeated({0x7f}, n), {0}}))); },
     [](uint64_t n) { return "(func unreachable (block (param" + Many(" i32", n) + ") unreachable))"; }},
    {"max-results", 20, true,
     [](uint64_t n) { return OneSection(1, Entries(1, Join({{0x60, 0}, Leb(n), Repeated({0x7f}, n)}))); },
     [](uint64_t n) { return "(func (block (result" + Many(" i32", n) + ") unreachable) unreachable)"; }},
    {"max-functions", 20, false, Functions, [](uint64_t n) { return Many("(func)", n); }},
    {"max-imports", 20, false, [](uint64_t n) { return OneSection(2, Entries(n, {0, 0, 3, 0x7f, 0})); },
     [](uint64_t n) { return Many("(import \"\" \"\" (global i32))", n); }},
    {"max-exports", 20, false, Exports, ExportsText},
    {"max-globals", 20, false, [](uint64_t n) { return OneSection(6, Entries(n, {0x7f, 0, 0x41, 0, 0x0b})); },
     [](uint64_t n) { return "(import \"\" \"\" (global i32))" + Many("(global i32 (i32.const 0))", n - 1); }},
    {"max-tags", 20, false,
     [](uint64_t n) {
       Writer out = WithType();
       AddSection(out, 13, Entries(n, {0, 0}));
       return out.Take();
     },
     [](uint64_t n) { return Many("(tag)", n); }},
    {"max-tables-per-module", 20, true, [](uint64_t n) { return OneSection(4, Entries(n, {0x70, 0, 0})); },
     [](uint64_t n) { return "(import \"\" \"\" (table 0 funcref))" + Many("(table 0 funcref)", n - 1); }},
    {"max-memories-per-module", 20, true, [](uint64_t n) { return OneSection(5, Entries(n, {0, 0})); },
     [](uint64_t n) { return "(import \"\" \"\" (memory 0))" + Many("(memory 0)", n - 1); }},
    {"max-data-segments", 20, true, [](uint64_t n) { return OneSection(11, Entries(n, {1, 0})); },
     [](uint64_t n) { return Many("(data)", n); }},
    {"max-element-segments", 20, true, ElementSegments, [](uint64_t n) { return Many("(elem funcref)", n); }},
    {"max-element-entries", 20, true, ElementEntries,
     [](uint64_t n) { return "(func $f) (elem func" + Many(" $f", n) + ")"; }},
    {"max-function-size", 20, true, FunctionOfSize, [](uint64_t n) { return "(func" + Many(" nop", n - 2) + ")"; }},
    {"max-locals", 20, true, Locals,
     [](uint64_t n) { return "(func (param i32) (local" + Many(" i64", n - 1) + "))"; }},
    {"max-operands", 20, true, Operands,
     [](uint64_t n) { return "(func" + Many(" i32.const 0", n) + " unreachable)"; }},
    {"max-array-new-fixed", 20, true, FixedArray,
     [](uint64_t n) {
       return "(type $a (array i8)) (func" + Many(" i32.const 0", n) + " array.new_fixed $a " + std::to_string(n) +
              " drop)";
     }},
    {"max-name-size", 20, true, ImportName,
     [](uint64_t n) { return "(memory 0) (export \"" + std::string(n, 'n') + "\" (memory 0))"; }},
});

Engine With(const char* key, uint64_t limit) {
  Config config;
  config.SetLimit(key, limit).value();
  return Engine::Create(config).value();
}

// An error of kind kLimit that names the limit, its value and its key.
void CheckReached(const Result<Module>& module, const std::string& key, uint64_t limit) {
  REQUIRE_FALSE(module.ok());
  const Error& error = module.error();
  INFO(error.ToString());
  CHECK(error.kind() == ErrorKind::kLimit);
  CHECK_THAT(error.message(),
             Catch::Matchers::EndsWith(", the limit is " + std::to_string(limit) + " (-W " + key + ")"));
}

void CheckLoads(const Result<Module>& module) {
  if (!module.ok()) FAIL_CHECK(module.error().ToString());
}

const LimitInfo& InfoOf(std::string_view key) { return *std::ranges::find(Config::LimitList(), key, &LimitInfo::key); }

TEST_CASE("limits of loading, set: at the limit and one past it") {
  for (const Row& row : kRows) {
    DYNAMIC_SECTION(row.key) {
      const Engine engine = With(row.key, row.small);
      CheckLoads(Module::Load(engine, row.binary(row.small)));
      CheckReached(Module::Load(engine, row.binary(row.small + 1)), row.key, row.small);
      CheckLoads(Module::Parse(engine, row.text(row.small)));
      CheckReached(Module::Parse(engine, row.text(row.small + 1)), row.key, row.small);
      // The text alone is held to it too, where nothing is validated; but for what the walk over a body finds.
      if (std::string_view(row.key) == "max-operands" || std::string_view(row.key) == "max-array-new-fixed") return;
      CHECK(TextToBinary(engine, row.text(row.small)).ok());
      CHECK(TextToBinary(engine, row.text(row.small + 1)).error().kind() == ErrorKind::kLimit);
    }
  }
}

TEST_CASE("limits of loading, defaults: at the limit and one past it") {
  const Engine engine;
  for (const Row& row : kRows) {
    if (!row.at_default) continue;  // test/vm/binary/limits_test.cpp has them all for the decoder alone
    DYNAMIC_SECTION(row.key) {
      const uint64_t limit = InfoOf(row.key).standard;
      CheckLoads(Module::Load(engine, row.binary(limit)));
      CheckReached(Module::Load(engine, row.binary(limit + 1)), row.key, limit);
    }
  }
}

TEST_CASE("min-mean-function-size: at the limit and one below it") {
  const Engine engine = With("min-mean-function-size", 10);
  CheckLoads(Module::Load(engine, SmallBodies(10)));
  CheckReached(Module::Load(engine, SmallBodies(9)), "min-mean-function-size", 10);
  CheckLoads(Module::Load(engine, Functions(100)));  // less than 1000 bytes in all
  CheckLoads(Module::Load(Engine(), SmallBodies(1)));
}

TEST_CASE("br_table: its targets are bounded by max-function-size") {
  const auto targets = [](uint64_t n) {
    // no locals, i32.const 0, br_table with n targets and the default, end; n is written with one byte
    return WithBody(Join({{0, 0x41, 0, 0x0e}, Leb(n), Repeated({0}, n + 1), {0x0b}}));
  };
  const Engine engine = With("max-function-size", 106);
  CheckLoads(Module::Load(engine, targets(99)));
  CheckReached(Module::Load(engine, targets(100)), "max-function-size", 106);
  const auto text = [](uint64_t n) { return "(func i32.const 0 br_table" + Many(" 0", n + 1) + ")"; };
  CheckLoads(Module::Parse(engine, text(99)));
  CheckReached(Module::Parse(engine, text(100)), "max-function-size", 106);
  // More than there are bytes for.
  const Raw lie = WithBody({0, 0x41, 0, 0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x0b});
  CHECK(Module::Load(Engine(), lie).error().kind() == ErrorKind::kMalformed);
}

TEST_CASE("limits count what is imported as well") {
  const Engine engine = With("max-functions", 3);
  const std::string imports = "(import \"\" \"\" (func)) (import \"\" \"\" (func))";
  CheckLoads(Module::Parse(engine, imports + "(func)"));
  CheckReached(Module::Parse(engine, imports + "(func) (func)"), "max-functions", 3);
  const std::vector<uint8_t> binary = TextToBinary(Engine(), imports + "(func) (func)").value();
  CheckReached(Module::Load(engine, binary), "max-functions", 3);
}

TEST_CASE("an error of the text says where") {
  const Engine engine = With("max-globals", 1);
  const auto module = Module::Parse(engine, "(module\n  (global i32 (i32.const 0))\n  (global $b i32 (i32.const 0)))");
  CHECK(module.error().ToString() == "too many globals: 2, the limit is 1 (-W max-globals) (line 3, column 11)");
}

TEST_CASE("every limit of loading has its rows in a test") {
  for (const LimitInfo& limit : Config::LimitList()) {
    if (limit.key == "max-component-size") break;  // from here on they are of components
    if (limit.key == "min-mean-function-size") continue;
    INFO(limit.key);
    CHECK(std::ranges::count(kRows, limit.key, &Row::key) == 1);
  }
}

TEST_CASE("limits are set by key, up to what is possible") {
  Config config;
  for (const LimitInfo& limit : Config::LimitList()) {
    INFO(limit.key);
    CHECK(config.SetLimit(limit.key, limit.most).ok());
    CHECK(config.SetLimit(limit.key, 0).ok());
    const auto past = config.SetLimit(limit.key, limit.most + 1);
    CHECK(past.error().kind() == ErrorKind::kUsage);
    CHECK(past.error().message() == std::string(limit.key) + " can be at most " + std::to_string(limit.most));
  }
  CHECK(config.SetLimit("max-nonsense", 1).error().message() == "unknown limit `max-nonsense`");
  // With nothing allowed nothing loads, and nothing else happens.
  CHECK(Module::Parse(Engine::Create(config).value(), "(module)").error().kind() == ErrorKind::kLimit);
}

TEST_CASE("strict limits: at the limit and one past it") {
  Config config;
  config.UseStrictLimits();
  const Engine engine = Engine::Create(config).value();
  for (const Row& row : kRows) {
    const LimitInfo& info = InfoOf(row.key);
    if (info.strict == info.standard || info.key == "max-functions") continue;
    DYNAMIC_SECTION(row.key) {
      CheckLoads(Module::Load(engine, row.binary(info.strict)));
      CheckReached(Module::Load(engine, row.binary(info.strict + 1)), row.key, info.strict);
    }
  }
  // Ten thousand functions of no less than forty bytes each.
  const auto functions = [](uint64_t n, uint64_t size) {
    Writer out = WithType();
    AddFunctions(out, n, Join({{0}, Repeated({0x01}, size - 1), {0x0b}}));
    return out.Take();
  };
  CheckLoads(Module::Load(engine, functions(10'000, 40)));
  CheckReached(Module::Load(engine, functions(10'001, 40)), "max-functions", 10'000);
  CheckReached(Module::Load(engine, functions(10'000, 39)), "min-mean-function-size", 40);
}

TEST_CASE("a file is read no further than the limit") {
  Config config;
  config.SetLimit("max-module-size", 1 << 20).value();
  const auto module = Module::LoadFile(Engine::Create(config).value(), "/dev/zero");
  REQUIRE_FALSE(module.ok());
  CHECK(module.error().kind() == ErrorKind::kLimit);
}

}  // namespace
}  // namespace cvm
