// What the decoder makes of well-formed modules, and of those that are not.
#include "vm/binary/decode.hpp"

#include <catch2/catch.hpp>

#include "test/vm/binary/build.hpp"
#include "vm/binary/encode.hpp"
#include "vm/text/parse.hpp"

namespace cvm {
namespace {

using testing::AddSection;
using testing::Decode;
using testing::Entries;
using testing::ErrorOf;
using testing::Header;
using testing::OneSection;
using testing::Raw;

Raw Encode(std::string_view text) {
  auto module = ParseModule(text, Features::All());
  INFO(text);
  if (!module.ok()) FAIL(module.error().ToString());
  return EncodeModule(**module);
}

std::shared_ptr<ModuleData> DecodeText(std::string_view text) { return Decode(Encode(text)).value(); }

TEST_CASE("sections become the module's lists") {
  const auto m = DecodeText(R"((module $m
    (type $f (func (param i32) (result i64)))
    (rec (type $s (sub (struct (field (mut i8)) (field (ref null $a))))) (type $a (array (mut f32))))
    (import "env" "f" (func $imported (type $f)))
    (import "env" "t" (table 1 2 externref))
    (table $t i64 10 (ref func) (ref.func $imported))
    (memory $mem i64 1 2)
    (memory 1 1 shared (pagesize 1))
    (tag $e (param i32))
    (global $g (mut i32) (i32.const 7))
    (export "run" (func $run))
    (start $start)
    (func $run (type $f) (local i32 i32 f64) (i64.const 1))
    (func $start)
    (elem (table $t) (i64.const 1) func $run $run)
    (elem $passive (ref null func) (ref.null func) (item ref.func $run))
    (elem declare func $start)
    (data $d (memory $mem) (i64.const 0) "abc")
    (data "xyz"))
  )");
  REQUIRE(m->types.size() == 5);
  CHECK(m->rec_groups.size() == 4);
  CHECK(m->rec_groups[1].count == 2);
  CHECK(m->types[1].kind == CompositeKind::kStruct);
  CHECK_FALSE(m->types[1].final_);
  CHECK(m->types[1].fields[0].packed == PackedKind::kI8);
  CHECK(m->types[1].fields[0].mutable_);
  CHECK(m->types[1].fields[1].type == ValType::Ref(HeapType::Concrete(TypeIndex(2)), true));
  CHECK(m->types[2].kind == CompositeKind::kArray);
  REQUIRE(m->imports.size() == 2);
  CHECK(m->imports[0].module == "env");
  CHECK(m->imports[1].kind() == ExternKind::kTable);
  CHECK(m->func_types.size() == 3);
  CHECK(m->imported_funcs == 1);
  REQUIRE(m->tables.size() == 1);
  CHECK(m->tables[0].init.has_value());
  CHECK(m->tables[0].type.limits.addr == AddrKind::kI64);
  REQUIRE(m->memories.size() == 2);
  CHECK(m->memories[1].limits.shared);
  CHECK(m->memories[1].page_size_log2 == 0);
  CHECK(m->tags.size() == 1);
  CHECK(m->globals[0].type.mutable_);
  CHECK(m->exports[0].name == "run");
  CHECK(m->start == FuncIndex(2));
  REQUIRE(m->functions.size() == 2);
  CHECK(m->functions[0].local_count == 3);
  REQUIRE(m->functions[0].locals.size() == 2);
  CHECK(m->functions[0].locals[0].count == 2);
  REQUIRE(m->elements.size() == 3);
  CHECK(m->elements[0].mode == SegmentMode::kActive);
  CHECK(m->elements[0].table == TableIndex(1));
  CHECK(m->elements[1].mode == SegmentMode::kPassive);
  CHECK(std::get<std::vector<Expr>>(m->elements[1].items).size() == 2);
  CHECK(m->elements[2].mode == SegmentMode::kDeclarative);
  CHECK(m->data_count == 2u);
  CHECK(m->data[0].bytes.size() == 3);
  CHECK(m->data[1].mode == SegmentMode::kPassive);
  CHECK(m->names.module == "m");
  CHECK(m->names.funcs.Find(1) == "run");
  CHECK(m->names.funcs.Find(0) == "imported");
  CHECK(m->names.funcs.Find(9).empty());
}

TEST_CASE("offsets of bodies are those of the file, also inside a larger one") {
  const Raw module = Encode("(module (func (i32.const 1) (drop)))");
  Raw file = {1, 2, 3, 4, 5};
  file.insert(file.end(), module.begin(), module.end());
  file.push_back(9);
  const auto bytes = std::make_shared<const Raw>(file);
  const auto m = DecodeModuleAt(bytes, 5, module.size(), Features()).value();
  const Expr& body = m->functions[0].body;
  CHECK(body.bytes.data() == bytes->data() + body.offset);
  CHECK(body.bytes.back() == 0x0b);
  // Errors too.
  Raw broken = file;
  broken[5 + 8] = 0x7f;  // the id of the first section
  auto error = DecodeModuleAt(std::make_shared<const Raw>(broken), 5, module.size(), Features()).error();
  CHECK(error.offset() == 13);
  CHECK(error.kind() == ErrorKind::kMalformed);
}

TEST_CASE("DEC-03 sections must be consumed exactly, in order, once") {
  CHECK(ErrorOf(Raw{}) == "unexpected end of section or function");
  CHECK(ErrorOf(Raw{0, 'a', 's', 'm', 2, 0, 0, 0}) == "unknown binary version");
  CHECK(ErrorOf(Raw{0, 'a', 's', 'n', 1, 0, 0, 0}) == "magic header not detected");
  Writer one_type = Entries(1, {0x60, 0, 0});
  Writer longer = one_type;
  longer.U8(0);
  CHECK(ErrorOf(OneSection(1, one_type)).empty());
  CHECK(ErrorOf(OneSection(1, longer)) == "section size mismatch");
  Writer twice = Header();
  AddSection(twice, 1, one_type);
  AddSection(twice, 1, one_type);
  CHECK(ErrorOf(twice.Take()) == "unexpected content after last section");
  Writer unordered = Header();
  AddSection(unordered, 2, Entries(0, {}));
  AddSection(unordered, 1, one_type);
  CHECK(ErrorOf(unordered.Take()) == "unexpected content after last section");
  Writer too_long = Header();
  too_long.U8(1);
  too_long.U8(100);
  too_long.Raw(one_type.bytes());
  CHECK(ErrorOf(too_long.Take()) == "length out of bounds");
}

TEST_CASE("DEC-06 data count") {
  Writer out = Header();
  AddSection(out, 12, Entries(2, {}));
  AddSection(out, 11, Entries(1, {1, 0}));
  CHECK(ErrorOf(out.Take()) == "data count and data section have inconsistent lengths");
  CHECK(ErrorOf(OneSection(12, Entries(1, {}))) == "data count and data section have inconsistent lengths");
  CHECK(ErrorOf(OneSection(12, Entries(0, {}))).empty());
}

TEST_CASE("functions and bodies must agree") {
  const Writer types = Entries(1, {0x60, 0, 0});
  Writer no_code = Header();
  AddSection(no_code, 1, types);
  AddSection(no_code, 3, Entries(1, {0}));
  CHECK(ErrorOf(no_code.Take()) == "function and code section have inconsistent lengths");
  CHECK(ErrorOf(OneSection(10, Entries(1, {2, 0, 0x0b}))) == "function and code section have inconsistent lengths");
  CHECK(ErrorOf(OneSection(10, Entries(0, {}))).empty());
}

TEST_CASE("sections of proposals that are off do not exist") {
  LoadLimits limits;
  Features none;
  for (const Feature feature : {Feature::kExceptions, Feature::kLegacyExceptions, Feature::kThreads, Feature::kGc,
                                Feature::kCustomDescriptors}) {
    none.Set(feature, false);
  }
  CHECK(ErrorOf(OneSection(13, Entries(0, {})), limits, none) == "malformed section id");
  none.Set(Feature::kBulkMemory, false);
  CHECK(ErrorOf(OneSection(12, Entries(0, {})), limits, none) == "malformed section id");
  CHECK(ErrorOf(OneSection(5, Entries(1, {3, 1, 1})), limits, none) == "malformed limits flags");
  CHECK(ErrorOf(OneSection(1, Entries(1, {0x5f, 0})), limits, none) == "gc support is not enabled");
}

TEST_CASE("a broken name section is passed over") {
  Writer names;
  names.Name("name");
  names.U8(1);
  names.U8(200);  // longer than there are bytes
  const auto m = Decode(OneSection(0, names)).value();
  CHECK(m->customs.size() == 1);
  CHECK(m->customs[0].name == "name");
  CHECK(m->names.funcs.entries.empty());
}

TEST_CASE("names out of order are found all the same") {
  Writer map;
  map.U32(2);
  map.U32(7), map.Name("seven");
  map.U32(3), map.Name("three");
  Writer names;
  names.Name("name");
  AddSection(names, 1, map);
  const auto m = Decode(OneSection(0, names)).value();
  CHECK(m->names.funcs.Find(3) == "three");
  CHECK(m->names.funcs.Find(7) == "seven");
}

TEST_CASE("branch hints are read and written") {
  const std::string_view text = R"((module (func (param i32) (local i64)
      (@metadata.code.branch_hint "\01") (if (local.get 0) (then))
      (block (@metadata.code.branch_hint "\00") (br_if 0 (local.get 0))))))";
  const auto m = DecodeText(text);
  REQUIRE(m->branch_hints.size() == 2);
  CHECK(m->branch_hints[0].likely);
  CHECK_FALSE(m->branch_hints[1].likely);
  // Offsets count from the local declarations: three bytes of them, then local.get 0.
  CHECK(m->branch_hints[0].offset == 3 + 2);
  const Expr& body = m->functions[0].body;
  CHECK(body.bytes[m->branch_hints[0].offset - 3] == 0x04);
  CHECK(body.bytes[m->branch_hints[1].offset - 3] == 0x0d);
}

TEST_CASE("an expression ends where its blocks do") {
  const Raw bytes = {0x02, 0x40, 0x0b, 0x41, 0x00, 0x0b, 0xff};
  Reader in(bytes, 50);
  const Expr expr = ReadExpr(in, Features()).value();
  CHECK(expr.bytes.size() == 6);
  CHECK(expr.offset == 50);
  CHECK(in.offset() == 56);
  Reader open(Bytes(bytes).first(5));
  CHECK_FALSE(ReadExpr(open, Features()).ok());
}

}  // namespace
}  // namespace cvm
