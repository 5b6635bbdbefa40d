#include "tools/run/core_values.hpp"

#include <cerrno>
#include <cstdlib>
#include <limits>
#include <optional>

#include "tools/run/options.hpp"

namespace cvm::run {
namespace {

// An integer of `bits` bits, signed or not.
std::optional<uint64_t> ParseInteger(std::string_view word, int bits) {
  const bool negative = word.starts_with("-");
  const std::optional<uint64_t> size = ParseNumber(negative ? word.substr(1) : word);
  if (!size.has_value()) return std::nullopt;
  const uint64_t most = std::numeric_limits<uint64_t>::max() >> (64 - bits);
  if (*size > (negative ? most / 2 + 1 : most)) return std::nullopt;
  return (negative ? 0 - *size : *size) & most;
}

template <class T, T (*kRead)(const char*, char**)>
std::optional<T> ParseFloat(const std::string& word) {
  char* end = nullptr;
  const T value = kRead(word.c_str(), &end);
  if (word.empty() || end != word.c_str() + word.size()) return std::nullopt;
  return value;
}

std::optional<Val> ParseValue(Kind kind, const std::string& word) {
  switch (kind) {
    case Kind::kI32:
    case Kind::kI64: {
      const std::optional<uint64_t> bits = ParseInteger(word, kind == Kind::kI32 ? 32 : 64);
      return bits.has_value() ? std::optional(Val::FromBits(kind, *bits)) : std::nullopt;
    }
    case Kind::kF32: {
      const std::optional<float> value = ParseFloat<float, std::strtof>(word);
      return value.has_value() ? std::optional(Val::F32(*value)) : std::nullopt;
    }
    case Kind::kF64: {
      const std::optional<double> value = ParseFloat<double, std::strtod>(word);
      return value.has_value() ? std::optional(Val::F64(*value)) : std::nullopt;
    }
    default:
      return std::nullopt;  // vectors and references have no form in words
  }
}

}  // namespace

Result<std::vector<Val>> ParseArguments(const FuncSignature& signature, std::span<const std::string> words) {
  if (words.size() != signature.params.size()) {
    return Error(ErrorKind::kUsage, "the function has the type " + ToString(signature) + ": it takes " +
                                        std::to_string(signature.params.size()) + " arguments, not " +
                                        std::to_string(words.size()));
  }
  std::vector<Val> values;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::optional<Val> value = ParseValue(signature.params[i], words[i]);
    if (!value.has_value()) {
      return Error(ErrorKind::kUsage, "argument " + std::to_string(i + 1) + ", `" + words[i] + "`, is no " +
                                          KindName(signature.params[i]));
    }
    values.push_back(*value);
  }
  return values;
}

}  // namespace cvm::run
