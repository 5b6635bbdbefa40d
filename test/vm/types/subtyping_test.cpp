// The matching rules of core/valid/matching.
#include "vm/types/subtyping.hpp"

#include <catch2/catch.hpp>

namespace cvm {
namespace {

using enum HeapKind;

HeapType Heap(HeapKind kind) { return HeapType::Abstract(kind); }
HeapType Type(uint32_t index, bool exact = false) { return {kConcrete, exact, index}; }

// Types 0: struct, 1: struct below 0, 2: array of i32, 3: func, 4: func -> (ref 0).
class Fixture {
 public:
  Fixture() {
    std::vector<SubType> types(5);
    types[0].kind = types[1].kind = CompositeKind::kStruct;
    types[0].final_ = false;
    types[1].supertypes = {TypeIndex(0)};
    types[2].kind = CompositeKind::kArray;
    types[2].fields = {FieldType{}};
    types[4].func.results = {ValType::Ref(Type(0), false)};
    ids_ = *table_.Intern(types, {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {4, 1}});
  }
  TypeContext context() const { return TypeContext(table_, ids_); }
  bool Matches(HeapType a, HeapType b) const { return MatchHeap(context(), a, b); }

 private:
  CanonicalTypes table_;
  std::vector<uint32_t> ids_;
};

TEST_CASE("abstract heap types form four hierarchies") {
  const Fixture f;
  const std::vector<HeapKind> any = {kAny, kEq, kI31, kStruct, kArray, kNone};
  for (const HeapKind kind : any) {
    CHECK(f.Matches(Heap(kind), Heap(kAny)));
    CHECK(f.Matches(Heap(kNone), Heap(kind)));
    CHECK(f.Matches(Heap(kBottom), Heap(kind)));
    CHECK_FALSE(f.Matches(Heap(kind), Heap(kFunc)));
    CHECK_FALSE(f.Matches(Heap(kind), Heap(kBottom)));
    CHECK_FALSE(f.Matches(Heap(kNoExtern), Heap(kind)));
    CHECK(f.Matches(Heap(kind), Heap(kEq)) == (kind != kAny));
    CHECK(TopOf(f.context(), Heap(kind)) == kAny);
  }
  CHECK_FALSE(f.Matches(Heap(kI31), Heap(kStruct)));
  CHECK_FALSE(f.Matches(Heap(kEq), Heap(kI31)));
  CHECK(f.Matches(Heap(kNoFunc), Heap(kFunc)));
  CHECK(f.Matches(Heap(kNoExtern), Heap(kExtern)));
  CHECK(f.Matches(Heap(kNoExn), Heap(kExn)));
  CHECK_FALSE(f.Matches(Heap(kNoExn), Heap(kAny)));
  CHECK_FALSE(f.Matches(Heap(kExtern), Heap(kAny)));
}

TEST_CASE("defined types stand between the abstract ones") {
  const Fixture f;
  CHECK(f.Matches(Type(1), Type(0)));
  CHECK_FALSE(f.Matches(Type(0), Type(1)));
  CHECK(f.Matches(Type(1), Heap(kStruct)));
  CHECK(f.Matches(Type(1), Heap(kEq)));
  CHECK(f.Matches(Type(1), Heap(kAny)));
  CHECK_FALSE(f.Matches(Type(1), Heap(kArray)));
  CHECK(f.Matches(Type(2), Heap(kArray)));
  CHECK(f.Matches(Type(3), Heap(kFunc)));
  CHECK_FALSE(f.Matches(Type(3), Heap(kAny)));
  CHECK(f.Matches(Heap(kNone), Type(0)));
  CHECK(f.Matches(Heap(kNone), Type(2)));
  CHECK_FALSE(f.Matches(Heap(kNone), Type(3)));
  CHECK(f.Matches(Heap(kNoFunc), Type(3)));
  CHECK_FALSE(f.Matches(Heap(kNoFunc), Type(0)));
  CHECK_FALSE(f.Matches(Heap(kStruct), Type(0)));
  CHECK(TopOf(f.context(), Type(2)) == kAny);
  CHECK(TopOf(f.context(), Type(3)) == kFunc);
}

TEST_CASE("an exact type has no subtypes but itself and the bottom") {
  const Fixture f;
  CHECK(f.Matches(Type(1, true), Type(0)));
  CHECK(f.Matches(Type(1, true), Type(1, true)));
  CHECK_FALSE(f.Matches(Type(1, true), Type(0, true)));
  CHECK_FALSE(f.Matches(Type(1), Type(1, true)));
  CHECK(f.Matches(Heap(kNone), Type(1, true)));
  CHECK(f.Matches(Type(1, true), Heap(kStruct)));
}

TEST_CASE("value types: null, numbers, bottom") {
  const Fixture f;
  const TypeContext cx = f.context();
  CHECK(MatchVal(cx, ValType::Ref(Type(1), false), ValType::Ref(Type(0), true)));
  CHECK_FALSE(MatchVal(cx, ValType::Ref(Type(1), true), ValType::Ref(Type(0), false)));
  CHECK(MatchVal(cx, ValType::I32(), ValType::I32()));
  CHECK_FALSE(MatchVal(cx, ValType::I32(), ValType::I64()));
  CHECK_FALSE(MatchVal(cx, ValType::I32(), ValType::FuncRef()));
  CHECK(MatchVal(cx, ValType::Bottom(), ValType::V128()));
  CHECK_FALSE(MatchVal(cx, ValType::V128(), ValType::Bottom()));
  const std::vector<ValType> one = {ValType::I32()}, two = {ValType::I32(), ValType::I32()};
  CHECK(MatchResults(cx, one, one));
  CHECK_FALSE(MatchResults(cx, one, two));
}

TEST_CASE("functions: parameters the other way round; fields: mutable ones are invariant") {
  const Fixture f;
  const TypeContext cx = f.context();
  const ValType super = ValType::Ref(Type(0), true), sub = ValType::Ref(Type(1), true);
  CHECK(MatchFunc(cx, {{super}, {sub}}, {{sub}, {super}}));
  CHECK_FALSE(MatchFunc(cx, {{sub}, {}}, {{super}, {}}));
  CHECK_FALSE(MatchFunc(cx, {{}, {super}}, {{}, {sub}}));
  CHECK(MatchField(cx, {sub, PackedKind::kNone, false}, {super, PackedKind::kNone, false}));
  CHECK_FALSE(MatchField(cx, {sub, PackedKind::kNone, true}, {super, PackedKind::kNone, true}));
  CHECK_FALSE(MatchField(cx, {sub, PackedKind::kNone, true}, {sub, PackedKind::kNone, false}));
  CHECK_FALSE(MatchField(cx, {ValType::I32(), PackedKind::kI8, false}, {ValType::I32(), PackedKind::kI16, false}));
}

TEST_CASE("structures may have more fields than their supertype") {
  const Fixture f;
  SubType narrow, wide;
  narrow.kind = wide.kind = CompositeKind::kStruct;
  wide.fields = {FieldType{}, FieldType{ValType::I64()}};
  narrow.fields = {FieldType{}};
  CHECK(MatchComposite(f.context(), wide, narrow));
  CHECK_FALSE(MatchComposite(f.context(), narrow, wide));
  narrow.kind = CompositeKind::kArray;
  CHECK_FALSE(MatchComposite(f.context(), wide, narrow));
}

TEST_CASE("limits, tables, memories, globals, tags") {
  const Fixture f;
  const TypeContext cx = f.context();
  const auto limits = [](uint64_t min, std::optional<uint64_t> max) { return Limits{AddrKind::kI32, min, max, false}; };
  CHECK(MatchLimits(limits(2, 3), limits(1, 4)));
  CHECK(MatchLimits(limits(2, 3), limits(2, std::nullopt)));
  CHECK_FALSE(MatchLimits(limits(1, 3), limits(2, 3)));
  CHECK_FALSE(MatchLimits(limits(2, std::nullopt), limits(1, 4)));
  CHECK_FALSE(MatchLimits(limits(2, 5), limits(1, 4)));
  Limits wide = limits(2, 3), shared = limits(2, 3);
  wide.addr = AddrKind::kI64;
  shared.shared = true;
  CHECK_FALSE(MatchLimits(wide, limits(1, 4)));
  CHECK_FALSE(MatchLimits(shared, limits(1, 4)));

  CHECK(MatchMemory({limits(1, 2), 16}, {limits(1, 2), 16}));
  CHECK_FALSE(MatchMemory({limits(1, 2), 0}, {limits(1, 2), 16}));
  const ValType super = ValType::Ref(Type(0), true), sub = ValType::Ref(Type(1), true);
  CHECK(MatchTable(cx, {sub, limits(1, 1)}, {sub, limits(0, 1)}));
  CHECK_FALSE(MatchTable(cx, {sub, limits(1, 1)}, {super, limits(0, 1)}));
  CHECK(MatchGlobal(cx, {sub, false}, {super, false}));
  CHECK_FALSE(MatchGlobal(cx, {sub, true}, {super, true}));
  CHECK_FALSE(MatchGlobal(cx, {sub, true}, {sub, false}));
  CHECK(MatchTag(cx, {TypeIndex(3)}, {TypeIndex(3)}));
  CHECK_FALSE(MatchTag(cx, {TypeIndex(3)}, {TypeIndex(4)}));
  CHECK(MatchFuncImport(cx, TypeIndex(3), TypeIndex(3), true));
  CHECK_FALSE(MatchFuncImport(cx, TypeIndex(3), TypeIndex(4), false));
}

TEST_CASE("canonical ids and module indices give the same answers") {
  CanonicalTypes table;
  // The second module has the struct type behind others.
  SubType base;
  base.kind = CompositeKind::kStruct;
  base.final_ = false;
  SubType derived = base;
  derived.supertypes = {TypeIndex(0)};
  const auto a = *table.Intern({base, derived}, {{0, 1}, {1, 1}});
  SubType moved = base;
  moved.supertypes = {TypeIndex(1)};
  const auto b = *table.Intern({SubType{}, base, moved}, {{0, 1}, {1, 1}, {2, 1}});
  const TypeContext canonical(table);
  const ValType sub = Canonicalize(b, ValType::Ref(Type(2), false));
  const ValType super = Canonicalize(a, ValType::Ref(Type(0), false));
  CHECK(MatchVal(canonical, sub, super));
  CHECK_FALSE(MatchVal(canonical, super, sub));
  CHECK(MatchVal(TypeContext(table, b), ValType::Ref(Type(2), false), ValType::Ref(Type(1), false)));
}

}  // namespace
}  // namespace cvm
