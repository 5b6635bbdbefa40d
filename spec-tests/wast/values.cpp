#include "spec-tests/wast/values.hpp"

#include <cstdio>
#include <cstring>
#include <optional>

#include "vm/runtime/heap.hpp"
#include "vm/text/literals.hpp"

namespace cvm::wast {
namespace {

using text::TokenCursor;
using text::TokenKind;

struct LaneShape {
  std::string_view name;
  uint32_t bits;
  bool is_float;
};
constexpr LaneShape kShapes[] = {{"i8x16", 8, false},  {"i16x8", 16, false}, {"i32x4", 32, false},
                                 {"i64x2", 64, false}, {"f32x4", 32, true},  {"f64x2", 64, true}};

const LaneShape* FindShape(std::string_view name) {
  for (const LaneShape& shape : kShapes) {
    if (shape.name == name) return &shape;
  }
  return nullptr;
}

Result<Pattern> ParsePattern(TokenCursor& cursor, uint32_t bits, bool is_float) {
  const std::string_view word = cursor.text(cursor.Peek());
  Pattern pattern;
  if (is_float && word == "nan:canonical") {
    pattern.kind = Pattern::Kind::kCanonicalNan;
  } else if (is_float && word == "nan:arithmetic") {
    pattern.kind = Pattern::Kind::kArithmeticNan;
  } else {
    std::optional<uint64_t> value;
    if (!is_float) {
      value = text::ParseInteger(word, bits);
    } else if (bits == 32) {
      value = text::ParseF32(word);
    } else {
      value = text::ParseF64(word);
    }
    if (!value.has_value()) return cursor.Unexpected();
    pattern.bits = *value;
  }
  cursor.Next();
  return pattern;
}

struct NumberConst {
  std::string_view keyword;
  ValKind kind;
  uint32_t bits;
  bool is_float;
};
constexpr NumberConst kNumbers[] = {{"i32.const", ValKind::kI32, 32, false},
                                    {"i64.const", ValKind::kI64, 64, false},
                                    {"f32.const", ValKind::kF32, 32, true},
                                    {"f64.const", ValKind::kF64, 64, true}};

Result<Expected> ParseVector(TokenCursor& cursor) {
  Expected expected;
  expected.kind = Expected::Kind::kVector;
  const LaneShape* shape = FindShape(cursor.text(cursor.Peek()));
  if (shape == nullptr) return cursor.Unexpected();
  cursor.Next();
  expected.lane_bits = shape->bits;
  expected.float_lanes = shape->is_float;
  for (uint32_t lane = 0; lane < 128 / shape->bits; ++lane) {
    CVM_ASSIGN_OR_RETURN(Pattern pattern, ParsePattern(cursor, shape->bits, shape->is_float));
    expected.patterns.push_back(pattern);
  }
  return expected;
}

struct RefKeyword {
  std::string_view keyword;
  HeapKind heap;
};
constexpr RefKeyword kRefKeywords[] = {{"ref.any", HeapKind::kAny},       {"ref.eq", HeapKind::kEq},
                                       {"ref.i31", HeapKind::kI31},       {"ref.struct", HeapKind::kStruct},
                                       {"ref.array", HeapKind::kArray},   {"ref.func", HeapKind::kFunc},
                                       {"ref.extern", HeapKind::kExtern}, {"ref.exn", HeapKind::kExn}};

// Whether a reference that is not null is of this type.
bool IsOfKind(uint64_t ref, HeapKind heap) {
  const auto points_to = [&](ObjectKind kind) { return rt::IsPointer(ref) && rt::InfoOf(ref)->kind == kind; };
  switch (heap) {
    case HeapKind::kEq: return !rt::IsHostRef(ref) && !points_to(ObjectKind::kFunc);
    case HeapKind::kI31: return rt::IsI31(ref);
    case HeapKind::kStruct: return points_to(ObjectKind::kStruct);
    case HeapKind::kArray: return points_to(ObjectKind::kArray);
    case HeapKind::kFunc: return points_to(ObjectKind::kFunc);
    case HeapKind::kExn: return points_to(ObjectKind::kException);
    default: return !points_to(ObjectKind::kFunc);
  }
}

Result<Expected> ParseReference(TokenCursor& cursor, std::string_view keyword) {
  Expected expected;
  expected.kind = Expected::Kind::kRef;
  for (const RefKeyword& row : kRefKeywords) {
    if (row.keyword == keyword) expected.heap = row.heap;
  }
  if (keyword == "ref.null") {
    expected.kind = Expected::Kind::kNullRef;
    if (!cursor.At(TokenKind::kRParen)) CVM_RETURN_IF_ERROR(cursor.SkipToClose());
  } else if ((keyword == "ref.extern" || keyword == "ref.host") && cursor.At(TokenKind::kNat)) {
    CVM_ASSIGN_OR_RETURN(const uint32_t n, cursor.U32());
    expected.kind = Expected::Kind::kHostRef;
    expected.ref = rt::HostRef(n);
  } else {
    CVM_RETURN_IF_ERROR(cursor.SkipToClose());
  }
  return expected;
}

bool MatchesPattern(const Pattern& pattern, uint64_t bits, uint32_t width) {
  const uint64_t mask = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
  bits &= mask;
  if (pattern.kind == Pattern::Kind::kBits) return bits == (pattern.bits & mask);
  const uint64_t exponent = width == 32 ? 0x7f800000 : 0x7ff0000000000000;
  const uint64_t quiet = width == 32 ? 0x00400000 : 0x0008000000000000;
  const uint64_t magnitude = bits & (mask >> 1);
  if (pattern.kind == Pattern::Kind::kCanonicalNan) return magnitude == (exponent | quiet);
  return (magnitude & (exponent | quiet)) == (exponent | quiet);
}

uint64_t LaneOf(const Value& value, uint32_t lane, uint32_t bits) {
  const uint32_t at = lane * bits;
  return value.bits[at / 64] >> (at % 64);
}

}  // namespace

Result<Expected> ParseExpected(TokenCursor& cursor) {
  const size_t begin = cursor.position();
  CVM_RETURN_IF_ERROR(cursor.Expect(TokenKind::kLParen));
  const std::string keyword(cursor.text(cursor.Next()));
  Expected expected;
  if (keyword == "either") {
    expected.kind = Expected::Kind::kEither;
    while (!cursor.At(TokenKind::kRParen)) {
      CVM_ASSIGN_OR_RETURN(Expected alternative, ParseExpected(cursor));
      expected.alternatives.push_back(std::move(alternative));
    }
  } else if (keyword == "v128.const") {
    CVM_ASSIGN_OR_RETURN(expected, ParseVector(cursor));
  } else if (keyword.starts_with("ref.")) {
    CVM_ASSIGN_OR_RETURN(expected, ParseReference(cursor, keyword));
  } else {
    const NumberConst* number = nullptr;
    for (const NumberConst& candidate : kNumbers) {
      if (candidate.keyword == keyword) number = &candidate;
    }
    if (number == nullptr) return cursor.Unexpected();
    expected.type = number->kind;
    CVM_ASSIGN_OR_RETURN(const Pattern pattern, ParsePattern(cursor, number->bits, number->is_float));
    expected.patterns.push_back(pattern);
  }
  CVM_RETURN_IF_ERROR(cursor.Close());
  for (size_t i = begin; i < cursor.position(); ++i) {
    const std::string_view token = cursor.text(cursor.tokens().at(i));
    if (!expected.text.empty() && token != ")" && expected.text.back() != '(') expected.text += ' ';
    expected.text += token;
  }
  return expected;
}

Result<Value> ParseValue(TokenCursor& cursor) {
  CVM_ASSIGN_OR_RETURN(const Expected parsed, ParseExpected(cursor));
  Value value;
  switch (parsed.kind) {
    case Expected::Kind::kNumber:
      value.type = ValType{parsed.type};
      value.bits[0] = parsed.patterns[0].bits;
      break;
    case Expected::Kind::kVector:
      value.type = ValType::V128();
      for (uint32_t lane = 0; lane < parsed.patterns.size(); ++lane) {
        const uint32_t at = lane * parsed.lane_bits;
        const uint64_t mask = parsed.lane_bits == 64 ? ~uint64_t{0} : (uint64_t{1} << parsed.lane_bits) - 1;
        value.bits[at / 64] |= (parsed.patterns[lane].bits & mask) << (at % 64);
      }
      break;
    case Expected::Kind::kNullRef: value.type = ValType::ExternRef(); break;
    default:
      value.type = ValType::ExternRef();
      value.bits[0] = parsed.ref;
  }
  return value;
}

bool Matches(const Expected& expected, const Value& actual) {
  switch (expected.kind) {
    case Expected::Kind::kEither:
      for (const Expected& alternative : expected.alternatives) {
        if (Matches(alternative, actual)) return true;
      }
      return false;
    case Expected::Kind::kNullRef: return actual.type.is_ref() && actual.bits[0] == 0;
    case Expected::Kind::kRef:
      return actual.type.is_ref() && actual.bits[0] != 0 && IsOfKind(actual.bits[0], expected.heap);
    case Expected::Kind::kHostRef: return actual.type.is_ref() && actual.bits[0] == expected.ref;
    case Expected::Kind::kNumber: {
      const bool narrow = expected.type == ValKind::kI32 || expected.type == ValKind::kF32;
      return actual.type.kind == expected.type && MatchesPattern(expected.patterns[0], actual.bits[0], narrow ? 32 : 64);
    }
    case Expected::Kind::kVector:
      if (actual.type.kind != ValKind::kV128) return false;
      for (uint32_t lane = 0; lane < expected.patterns.size(); ++lane) {
        if (!MatchesPattern(expected.patterns[lane], LaneOf(actual, lane, expected.lane_bits), expected.lane_bits)) return false;
      }
      return true;
  }
  return false;
}

std::string ToString(const Value& value) {
  char buffer[64];
  const auto low = static_cast<unsigned long long>(value.bits[0]);
  switch (value.type.kind) {
    case ValKind::kI32: std::snprintf(buffer, sizeof buffer, "i32 0x%llx", low & 0xffffffff); break;
    case ValKind::kI64: std::snprintf(buffer, sizeof buffer, "i64 0x%llx", low); break;
    case ValKind::kF32: {
      float f;
      std::memcpy(&f, value.bits, 4);
      std::snprintf(buffer, sizeof buffer, "f32 %a (0x%llx)", static_cast<double>(f), low & 0xffffffff);
      break;
    }
    case ValKind::kF64: {
      double d;
      std::memcpy(&d, value.bits, 8);
      std::snprintf(buffer, sizeof buffer, "f64 %a (0x%llx)", d, low);
      break;
    }
    case ValKind::kV128:
      std::snprintf(buffer, sizeof buffer, "v128 0x%016llx%016llx", static_cast<unsigned long long>(value.bits[1]), low);
      break;
    default: std::snprintf(buffer, sizeof buffer, value.bits[0] == 0 ? "null" : "ref 0x%llx", low);
  }
  return buffer;
}

}  // namespace cvm::wast
