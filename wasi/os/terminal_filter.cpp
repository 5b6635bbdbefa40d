#include "wasi/os/terminal_filter.hpp"

#include <optional>
#include <string_view>

#include "vm/base/utf8.hpp"

namespace cvm::wasi {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kControlPictures = 0x2400;
constexpr char32_t kDeletePicture = 0x2421;

// Bytes that a sequence led by `lead` has, 1 for what leads none.
size_t SequenceLength(uint8_t lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 1;
}

// True if `tail` (not empty) is the beginning of a character that more bytes could complete.
bool IsOpenSequence(std::string_view tail) {
  if (tail.size() >= SequenceLength(static_cast<uint8_t>(tail[0]))) return false;
  for (size_t i = 1; i < tail.size(); ++i) {
    if ((static_cast<uint8_t>(tail[i]) & 0xC0) != 0x80) return false;
  }
  return true;
}

char32_t Harmless(char32_t c) {
  if (c == '\n' || c == '\r' || c == '\t') return c;
  if (c < 0x20) return kControlPictures + c;
  if (c == 0x7F) return kDeletePicture;
  if (c >= 0x80 && c <= 0x9F) return kReplacement;
  return c;
}

}  // namespace

void TerminalFilter::Filter(std::span<const uint8_t> bytes, std::string* out) {
  std::string joined;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!held_.empty()) {
    joined = std::move(held_);
    held_.clear();
    joined += text;
    text = joined;
  }
  out->reserve(out->size() + text.size());
  for (size_t at = 0; at < text.size();) {
    if (const auto c = static_cast<uint8_t>(text[at]); c >= 0x20 && c < 0x7F) {
      out->push_back(text[at++]);
    } else if (const std::optional<char32_t> decoded = DecodeUtf8(text, &at)) {
      AppendUtf8(out, Harmless(*decoded));
    } else if (IsOpenSequence(text.substr(at))) {
      held_ = text.substr(at);
      return;
    } else {
      AppendUtf8(out, kReplacement);
      ++at;
    }
  }
}

void TerminalFilter::Finish(std::string* out) {
  if (!held_.empty()) AppendUtf8(out, kReplacement);
  held_.clear();
}

}  // namespace cvm::wasi
