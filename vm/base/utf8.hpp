// UTF-8 validation and coding (RFC 3629; the core specification's binary/values#names).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cvm {

// True if `bytes` is well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view bytes);

// Decodes the code point at `text[*pos]` and moves *pos past it; nullopt (and *pos unmoved) if ill-formed.
// REQUIRES: *pos < text.size().
std::optional<char32_t> DecodeUtf8(std::string_view text, size_t* pos);

// Appends the UTF-8 form of `code_point`. REQUIRES: a Unicode scalar value.
void AppendUtf8(std::string* out, char32_t code_point);

}  // namespace cvm
