#include "wasi/os/path.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "vm/base/utf8.hpp"

namespace cvm::wasi {
namespace {

std::string UpperAscii(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

bool IsDeviceName(std::string_view stem) {
  static constexpr std::array<std::string_view, 6> kPlain = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
  // The superscripts one, two and three count as digits (CVE-2024-51745).
  static constexpr std::array<std::string_view, 3> kSuperscripts = {"\u00b9", "\u00b2", "\u00b3"};
  const std::string name = UpperAscii(stem);
  if (std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end()) return true;
  if (!name.starts_with("COM") && !name.starts_with("LPT")) return false;
  const std::string_view digit = std::string_view(name).substr(3);
  if (digit.size() == 1) return digit[0] >= '0' && digit[0] <= '9';
  return std::find(kSuperscripts.begin(), kSuperscripts.end(), digit) != kSuperscripts.end();
}

}  // namespace

bool IsPortableName(std::string_view component) {
  if (component.empty() || component == "." || component == "..") return true;
  if (component.find_first_of("\\:*?\"<>|") != component.npos) return false;
  if (std::any_of(component.begin(), component.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    return false;
  }
  if (component.back() == '.' || component.back() == ' ') return false;
  std::string_view stem = component.substr(0, component.find('.'));
  while (!stem.empty() && stem.back() == ' ') stem.remove_suffix(1);
  return !IsDeviceName(stem);
}

OsResult<void> CheckPath(std::string_view path, bool portable_names) {
  if (path.empty()) return FsError::kNoEntry;
  if (path.find('\0') != path.npos) return FsError::kInvalid;
  if (path.size() > kMaxPathLength) return FsError::kNameTooLong;
  if (!IsValidUtf8(path)) return FsError::kIllegalByteSequence;
  if (path.front() == '/') return FsError::kNotPermitted;
  if (!portable_names) return {};
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    if (!IsPortableName(path.substr(at, end - at))) return FsError::kNotPermitted;
    at = end + 1;
  }
  return {};
}

OsResult<void> CheckLinkTarget(std::string_view target, bool portable_names) {
  return CheckPath(target, portable_names);
}

SplitPath SplitLast(std::string_view path) {
  const size_t end = path.find_last_not_of('/') + 1;
  const size_t start = path.find_last_of('/', end - 1);
  SplitPath split{{}, path.substr(0, end), end != path.size()};
  if (start != path.npos && start < end) {
    split.name = path.substr(start + 1, end - start - 1);
    const size_t parent_end = path.find_last_not_of('/', start);
    split.parent = path.substr(0, parent_end + 1);
  }
  return split;
}

}  // namespace cvm::wasi
