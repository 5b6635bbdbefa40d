// Types as text, and feature keys.
#include "vm/types/types.hpp"

#include <catch2/catch.hpp>

#include "vm/types/features.hpp"

namespace cvm {
namespace {

TEST_CASE("types are written as in the text format") {
  CHECK(ToString(ValType::I32()) == "i32");
  CHECK(ToString(ValType::V128()) == "v128");
  CHECK(ToString(ValType::FuncRef()) == "funcref");
  CHECK(ToString(ValType::ExternRef()) == "externref");
  CHECK(ToString(ValType::Ref(HeapType::Abstract(HeapKind::kFunc), false)) == "(ref func)");
  CHECK(ToString(ValType::Ref(HeapType::Abstract(HeapKind::kNone), true)) == "nullref");
  CHECK(ToString(ValType::Ref(HeapType::Concrete(TypeIndex(7)), true)) == "(ref null 7)");
  HeapType exact = HeapType::Concrete(TypeIndex(3));
  exact.exact = true;
  CHECK(ToString(ValType::Ref(exact, false)) == "(ref (exact 3))");
  CHECK(ToString(FuncType{{ValType::I32(), ValType::F64()}, {ValType::I64()}}) == "(param i32 f64) (result i64)");
  CHECK(ToString(FuncType{}).empty());
  CHECK(ToString(Limits{AddrKind::kI64, 1, 2, true}) == "i64 1 2 shared");
}

TEST_CASE("value types compare by what they mean") {
  ValType i32 = ValType::I32();
  i32.nullable = true;  // no part of a number type
  CHECK(i32 == ValType::I32());
  CHECK_FALSE(ValType::FuncRef() == ValType::ExternRef());
  CHECK_FALSE(ValType::Ref(HeapType::Concrete(TypeIndex(1)), true) ==
              ValType::Ref(HeapType::Concrete(TypeIndex(2)), true));
  CHECK(ValType::F32().is_defaultable());
  CHECK_FALSE(ValType::Ref(HeapType::Abstract(HeapKind::kAny), false).is_defaultable());
}

TEST_CASE("feature keys") {
  for (unsigned i = 0;; ++i) {
    const Feature feature = static_cast<Feature>(i);
    CHECK(FeatureFromKey(FeatureKey(feature)) == feature);
    CHECK(Features::All().Has(feature));
    if (feature == Feature::kCustomDescriptors) break;
  }
  CHECK_FALSE(FeatureFromKey("no-such-feature").has_value());
  CHECK_FALSE(FeatureFromKey("").has_value());
  Features features;
  CHECK(features.Has(Feature::kSimd));
  CHECK_FALSE(features.Has(Feature::kCustomPageSizes));
  features.Set(Feature::kSimd, false);
  CHECK_FALSE(features.Has(Feature::kSimd));
  CHECK(features.Has(Feature::kMvp));
}

}  // namespace
}  // namespace cvm
