// Interning of rec groups: equality after rolling up, displays, limits, threads.
#include "vm/types/canonical.hpp"

#include <catch2/catch.hpp>
#include <thread>

namespace cvm {
namespace {

SubType Func(ResultType params, ResultType results) {
  SubType type;
  type.func = {std::move(params), std::move(results)};
  return type;
}

SubType Struct(std::vector<FieldType> fields, std::vector<TypeIndex> supers = {}, bool final = false) {
  SubType type;
  type.kind = CompositeKind::kStruct;
  type.final_ = final;
  type.supertypes = std::move(supers);
  type.fields = std::move(fields);
  return type;
}

ValType RefTo(uint32_t index, bool nullable = true) {
  return ValType::Ref(HeapType::Concrete(TypeIndex(index)), nullable);
}
FieldType Field(ValType type, bool mutable_ = false) { return {type, PackedKind::kNone, mutable_}; }

std::vector<uint32_t> Intern(CanonicalTypes& table, const std::vector<SubType>& types,
                             const std::vector<RecGroup>& groups) {
  auto ids = table.Intern(types, groups);
  REQUIRE(ids.ok());
  return *ids;
}

// Each type is a group of its own.
std::vector<RecGroup> Singles(size_t count) {
  std::vector<RecGroup> groups;
  for (uint32_t i = 0; i < count; ++i) groups.push_back({i, 1});
  return groups;
}

TEST_CASE("equal types get one id, within a module and across modules") {
  CanonicalTypes table;
  const auto ids = Intern(table, {Func({ValType::I32()}, {}), Func({ValType::I32()}, {}), Func({}, {})}, Singles(3));
  CHECK(ids[0] == ids[1]);
  CHECK(ids[0] != ids[2]);
  CHECK(Intern(table, {Func({}, {})}, Singles(1))[0] == ids[2]);
  CHECK(table.size() == 2);
}

TEST_CASE("every part of a type counts for equality") {
  CanonicalTypes table;
  FieldType i8 = Field(ValType::I32());
  i8.packed = PackedKind::kI8;
  SubType exact_ref = Struct({Field(RefTo(0))});
  exact_ref.fields[0].type.heap.exact = true;
  SubType array = Struct({Field(ValType::I32())});
  array.kind = CompositeKind::kArray;
  const std::vector<SubType> types = {
      Struct({}),
      Struct({}, {}, true),
      Struct({}, {TypeIndex(0)}),
      Struct({Field(ValType::I32())}),
      Struct({Field(ValType::I32(), true)}),
      Struct({i8}),
      Struct({Field(ValType::FuncRef())}),
      Struct({Field(ValType::Ref(HeapType::Abstract(HeapKind::kFunc), false))}),
      Struct({Field(RefTo(0))}),
      Struct({Field(RefTo(1))}),
      exact_ref,
      array,
      Func({ValType::I32()}, {}),
      Func({}, {ValType::I32()}),
  };
  const auto ids = Intern(table, types, Singles(types.size()));
  for (size_t i = 0; i < ids.size(); ++i) {
    for (size_t j = 0; j < i; ++j) CHECK(ids[i] != ids[j]);
  }
}

TEST_CASE("a recursive type equals its unrolled twin only as a whole group") {
  CanonicalTypes table;
  // (rec (type $a (struct (field (ref null $a))))) twice, then the same with two members, then (field (ref null 0)).
  const std::vector<SubType> types = {
      Struct({Field(RefTo(0))}), Struct({Field(RefTo(1))}),  // two groups of one, each refers to itself
      Struct({Field(RefTo(2))}), Struct({Field(RefTo(2))}),  // one group of two
      Struct({Field(RefTo(0))}),                             // refers to the first from outside
  };
  const auto ids = Intern(table, types, {{0, 1}, {1, 1}, {2, 2}, {4, 1}});
  CHECK(ids[0] == ids[1]);
  CHECK(ids[2] != ids[0]);
  CHECK(ids[2] != ids[3]);
  CHECK(ids[4] != ids[0]);
  CHECK(table.TypeOf(ids[0]).fields[0].type.heap.index == ids[0]);
  CHECK(table.TypeOf(ids[4]).fields[0].type.heap.index == ids[0]);
  CHECK(table.At(ids[3]).group_start == ids[2]);
  CHECK(table.At(ids[3]).group_count == 2);
}

TEST_CASE("the same group at another place of another module is the same") {
  CanonicalTypes table;
  const auto first = Intern(table, {Struct({Field(RefTo(1))}), Func({RefTo(0)}, {})}, {{0, 2}});
  const auto second = Intern(table, {Func({}, {}), Struct({Field(RefTo(2))}), Func({RefTo(1)}, {})}, {{0, 1}, {1, 2}});
  CHECK(second[1] == first[0]);
  CHECK(second[2] == first[1]);
  // An empty group is nothing.
  CHECK(Intern(table, {}, {{0, 0}}).empty());
}

TEST_CASE("subtyping follows declarations, not structure") {
  CanonicalTypes table;
  const auto ids = Intern(table,
                          {Struct({}), Struct({}, {TypeIndex(0)}), Struct({}, {TypeIndex(1)}),
                           Struct({}, {TypeIndex(0)}), Struct({Field(ValType::I32())})},
                          Singles(5));
  CHECK(table.IsSubtype(ids[2], ids[0]));
  CHECK(table.IsSubtype(ids[2], ids[1]));
  CHECK(table.IsSubtype(ids[2], ids[2]));
  CHECK_FALSE(table.IsSubtype(ids[0], ids[2]));
  CHECK(ids[1] == ids[3]);
  CHECK_FALSE(table.IsSubtype(ids[4], ids[0]));
  CHECK(table.At(ids[2]).depth == 2);
}

TEST_CASE("63 supertypes are allowed, 64 are not") {
  std::vector<SubType> types = {Struct({})};
  for (uint32_t i = 0; i < kMaxSubtypeDepth; ++i) types.push_back(Struct({}, {TypeIndex(i)}));
  CanonicalTypes table;
  const auto ids = Intern(table, types, Singles(types.size()));
  CHECK(table.IsSubtype(ids.back(), ids.front()));
  CHECK(table.At(ids.back()).depth == 63);
  types.push_back(Struct({}, {TypeIndex(kMaxSubtypeDepth)}));
  const auto refused = table.Intern(types, Singles(types.size()));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind() == ErrorKind::kLimit);
  // Nothing was published, and the table still works.
  CHECK(table.size() == 64);
  CHECK(Intern(table, {Func({}, {})}, Singles(1))[0] == 64);
}

TEST_CASE("InternFunc finds the types that modules declare") {
  CanonicalTypes table;
  const auto ids = Intern(table, {Struct({}), Func({RefTo(0)}, {ValType::I64()})}, Singles(2));
  auto found = table.InternFunc({{RefTo(ids[0])}, {ValType::I64()}});
  REQUIRE(found.ok());
  CHECK(*found == ids[1]);
  auto made = table.InternFunc({{ValType::F32()}, {}});
  REQUIRE(made.ok());
  CHECK(Intern(table, {Func({ValType::F32()}, {})}, Singles(1))[0] == *made);
}

TEST_CASE("threads that intern the same types get the same ids, and can read them at once", "[race]") {
  CanonicalTypes table;
  constexpr uint32_t kTypes = 3000;
  std::vector<SubType> types;
  for (uint32_t i = 0; i < kTypes; ++i) {
    types.push_back(Struct({Field(i % 2 ? ValType::I32() : ValType::I64(), i % 3 == 0)}, {}, false));
    if (i > 0) types.back().fields.push_back(Field(RefTo(i - 1)));
  }
  std::vector<std::vector<uint32_t>> ids(4);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < ids.size(); ++t) {
    threads.emplace_back([&, t] {
      auto got = table.Intern(types, Singles(kTypes));
      if (got.ok()) ids[t] = *got;
      bool all = true;
      for (size_t i = 1; i < ids[t].size(); ++i) {
        all = all && table.TypeOf(ids[t][i]).fields[1].type.heap.index == ids[t][i - 1];
      }
      if (!all) ids[t].clear();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(ids[0].size() == kTypes);
  for (const auto& other : ids) CHECK(other == ids[0]);
  CHECK(table.size() == kTypes);
}

}  // namespace
}  // namespace cvm
