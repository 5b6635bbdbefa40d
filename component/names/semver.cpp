#include "component/names/semver.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsIdentifierChar(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

Error VersionError(std::string words) { return Error(ErrorKind::kInvalid, std::move(words)); }

std::string Quoted(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte < 0x7f) return std::string("'") + c + "'";
  constexpr char kHex[] = "0123456789abcdef";
  return std::string("'\\x") + kHex[byte >> 4] + kHex[byte & 15] + "'";
}

// Reads the text of a version from front to back.
class VersionParser {
 public:
  explicit VersionParser(std::string_view text) : rest_(text) {}

  Result<Version> Parse() {
    if (rest_.empty()) return VersionError("empty string, expected a semver version");
    Version v;
    CVM_ASSIGN_OR_RETURN(v.major, Number("major"));
    CVM_RETURN_IF_ERROR(Dot("major"));
    CVM_ASSIGN_OR_RETURN(v.minor, Number("minor"));
    CVM_RETURN_IF_ERROR(Dot("minor"));
    CVM_ASSIGN_OR_RETURN(v.patch, Number("patch"));
    if (rest_.empty()) return v;
    const char* after = "patch version number";
    if (rest_.front() == '-') {
      CVM_ASSIGN_OR_RETURN(v.pre, Identifiers("pre-release identifier", /*numeric_rule=*/true));
      after = "pre-release identifier";
    }
    if (!rest_.empty() && rest_.front() == '+') {
      CVM_ASSIGN_OR_RETURN(v.build, Identifiers("build metadata", /*numeric_rule=*/false));
      after = "build metadata";
    }
    if (!rest_.empty()) return VersionError("unexpected character " + Quoted(rest_.front()) + " after " + after);
    return v;
  }

  Result<uint64_t> Number(const std::string& position) {
    const std::string what = position + " version number";
    if (rest_.empty()) return VersionError("unexpected end of input while parsing " + what);
    if (!IsDigit(rest_.front())) {
      return VersionError("unexpected character " + Quoted(rest_.front()) + " while parsing " + what);
    }
    size_t n = 0;
    uint64_t value = 0;
    for (; n < rest_.size() && IsDigit(rest_[n]); ++n) {
      const auto digit = static_cast<uint64_t>(rest_[n] - '0');
      if (value > (std::numeric_limits<uint64_t>::max() - digit) / 10) {
        return VersionError("value of " + what + " exceeds 2^64 - 1");
      }
      value = value * 10 + digit;
    }
    if (n > 1 && rest_.front() == '0') return VersionError("invalid leading zero in " + what);
    rest_.remove_prefix(n);
    return value;
  }

  Result<void> Dot(const std::string& position) {
    if (rest_.empty()) {
      return VersionError("unexpected end of input after " + position + " version number");
    }
    if (rest_.front() != '.') {
      return VersionError("unexpected character " + Quoted(rest_.front()) + " after " + position + " version number");
    }
    rest_.remove_prefix(1);
    return {};
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  // The dot-separated identifiers behind the `-` or `+` that is at the front. Numeric identifiers of a prerelease have
  // no leading zero.
  Result<std::string> Identifiers(const std::string& what, bool numeric_rule) {
    rest_.remove_prefix(1);
    size_t n = 0;
    while (n < rest_.size() && (IsIdentifierChar(rest_[n]) || rest_[n] == '.')) ++n;
    const std::string text(rest_.substr(0, n));
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find('.', begin), text.size());
      const std::string_view part = std::string_view(text).substr(begin, end - begin);
      if (part.empty()) return VersionError("empty identifier segment in " + what);
      const bool numeric = part.find_first_not_of("0123456789") == std::string_view::npos;
      if (numeric_rule && numeric && part.size() > 1 && part.front() == '0') {
        return VersionError("invalid leading zero in " + what);
      }
      begin = end + 1;
    }
    rest_.remove_prefix(n);
    return text;
  }

  std::string_view rest_;
};

// One identifier of a prerelease against another: numbers by value and below words, words by ASCII order.
int CompareIdentifiers(std::string_view a, std::string_view b) {
  const bool a_number = a.find_first_not_of("0123456789") == std::string_view::npos;
  const bool b_number = b.find_first_not_of("0123456789") == std::string_view::npos;
  if (a_number != b_number) return a_number ? -1 : 1;
  if (a_number && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;  // no leading zeros, so longer is greater
  return a.compare(b);
}

int ComparePrereleases(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return static_cast<int>(a.empty()) - static_cast<int>(b.empty());
  while (true) {
    const size_t a_end = std::min(a.find('.'), a.size());
    const size_t b_end = std::min(b.find('.'), b.size());
    if (const int c = CompareIdentifiers(a.substr(0, a_end), b.substr(0, b_end)); c != 0) return c;
    const bool a_last = a_end == a.size();
    const bool b_last = b_end == b.size();
    if (a_last || b_last) return static_cast<int>(b_last) - static_cast<int>(a_last);
    a.remove_prefix(a_end + 1);
    b.remove_prefix(b_end + 1);
  }
}

template <class T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : static_cast<int>(b < a);
}

// `1`, `0.2` and `0.0.3`: the canonical forms. Nothing where the text has another shape (`0.0.0` is a full version
// too).
std::optional<Version> ParseCanonical(std::string_view text) {
  VersionParser parser(text);
  Version v;
  uint64_t* const numbers[] = {&v.major, &v.minor, &v.patch};
  for (uint64_t* number : numbers) {
    Result<uint64_t> value = parser.Number("");
    if (!value.ok()) return std::nullopt;
    *number = *value;
    // The form ends at the first number that is not zero.
    if (*number != 0) return parser.AtEnd() ? std::optional(v) : std::nullopt;
    if (number == &v.patch || !parser.Dot("").ok()) break;
  }
  return std::nullopt;
}

}  // namespace

std::string Version::ToString() const {
  std::string text = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  if (!pre.empty()) text += "-" + pre;
  if (!build.empty()) text += "+" + build;
  return text;
}

Result<Version> ParseVersion(std::string_view text) { return VersionParser(text).Parse(); }

int CompareVersions(const Version& a, const Version& b) {
  if (const int c = Order(a.major, b.major); c != 0) return c;
  if (const int c = Order(a.minor, b.minor); c != 0) return c;
  if (const int c = Order(a.patch, b.patch); c != 0) return c;
  return Order(ComparePrereleases(a.pre, b.pre), 0);
}

Result<InterfaceVersion> ParseInterfaceVersion(std::string_view text) {
  InterfaceVersion result;
  result.text = std::string(text);
  Result<Version> full = ParseVersion(text);
  if (full.ok()) {
    result.version = *std::move(full);
    result.canonical = result.version == Version{0, 0, result.version.patch, "", ""};
    return result;
  }
  const std::optional<Version> canonical = ParseCanonical(text);
  if (!canonical.has_value()) return std::move(full).error();
  result.version = *canonical;
  result.canonical = true;
  return result;
}

CanonicalVersion CanonicalizeVersion(const Version& version) {
  const std::string text = version.ToString();
  size_t split = text.find('.');
  if (version.major == 0) split = text.find('.', split + 1);
  if (version.major == 0 && version.minor == 0) split = std::min(text.find_first_of("-+"), text.size());
  return {text.substr(0, split), text.substr(split)};
}

Result<CanonicalVersion> CanonicalizeVersion(std::string_view text) {
  CVM_ASSIGN_OR_RETURN(const InterfaceVersion parsed, ParseInterfaceVersion(text));
  if (parsed.canonical) return CanonicalVersion{parsed.text, ""};
  return CanonicalizeVersion(parsed.version);
}

bool SemverCompatible(const Version& a, const Version& b) {
  if (!a.pre.empty() || !b.pre.empty()) return a == b;
  return CanonicalizeVersion(a).canonical == CanonicalizeVersion(b).canonical;
}

bool SemverCompatible(const InterfaceVersion& a, const InterfaceVersion& b) {
  if (a.text == b.text) return true;
  return SemverCompatible(a.version, b.version);
}

bool SemverCompatible(std::string_view a, std::string_view b) {
  const Result<InterfaceVersion> left = ParseInterfaceVersion(a);
  const Result<InterfaceVersion> right = ParseInterfaceVersion(b);
  return left.ok() && right.ok() && SemverCompatible(*left, *right);
}

}  // namespace cvm::component
