// Layout of objects: offsets, what subtypes share, what the collector follows.
#include "vm/types/type_info.hpp"

#include <catch2/catch.hpp>

#include "vm/types/canonical.hpp"

namespace cvm {
namespace {

FieldType Field(ValType type, PackedKind packed = PackedKind::kNone) { return {type, packed, true}; }

SubType Struct(std::vector<FieldType> fields) {
  SubType type;
  type.kind = CompositeKind::kStruct;
  type.final_ = false;
  type.fields = std::move(fields);
  return type;
}

const ValType kAnyRef = ValType::Ref(HeapType::Abstract(HeapKind::kAny), true);

TEST_CASE("fields lie in order at their natural alignment") {
  ObjectLayout layout;
  layout.Set(
      Struct({Field(ValType::I32(), PackedKind::kI8), Field(ValType::I32(), PackedKind::kI16), Field(ValType::F32()),
              Field(ValType::I32(), PackedKind::kI8), Field(kAnyRef), Field(ValType::V128()), Field(ValType::I32())}),
      0, nullptr);
  CHECK(layout.field_offsets == std::vector<uint32_t>{8, 10, 12, 16, 24, 32, 48});
  CHECK(layout.info.size == 56);
  CHECK(layout.ref_offsets == std::vector<uint32_t>{24});
  CHECK(layout.slot_offsets == std::vector<uint32_t>{8, 10, 12, 16, 24, 32, 40, 48});
  CHECK(layout.info.whole_slots == 8);
  CHECK(layout.info.tail_count == 0);
}

TEST_CASE("no field is written beyond the object's end") {
  for (size_t bytes = 0; bytes <= 20; ++bytes) {
    ObjectLayout layout;
    layout.Set(Struct(std::vector<FieldType>(bytes, Field(ValType::I32(), PackedKind::kI8))), 0, nullptr);
    CHECK(layout.info.size == 8 + (bytes + 7) / 8 * 8);
    for (uint32_t i = 0; i < layout.info.whole_slots; ++i) CHECK(layout.slot_offsets[i] + 8 <= layout.info.size);
    for (const TailField& field : layout.tail) CHECK(field.offset + field.bytes <= layout.info.size);
    CHECK(layout.info.whole_slots + layout.tail.size() == bytes);
  }
}

TEST_CASE("a subtype begins as its supertype does; displays name all supertypes") {
  CanonicalTypes types;
  SubType base = Struct({Field(ValType::I32()), Field(kAnyRef)});
  SubType sub = Struct({Field(ValType::I32()), Field(kAnyRef), Field(ValType::I64())});
  sub.supertypes = {TypeIndex(0)};
  SubType other = Struct({Field(ValType::I64())});
  const auto ids = types.Intern({base, sub, other}, {{0, 1}, {1, 1}, {2, 1}});
  REQUIRE(ids.ok());
  const TypeInfo* b = types.InfoOf((*ids)[0]);
  const TypeInfo* s = types.InfoOf((*ids)[1]);
  const TypeInfo* o = types.InfoOf((*ids)[2]);
  CHECK(s->field_offsets[0] == b->field_offsets[0]);
  CHECK(s->field_offsets[1] == b->field_offsets[1]);
  CHECK(s->IsSubtypeOf(b));
  CHECK(s->IsSubtypeOf(s));
  CHECK_FALSE(b->IsSubtypeOf(s));
  CHECK_FALSE(o->IsSubtypeOf(b));
}

TEST_CASE("elements of arrays; large structures do not lie in blocks") {
  const auto log2_of = [](const FieldType& field) {
    SubType type;
    type.kind = CompositeKind::kArray;
    type.fields = {field};
    ObjectLayout layout;
    layout.Set(type, 0, nullptr);
    CHECK(layout.info.element_is_ref == field.type.is_ref());
    return layout.info.element_log2;
  };
  CHECK(log2_of(Field(ValType::I32(), PackedKind::kI8)) == 0);
  CHECK(log2_of(Field(ValType::I32(), PackedKind::kI16)) == 1);
  CHECK(log2_of(Field(ValType::F32())) == 2);
  CHECK(log2_of(Field(kAnyRef)) == 3);
  CHECK(log2_of(Field(ValType::V128())) == 4);
  for (const uint64_t fields : {uint64_t{1023}, uint64_t{1024}}) {
    ObjectLayout layout;
    layout.Set(Struct(std::vector<FieldType>(fields, Field(ValType::I64()))), 0, nullptr);
    CHECK((layout.info.bump_bytes == UINT64_MAX) == (8 + fields * 8 > kLargeObjectBytes));
  }
}

}  // namespace
}  // namespace cvm
