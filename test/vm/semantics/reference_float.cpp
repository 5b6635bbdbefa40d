// Operations on one f32 or f64, on their bits. f32 arithmetic is done in double and rounded once, which is exact for
// + - * / and sqrt (53 >= 2 * 24 + 2); rounding to integers goes by the fraction that int64_t leaves.
#include <bit>
#include <cmath>

#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

struct Format {
  int bits;
  int mantissa;
  uint64_t Sign() const { return uint64_t{1} << (bits - 1); }
  uint64_t Infinity() const { return (Sign() - 1) & ~((uint64_t{1} << mantissa) - 1); }
  uint64_t CanonicalNan() const { return Infinity() | uint64_t{1} << (mantissa - 1); }
  uint64_t Magnitude(uint64_t a) const { return a & (Sign() - 1); }
  bool IsNan(uint64_t a) const { return Magnitude(a) > Infinity(); }
  double Number(uint64_t a) const {
    return bits == 32 ? double{std::bit_cast<float>(static_cast<uint32_t>(a))} : std::bit_cast<double>(a);
  }
  uint64_t Round(double v) const {
    return bits == 32 ? std::bit_cast<uint32_t>(static_cast<float>(v)) : std::bit_cast<uint64_t>(v);
  }
};

Format FormatOf(int bits) { return bits == 32 ? Format{32, 23} : Format{64, 52}; }

// The result NaN of an arithmetic operation: canonical unless an operand is a NaN that is not.
LaneResult NanResult(Format format, std::initializer_list<uint64_t> operands) {
  for (uint64_t a : operands) {
    if (format.IsNan(a) && format.Magnitude(a) != format.CanonicalNan()) return {0, NanRule::kArithmetic};
  }
  return {0, NanRule::kCanonical};
}

double RoundToInteger(std::string_view name, double x) {
  if (!(std::fabs(x) < 0x1p52)) return x;
  const auto whole = static_cast<int64_t>(x);
  const double fraction = x - static_cast<double>(whole);
  int64_t result = whole;
  if (name == "ceil" && fraction > 0) ++result;
  if (name == "floor" && fraction < 0) --result;
  if (name == "nearest") {
    const bool tie_to_odd = std::fabs(fraction) == 0.5 && whole % 2 != 0;
    if (std::fabs(fraction) > 0.5 || tie_to_odd) result += x < 0 ? -1 : 1;
  }
  return std::copysign(static_cast<double>(result), x);
}

double Unary(std::string_view name, double x) { return name == "sqrt" ? std::sqrt(x) : RoundToInteger(name, x); }

double Binary(std::string_view name, double x, double y) {
  if (name == "add") return x + y;
  if (name == "sub") return x - y;
  if (name == "mul") return x * y;
  if (name == "div") return x / y;
  const bool y_first = x == y ? std::signbit(y) > std::signbit(x) : y < x;
  return (name == "min") == y_first ? y : x;
}

constexpr std::string_view kBitwise[] = {"abs", "neg", "copysign", "pmin", "pmax"};
constexpr std::string_view kUnary[] = {"abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"};
constexpr std::string_view kBinary[] = {"copysign", "pmin", "pmax", "add", "sub", "mul", "div", "min", "max"};
constexpr std::string_view kCompare[] = {"eq", "ne", "lt", "gt", "le", "ge"};

template <size_t kCount>
bool Has(const std::string_view (&names)[kCount], std::string_view name) {
  for (std::string_view n : names) {
    if (n == name) return true;
  }
  return false;
}

uint64_t Bitwise(std::string_view name, Format format, uint64_t a, uint64_t b) {
  if (name == "abs") return format.Magnitude(a);
  if (name == "neg") return a ^ format.Sign();
  if (name == "copysign") return format.Magnitude(a) | (b & format.Sign());
  const double x = format.Number(a), y = format.Number(b);
  return (name == "pmin" ? y < x : x < y) ? b : a;
}

bool Compare(std::string_view name, double x, double y) {
  if (std::isnan(x) || std::isnan(y)) return name == "ne";
  const int order = x < y ? -1 : x > y ? 1 : 0;
  if (name == "eq") return order == 0;
  if (name == "ne") return order != 0;
  if (name == "lt") return order < 0;
  if (name == "gt") return order > 0;
  return name == "le" ? order <= 0 : order >= 0;
}

}  // namespace

bool IsNan(int bits, uint64_t a) { return FormatOf(bits).IsNan(a); }
bool IsFloatUnary(std::string_view name) { return Has(kUnary, name); }

std::vector<std::string> FloatOpNames() {
  std::vector<std::string> names(std::begin(kUnary), std::end(kUnary));
  names.insert(names.end(), std::begin(kBinary), std::end(kBinary));
  names.insert(names.end(), std::begin(kCompare), std::end(kCompare));
  return names;
}

LaneResult FloatOp(std::string_view name, int bits, uint64_t a, uint64_t b) {
  const Format format = FormatOf(bits);
  if (Has(kBitwise, name)) return {Bitwise(name, format, a, b)};
  const double x = format.Number(a), y = format.Number(b);
  if (Has(kCompare, name)) return {Compare(name, x, y)};
  if (Has(kUnary, name)) {
    const double result = Unary(name, x);
    return std::isnan(result) ? NanResult(format, {a}) : LaneResult{format.Round(result)};
  }
  const double result = format.IsNan(a) || format.IsNan(b) ? NAN : Binary(name, x, y);
  return std::isnan(result) ? NanResult(format, {a, b}) : LaneResult{format.Round(result)};
}

void AddFloatReferences(References& references) {
  for (const int bits : {32, 64}) {
    for (const std::string& name : FloatOpNames()) {
      if (name == "pmin" || name == "pmax") continue;  // SIMD only
      references[(bits == 32 ? "f32." : "f64.") + name] = [=](Args args) {
        const uint64_t b = IsFloatUnary(name) ? 0 : args[1].Lane(bits, 0);
        return Outcome::Scalar(FloatOp(name, bits, args[0].Lane(bits, 0), b), Has(kCompare, name) ? 32 : bits);
      };
    }
  }
}

}  // namespace cvm::semantics_test
