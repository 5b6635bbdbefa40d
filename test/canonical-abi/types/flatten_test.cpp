// Flattening: the facts of the specification's run_tests.py (test_flatten), the joins of variants and the spills.
#include "canonical-abi/types/flatten.hpp"

#include <catch2/catch.hpp>

namespace cvm::abi {
namespace {

constexpr CoreType I32 = CoreType::kI32;
constexpr CoreType I64 = CoreType::kI64;
constexpr CoreType F32 = CoreType::kF32;
constexpr CoreType F64 = CoreType::kF64;
using Core = std::vector<CoreType>;

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

FuncType Func(std::vector<ValType> params, std::optional<ValType> result, bool async = false) {
  FuncType ft;
  for (ValType& p : params) ft.params.emplace_back(std::to_string(ft.params.size()), std::move(p));
  ft.result = std::move(result);
  ft.async = async;
  return ft;
}

void CheckFlatten(const FuncType& ft, Core params, Core results, PtrType ptr_type = PtrType::kI32) {
  const CoreType ptr = CoreTypeOf(ptr_type);
  if (params.size() > kMaxFlatParams) params = {ptr};
  const bool spill = results.size() > kMaxFlatResults;
  CHECK(FlattenFunctype({ptr_type}, ft, FlattenContext::kLift) == CoreFuncType{params, spill ? Core{ptr} : results});
  if (spill) params.push_back(ptr), results.clear();
  CHECK(FlattenFunctype({ptr_type}, ft, FlattenContext::kLower) == CoreFuncType{params, results});
}

TEST_CASE("flatten_functype of synchronous functions") {
  const std::vector<ValType> three = {U8Type(), F32Type(), F64Type()};
  CheckFlatten(Func(three, std::nullopt), {I32, F32, F64}, {});
  CheckFlatten(Func(three, F32Type()), {I32, F32, F64}, {F32});
  CheckFlatten(Func(three, U8Type()), {I32, F32, F64}, {I32});
  CheckFlatten(Func(three, Ok(TupleType({F32Type()}))), {I32, F32, F64}, {F32});
  CheckFlatten(Func(three, Ok(TupleType({F32Type(), F32Type()}))), {I32, F32, F64}, {F32, F32});
  const std::vector<ValType> seventeen(17, U8Type());
  for (const PtrType p : {PtrType::kI32, PtrType::kI64}) {
    CheckFlatten(Func(std::vector<ValType>(16, U8Type()), std::nullopt), Core(16, I32), {}, p);
    CheckFlatten(Func(seventeen, std::nullopt), Core(17, I32), {}, p);
    CheckFlatten(Func(seventeen, Ok(TupleType({U8Type(), U8Type()}))), Core(17, I32), {I32, I32}, p);
    CheckFlatten(Func({}, StringType()), {}, {CoreTypeOf(p), CoreTypeOf(p)}, p);
  }
}

TEST_CASE("flatten_functype of asynchronous functions") {
  const FuncType four = Func({StringType(), StringType()}, U8Type(), true);
  const FuncType five = Func({StringType(), StringType(), U8Type()}, std::nullopt, true);
  FlattenOptions opts{PtrType::kI64, /*async=*/true, /*callback=*/false};
  CHECK(FlattenFunctype(opts, four, FlattenContext::kLift) == CoreFuncType{Core(4, I64), {}});
  CHECK(FlattenFunctype(opts, four, FlattenContext::kLower) == CoreFuncType{Core(5, I64), {I32}});
  CHECK(FlattenFunctype(opts, five, FlattenContext::kLower) == CoreFuncType{{I64}, {I32}});
  opts.callback = true;
  CHECK(FlattenFunctype(opts, five, FlattenContext::kLift) == CoreFuncType{{I64, I64, I64, I64, I32}, {I32}});
}

TEST_CASE("flat forms of single types") {
  CHECK(FlattenType(Ok(ListType(U8Type())), PtrType::kI64) == Core{I64, I64});
  CHECK(FlattenType(Ok(FixedListType(Ok(TupleType({U8Type(), F64Type()})), 2)), PtrType::kI32) ==
        Core{I32, F64, I32, F64});
  CHECK(FlattenType(CharType(), PtrType::kI32) == Core{I32});
  CHECK(FlattenType(S64Type(), PtrType::kI32) == Core{I64});
  CHECK(FlattenType(Ok(FlagsType({"a"})), PtrType::kI32) == Core{I32});
  CHECK(FlattenType(OwnType(ResourceIndex(0)), PtrType::kI64) == Core{I32});
  CHECK(FlattenType(Ok(StreamType(StringType())), PtrType::kI64) == Core{I32});
}

TEST_CASE("payloads of a variant are joined") {
  CHECK(Join(I32, I32) == I32);
  CHECK(Join(F32, F32) == F32);
  CHECK(Join(I32, F32) == I32);
  CHECK(Join(F32, I32) == I32);
  CHECK(Join(I32, I64) == I64);
  CHECK(Join(F32, F64) == I64);
  CHECK(Join(F64, I64) == I64);
  CHECK(FlattenType(Ok(VariantType({{"a", F32Type()}, {"b", std::nullopt}})), PtrType::kI32) == Core{I32, F32});
  CHECK(FlattenType(Ok(ResultType(F32Type(), U32Type())), PtrType::kI32) == Core{I32, I32});
  CHECK(FlattenType(Ok(ResultType(StringType(), F64Type())), PtrType::kI32) == Core{I32, I64, I32});
  CHECK(FlattenType(Ok(ResultType(F64Type(), F32Type())), PtrType::kI32) == Core{I32, I64});
}

TEST_CASE("DEC-08 counting flat values lists none") {
  ValType type = Ok(FixedListType(U8Type(), 1u << 27));
  CHECK(FlatCount(type) == 1u << 27);
  const FuncType ft = Func({type, type}, type);
  CHECK(FlattenFunctype({}, ft, FlattenContext::kLift) == CoreFuncType{{I32}, {I32}});
  // Two strings in 2^23 elements are 2^25 values; forty thousand of these saturate the count.
  const ValType strings = Ok(FixedListType(StringType(), 1u << 23));
  const std::vector<ValType> many(40'000, strings);
  CHECK(FlatCount(std::span<const ValType>(many)) == 0xffffffff);
}

}  // namespace
}  // namespace cvm::abi
