#include "tools/run/input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace cvm::run {
namespace {

// Passes over white space and comments of the text format.
std::string_view SkipBlank(std::string_view text) {
  while (true) {
    const size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return {};
    text.remove_prefix(start);
    if (text.starts_with(";;")) {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    } else if (text.starts_with("(;")) {
      const size_t end = text.find(";)");
      if (end == std::string_view::npos) return {};
      text.remove_prefix(end + 2);
    } else {
      return text;
    }
  }
}

}  // namespace

Result<std::string> ReadInput(const std::string& path) {
  const auto close = [](std::FILE* file) {
    if (file != stdin) std::fclose(file);
  };
  std::unique_ptr<std::FILE, decltype(close)> file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"), close);
  std::string content;
  char block[1 << 16];
  if (file != nullptr) {
    while (const size_t got = std::fread(block, 1, sizeof block, file.get())) content.append(block, got);
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    return Error(ErrorKind::kIo, std::strerror(errno)).In("failed to read input file: " + path);
  }
  return content;
}

std::span<const uint8_t> BytesOf(std::string_view content) {
  return {reinterpret_cast<const uint8_t*>(content.data()), content.size()};
}

InputKind DetectKind(std::string_view content) {
  constexpr std::string_view kMagic("\0asm", 4);
  constexpr size_t kLayerField = 6;  // after the magic and the version: 16 bits, 0 in core modules, 1 in components
  if (content.starts_with(kMagic)) {
    const bool component = content.size() > kLayerField && content[kLayerField] == 1;
    return component ? InputKind::kComponentBinary : InputKind::kCoreBinary;
  }
  std::string_view text = SkipBlank(content);
  if (text.starts_with("(")) text = SkipBlank(text.substr(1));
  return text.starts_with("component") ? InputKind::kComponentText : InputKind::kCoreText;
}

}  // namespace cvm::run
