// Arguments and expected results of script commands: (i32.const 1), (ref.extern 2), (f32x4 nan:canonical …), (either …).
// Private to spec-tests/wast.
#pragma once

#include <string>
#include <vector>

#include "vm/text/cursor.hpp"
#include "vm/types/types.hpp"

namespace cvm::wast {

// A value in slot form: `bits[1]` only of v128.
struct Value {
  ValType type;
  uint64_t bits[2] = {0, 0};
};

// One lane or scalar of an expectation.
struct Pattern {
  enum class Kind : uint8_t { kBits, kCanonicalNan, kArithmeticNan } kind = Kind::kBits;
  uint64_t bits = 0;
};

struct Expected {
  enum class Kind : uint8_t { kNumber, kVector, kNullRef, kRef, kHostRef, kEither } kind = Kind::kNumber;
  ValKind type = ValKind::kI32;        // kNumber
  uint32_t lane_bits = 0;              // kVector: 8 … 64
  bool float_lanes = false;
  std::vector<Pattern> patterns;       // one, or a lane each
  HeapKind heap = HeapKind::kAny;      // kRef: any that is not null and of this type
  uint64_t ref = 0;                    // kHostRef
  std::vector<Expected> alternatives;  // kEither
  std::string text;                    // as written, for messages
};

Result<Value> ParseValue(text::TokenCursor& cursor);
Result<Expected> ParseExpected(text::TokenCursor& cursor);

bool Matches(const Expected& expected, const Value& actual);
std::string ToString(const Value& value);

}  // namespace cvm::wast
