// Reading what a command is given: a file, or standard input for "-".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cvm/result.hpp"

namespace cvm::run {

Result<std::string> ReadInput(const std::string& path);

enum class InputKind : uint8_t { kCoreBinary, kComponentBinary, kCoreText, kComponentText };
constexpr bool IsComponent(InputKind kind) {
  return kind == InputKind::kComponentBinary || kind == InputKind::kComponentText;
}

std::span<const uint8_t> BytesOf(std::string_view content);

// Told apart by content: a binary begins with \0asm, and its layer field says which it is; all else is text, and a
// component where its first form is `(component`.
InputKind DetectKind(std::string_view content);

}  // namespace cvm::run
