// Construction of types, their limits (security.md DEC-08), equality and text.
#include <catch2/catch.hpp>
#include <chrono>

#include "canonical-abi/types/layout.hpp"
#include "canonical-abi/types/val_type.hpp"

namespace cvm::abi {
namespace {

ValType Ok(Result<ValType> type) {
  if (!type.ok()) INFO(type.error().message());
  REQUIRE(type.ok());
  return *std::move(type);
}

std::string Words(const Result<ValType>& type) {
  REQUIRE_FALSE(type.ok());
  const std::string& words = type.error().message();
  const bool limit = words.find("the limit is") != std::string::npos;
  CHECK(type.error().kind() == (limit ? ErrorKind::kLimit : ErrorKind::kInvalid));
  return words;
}

TEST_CASE("types without parts are refused where the binary format refuses them") {
  CHECK(Words(RecordType({})) == "record type must have at least one field");
  CHECK(Words(TupleType({})) == "tuple type must have at least one type");
  CHECK(Words(VariantType({})) == "variant type must have at least one case");
  CHECK(Words(EnumType({})) == "enum type must have at least one variant");
  CHECK(Words(FlagsType({})) == "flags must have at least one entry");
  CHECK(Words(FixedListType(U8Type(), 0)) == "fixed-length lists must have more than 0 elements");
  CHECK(FlagsType(std::vector<std::string>(32, "f")).ok());
  CHECK(Words(FlagsType(std::vector<std::string>(33, "f"))) == "cannot have more than 32 flags");
}

TEST_CASE("keys of a map are bool, integers, char and string") {
  for (const auto& key : {BoolType(), U8Type(), S64Type(), CharType(), StringType()})
    CHECK(MapType(key, F32Type()).ok());
  for (const auto& key : {F32Type(), F64Type(), ErrorContextType(), Ok(ListType(U8Type()))}) {
    CHECK(Words(MapType(key, U8Type())).find("invalid map key type") == 0);
  }
}

TEST_CASE("despecialization gives the general form") {
  const ValType tuple = Ok(TupleType({U8Type(), StringType()}));
  CHECK(tuple.kind() == TypeKind::kTuple);
  CHECK(tuple.despecialized() == TypeKind::kRecord);
  CHECK(tuple.node().fields[1].label == "1");
  const ValType option = Ok(OptionType(U8Type()));
  CHECK(option.despecialized() == TypeKind::kVariant);
  CHECK(option.node().cases[0].label == "none");
  CHECK(option.node().cases[1].label == "some");
  const ValType result = Ok(ResultType(std::nullopt, U8Type()));
  CHECK(result.node().cases[0].label == "ok");
  CHECK_FALSE(result.node().cases[0].type.has_value());
  CHECK(result.node().cases[1].label == "error");
  const ValType map = Ok(MapType(StringType(), U32Type()));
  CHECK(map.despecialized() == TypeKind::kList);
  CHECK(map.node().element->kind() == TypeKind::kTuple);
}

TEST_CASE("predicates see through every part") {
  const ValType borrow = BorrowType(ResourceIndex(3));
  const ValType deep = Ok(ListType(Ok(OptionType(Ok(TupleType({U8Type(), borrow}))))));
  CHECK(ContainsBorrow(deep));
  CHECK_FALSE(ContainsBorrow(OwnType(ResourceIndex(3))));
  CHECK_FALSE(ContainsAsyncValue(deep));
  CHECK(ContainsAsyncValue(Ok(ResultType(Ok(StreamType(std::nullopt)), std::nullopt))));
  CHECK(ContainsPointer(Ok(OptionType(StringType()))));
  CHECK_FALSE(ContainsPointer(Ok(FixedListType(U8Type(), 4))));
  CHECK(ContainsPointer(Ok(FixedListType(StringType(), 4))));
}

TEST_CASE("equality is structural, labels included") {
  const auto record = [](const char* label) { return Ok(RecordType({{label, U8Type()}, {"b", StringType()}})); };
  CHECK(record("a") == record("a"));
  CHECK_FALSE(record("a") == record("c"));
  CHECK_FALSE(Ok(TupleType({U8Type()})) == Ok(RecordType({{"0", U8Type()}})));
  CHECK_FALSE(Ok(ListType(U8Type())) == Ok(FixedListType(U8Type(), 1)));
  CHECK_FALSE(Ok(FixedListType(U8Type(), 2)) == Ok(FixedListType(U8Type(), 1)));
  CHECK_FALSE(Ok(StreamType(std::nullopt)) == Ok(FutureType(std::nullopt)));
  CHECK_FALSE(Ok(StreamType(std::nullopt)) == Ok(StreamType(U8Type())));
  CHECK(OwnType(ResourceIndex(1)) == OwnType(ResourceIndex(1)));
  CHECK_FALSE(OwnType(ResourceIndex(1)) == OwnType(ResourceIndex(2)));
  CHECK_FALSE(OwnType(ResourceIndex(1)) == BorrowType(ResourceIndex(1)));
}

TEST_CASE("HND-03 types of two components are compared by what their resources are") {
  const ValType a = Ok(ListType(OwnType(ResourceIndex(1))));
  const ValType b = Ok(ListType(OwnType(ResourceIndex(7))));
  CHECK(SameType(a, b, [](ResourceIndex x, ResourceIndex y) { return x.value == 1 && y.value == 7; }));
  CHECK_FALSE(SameType(a, b, [](ResourceIndex, ResourceIndex) { return false; }));
  // One node may mean two resources: the address alone decides nothing here.
  CHECK_FALSE(SameType(a, a, [](ResourceIndex, ResourceIndex) { return false; }));
}

TEST_CASE("types print as WIT") {
  CHECK(Ok(MapType(StringType(), Ok(ListType(U8Type())))).ToString() == "map<string, list<u8>>");
  CHECK(Ok(ResultType(std::nullopt, Ok(TupleType({U8Type(), CharType()})))).ToString() == "result<_, tuple<u8, char>>");
  CHECK(Ok(VariantType({{"a", U8Type()}, {"b", std::nullopt}})).ToString() == "variant{a(u8), b}");
  CHECK(Ok(RecordType({{"x", Ok(OptionType(F64Type()))}})).ToString() == "record{x: option<f64>}");
  CHECK(Ok(FixedListType(U8Type(), 4)).ToString() == "list<u8, 4>");
  CHECK(Ok(FlagsType({"r", "w"})).ToString() == "flags{r, w}");
  CHECK(Ok(StreamType(std::nullopt)).ToString() == "stream");
  CHECK(OwnType(ResourceIndex(2)).ToString() == "own<resource 2>");
  CHECK(ErrorContextType().ToString() == "error-context");
}

TEST_CASE("DEC-08 a type that doubles 64 times is refused at once") {
  const auto begin = std::chrono::steady_clock::now();
  // The expanded size is what stops it, with lists as with the parts themselves, which have not reached 2^28 bytes then.
  for (const bool by_list : {true, false}) {
    ValType type = U8Type();
    int level = 0;
    for (; level < 64; ++level) {
      auto next = TupleType({by_list ? Ok(ListType(type)) : type, by_list ? Ok(ListType(type)) : type});
      if (!next.ok()) {
        CHECK(next.error().kind() == ErrorKind::kLimit);
        CHECK(next.error().message().find("the limit is 1000000") != std::string::npos);
        break;
      }
      type = *next;
    }
    CHECK(level < 30);
  }
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(10));
}

TEST_CASE("DEC-08 equal types without shared nodes are compared in bounded time") {
  const auto build = [] {
    ValType type = U8Type();
    for (int i = 0; i < 16; ++i) type = Ok(TupleType({Ok(ListType(type)), Ok(ListType(type))}));
    return type;
  };
  CHECK(build() == build());
  CHECK(build().ToString().size() < 5000);
}

TEST_CASE("DEC-08 nesting is limited to 100 levels") {
  ValType type = U8Type();
  for (uint32_t depth = 1; depth < kMaxTypeDepth; ++depth) type = Ok(OptionType(type));
  CHECK(TypeDepth(type) == kMaxTypeDepth);
  CHECK(Words(OptionType(type)) == "type nesting is too deep: 101, the limit is 100 (-W max-type-depth)");
  CHECK(Words(ListType(type)).starts_with("type nesting is too deep"));
}

TEST_CASE("DEC-08 byte sizes of 2^28 and more are refused") {
  const auto list = [](ValType t, uint32_t n) { return FixedListType(std::move(t), n); };
  // At the limit: the cases of the official suite's max-value-size.wast.
  CHECK(list(U8Type(), 268435455).ok());
  CHECK(list(U64Type(), 33554431).ok());
  CHECK(list(StringType(), 16777215).ok());
  CHECK(TupleType({Ok(list(U8Type(), 268435454)), Ok(list(U8Type(), 1))}).ok());
  CHECK(RecordType({{"a", Ok(list(U8Type(), 134217727))}, {"b", Ok(list(U8Type(), 134217728))}}).ok());
  CHECK(list(Ok(list(U8Type(), 134217727)), 2).ok());
  CHECK(StreamType(Ok(list(U8Type(), 268435455))).ok());
  // A list stores a pair of this size elsewhere; the pair itself is no defined type.
  const auto map = MapType(U8Type(), Ok(list(U8Type(), 268435455)));
  CHECK(map.ok());
  // One above; a product that wraps 32 bits; sums; and a size that only a 64-bit memory has.
  const std::string words = "exceeds maximum byte size";
  CHECK(Words(list(U8Type(), 268435456)).find(words) != std::string::npos);
  CHECK(Words(list(U64Type(), 33554432)).find(words) != std::string::npos);
  CHECK(Words(list(U64Type(), 536870912)).find(words) != std::string::npos);
  CHECK(Words(TupleType({Ok(list(U8Type(), 268435455)), Ok(list(U8Type(), 1))})).find(words) != std::string::npos);
  CHECK(Words(list(Ok(list(U8Type(), 268435455)), 2)).find(words) != std::string::npos);
  CHECK(Words(list(StringType(), 16777216)).find(words) != std::string::npos);
}

}  // namespace
}  // namespace cvm::abi
