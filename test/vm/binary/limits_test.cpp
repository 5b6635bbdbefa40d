// Every limit of LoadLimits that the decoder checks: at the limit a module is decoded, one past it is refused with an error of kind kLimit.
#include <catch2/catch.hpp>

#include "test/vm/binary/build.hpp"

namespace cvm {
namespace {

using testing::AddSection;
using testing::Decode;
using testing::Entries;
using testing::Header;
using testing::OneSection;
using testing::Raw;

struct Row {
  const char* what;
  LoadLimit limit;
  Raw (*module)(uint32_t count);
};

Raw WithBodies(uint32_t functions, const Raw& body) {
  Writer out = Header();
  AddSection(out, 1, Entries(1, {0x60, 0, 0}));
  AddSection(out, 3, Entries(functions, {0}));
  AddSection(out, 10, Entries(functions, body));
  return out.Take();
}

Raw FuncType(uint32_t params, uint32_t results) {
  Writer type;
  type.U32(1);
  type.U8(0x60);
  type.Raw(Entries(params, {0x7f}).bytes());
  type.Raw(Entries(results, {0x7f}).bytes());
  return OneSection(1, type);
}

// A function with one parameter and locals in runs, count + 1 slots together.
Raw Locals(uint32_t count) {
  Writer body;
  body.U32(2);
  body.U32(count - 2), body.U8(0x7f);
  body.U32(1), body.U8(0x7e);
  body.U8(0x0b);
  Writer code;
  code.U32(1);
  code.U64(body.size());
  code.Raw(body.bytes());
  Writer out = Header();
  AddSection(out, 1, Entries(1, {0x60, 1, 0x7f, 0}));
  AddSection(out, 3, Entries(1, {0}));
  AddSection(out, 10, code);
  return out.Take();
}

Raw Body(uint32_t size) {
  Raw body(size, 0x01);  // nop
  body.front() = 0;      // no locals
  body.back() = 0x0b;
  Writer code;
  code.U32(1);
  code.U32(size);
  code.Raw(body);
  Writer out = Header();
  AddSection(out, 1, Entries(1, {0x60, 0, 0}));
  AddSection(out, 3, Entries(1, {0}));
  AddSection(out, 10, code);
  return out.Take();
}

Raw Import(uint32_t name_bytes) {
  Writer import;
  import.U32(1);
  import.Name(std::string(name_bytes, 'n'));
  import.Name("");
  import.Raw(Raw{3, 0x7f, 0});
  return OneSection(2, import);
}

Raw RecGroup(uint32_t count) {
  Writer types;
  types.U32(1);
  types.U8(0x4e);
  types.Raw(Entries(count, {0x5f, 0}).bytes());
  return OneSection(1, types);
}

Raw Struct(uint32_t fields) {
  Writer types;
  types.U32(1);
  types.U8(0x5f);
  types.Raw(Entries(fields, {0x78, 0}).bytes());
  return OneSection(1, types);
}

Raw Elements(uint32_t count) {
  Writer section;
  section.U32(1);
  section.U8(1);  // passive
  section.U8(0);  // func
  section.Raw(Entries(count, {0}).bytes());
  return OneSection(9, section);
}

const Row kRows[] = {
    {"types", &LoadLimits::types, RecGroup},
    {"rec groups", &LoadLimits::rec_groups, [](uint32_t n) { return OneSection(1, Entries(n, {0x4e, 0})); }},
    {"types of a group", &LoadLimits::rec_group_types, RecGroup},
    {"functions", &LoadLimits::functions, [](uint32_t n) { return WithBodies(n, {2, 0, 0x0b}); }},
    {"imports", &LoadLimits::imports, [](uint32_t n) { return OneSection(2, Entries(n, {0, 0, 3, 0x7f, 0})); }},
    {"exports", &LoadLimits::exports, [](uint32_t n) { return OneSection(7, Entries(n, {0, 0, 0})); }},
    {"globals", &LoadLimits::globals, [](uint32_t n) { return OneSection(6, Entries(n, {0x7f, 0, 0x0b})); }},
    {"tags", &LoadLimits::tags, [](uint32_t n) { return OneSection(13, Entries(n, {0, 0})); }},
    {"tables", &LoadLimits::tables, [](uint32_t n) { return OneSection(4, Entries(n, {0x70, 0, 0})); }},
    {"memories", &LoadLimits::memories, [](uint32_t n) { return OneSection(5, Entries(n, {0, 0})); }},
    {"data segments", &LoadLimits::data_segments, [](uint32_t n) { return OneSection(11, Entries(n, {1, 0})); }},
    {"element segments", &LoadLimits::element_segments,
     [](uint32_t n) { return OneSection(9, Entries(n, {1, 0, 0})); }},
    {"element entries", &LoadLimits::element_entries, Elements},
    {"parameters", &LoadLimits::params, [](uint32_t n) { return FuncType(n, 0); }},
    {"results", &LoadLimits::results, [](uint32_t n) { return FuncType(0, n); }},
    {"struct fields", &LoadLimits::struct_fields, Struct},
    {"function bytes", &LoadLimits::function_bytes, Body},
    {"locals", &LoadLimits::locals, Locals},
    {"name bytes", &LoadLimits::name_bytes, Import},
};

void CheckAtAndPast(const Row& row, const LoadLimits& limits) {
  const auto limit = static_cast<uint32_t>(limits.*row.limit);
  INFO(row.what << " " << limit);
  const auto at = Decode(row.module(limit), limits);
  if (!at.ok()) FAIL_CHECK(at.error().ToString());
  const auto past = Decode(row.module(limit + 1), limits);
  REQUIRE_FALSE(past.ok());
  CHECK(past.error().kind() == ErrorKind::kLimit);
  CHECK(past.error().offset().has_value());
}

TEST_CASE("limits hold at their defaults") {
  for (const Row& row : kRows) CheckAtAndPast(row, LoadLimits());
}

TEST_CASE("limits hold where an embedder sets them") {
  for (const Row& row : kRows) {
    LoadLimits limits;
    limits.*row.limit = 20;
    CheckAtAndPast(row, limits);
  }
}

TEST_CASE("the size of a module is limited") {
  LoadLimits limits;
  const Raw module = OneSection(1, Entries(1, {0x60, 0, 0}));
  limits.module_bytes = module.size();
  CHECK(Decode(module, limits).ok());
  limits.module_bytes = module.size() - 1;
  CHECK(Decode(module, limits).error().kind() == ErrorKind::kLimit);
}

}  // namespace
}  // namespace cvm
