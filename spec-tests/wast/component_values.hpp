// Component values in scripts: (u32.const 1), (str.const "x"), (record.const (field "a" …)) … Private to
// spec-tests/wast.
#pragma once

#include "cvm/component_value.hpp"
#include "vm/text/cursor.hpp"

namespace cvm::wast {

// Takes one value. Nesting is limited.
Result<ComponentValue> ParseComponentValue(text::TokenCursor& cursor);

// Whether a result is what was expected: any NaN meets a NaN, flags are a set.
bool SameComponentValue(const ComponentValue& expected, const ComponentValue& actual);

}  // namespace cvm::wast
