// The text form of values: WAVE, as wasm-tools and `cvm-run --invoke` have it. Writing is ComponentValue::ToString;
// reading is guided by the type that is wanted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "canonical-abi/types/flatten.hpp"
#include "cvm/component_value.hpp"

namespace cvm::component {

// Words that cases of variants bear with a `%` in front.
bool IsWaveKeyword(std::string_view name);
void AppendUtf8(char32_t c, std::string* out);

// Reads values of these types, separated by commas. Errors of kind kUsage say where in the text they are.
Result<std::vector<ComponentValue>> ParseValues(std::string_view text, const std::vector<abi::ValType>& types);

}  // namespace cvm::component
