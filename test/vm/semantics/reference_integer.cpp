// i32.* and i64.* in integers of 128 bits.
#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

__extension__ typedef unsigned __int128 Wide;

Int Power(int n) { return Int{1} << n; }

uint64_t Wrap(Int v, int bits) {
  const auto low = static_cast<uint64_t>(v);
  return bits == 64 ? low : low & ((uint64_t{1} << bits) - 1);
}

// Mathematical definition by name; operands have been read as signed for names that end in _s.
struct Binary {
  const char* name;
  Int (*compute)(Int a, Int b, int bits);
};

constexpr Binary kTotal[] = {
    {"add", [](Int a, Int b, int) { return a + b; }},
    {"sub", [](Int a, Int b, int) { return a - b; }},
    {"mul", [](Int a, Int b, int) { return static_cast<Int>(static_cast<Wide>(a) * static_cast<Wide>(b)); }},
    {"and", [](Int a, Int b, int) { return a & b; }},
    {"or", [](Int a, Int b, int) { return a | b; }},
    {"xor", [](Int a, Int b, int) { return a ^ b; }},
    {"shl",
     [](Int a, Int b, int bits) { return static_cast<Int>(static_cast<Wide>(a) << static_cast<int>(b % bits)); }},
    {"shr_u", [](Int a, Int b, int bits) { return a / Power(static_cast<int>(b % bits)); }},
    {"rotl",
     [](Int a, Int b, int bits) {
       for (int i = 0; i < b % bits; ++i) a = a * 2 % Power(bits) + a / Power(bits - 1);
       return a;
     }},
    {"rotr",
     [](Int a, Int b, int bits) {
       for (int i = 0; i < b % bits; ++i) a = a / 2 + a % 2 * Power(bits - 1);
       return a;
     }},
    {"eq", [](Int a, Int b, int) { return Int{a == b}; }},
    {"ne", [](Int a, Int b, int) { return Int{a != b}; }},
    {"lt_s", [](Int a, Int b, int) { return Int{a < b}; }},
    {"lt_u", [](Int a, Int b, int) { return Int{a < b}; }},
    {"gt_s", [](Int a, Int b, int) { return Int{a > b}; }},
    {"gt_u", [](Int a, Int b, int) { return Int{a > b}; }},
    {"le_s", [](Int a, Int b, int) { return Int{a <= b}; }},
    {"le_u", [](Int a, Int b, int) { return Int{a <= b}; }},
    {"ge_s", [](Int a, Int b, int) { return Int{a >= b}; }},
    {"ge_u", [](Int a, Int b, int) { return Int{a >= b}; }},
    // The quotient by 2^n, rounded towards minus infinity.
    {"shr_s",
     [](Int a, Int b, int bits) {
       const Int divisor = Power(static_cast<int>((b % bits + bits) % bits));
       const Int remainder = (a % divisor + divisor) % divisor;
       return (a - remainder) / divisor;
     }},
};

struct Unary {
  const char* name;
  int (*compute)(uint64_t a, int bits);
};

constexpr Unary kUnary[] = {
    {"eqz", [](uint64_t a, int) { return a == 0 ? 1 : 0; }},
    {"clz",
     [](uint64_t a, int bits) {
       int n = 0;
       while (n < bits && !(a >> (bits - 1 - n) & 1)) ++n;
       return n;
     }},
    {"ctz",
     [](uint64_t a, int bits) {
       int n = 0;
       while (n < bits && !(a >> n & 1)) ++n;
       return n;
     }},
    {"popcnt",
     [](uint64_t a, int bits) {
       int n = 0;
       for (int i = 0; i < bits; ++i) n += a >> i & 1;
       return n;
     }},
};

// Division and remainder, read by `is_signed`.
Outcome Divide(Int a, Int b, int bits, bool is_signed, bool remainder) {
  if (b == 0) return Outcome::Trap(TrapKind::kDivideByZero);
  if (remainder) return Outcome::Integer(Wrap(a % b, bits));
  if (is_signed && a / b == Power(bits - 1)) return Outcome::Trap(TrapKind::kIntegerOverflow);
  return Outcome::Integer(Wrap(a / b, bits));
}

void AddForWidth(const std::string& prefix, int bits, References& references) {
  for (const Binary& op : kTotal) {
    const bool is_signed = std::string_view(op.name).ends_with("_s");
    references[prefix + op.name] = [=](Args args) {
      return Outcome::Integer(Wrap(
          op.compute(Read(args[0].Lane(bits, 0), bits, is_signed), Read(args[1].Lane(bits, 0), bits, is_signed), bits),
          bits));
    };
  }
  for (const Unary& op : kUnary) {
    references[prefix + op.name] = [=](Args args) { return Outcome::Integer(op.compute(args[0].Lane(bits, 0), bits)); };
  }
  for (const bool is_signed : {false, true}) {
    for (const bool remainder : {false, true}) {
      references[prefix + (remainder ? "rem_" : "div_") + (is_signed ? "s" : "u")] = [=](Args args) {
        return Divide(Read(args[0].Lane(bits, 0), bits, is_signed), Read(args[1].Lane(bits, 0), bits, is_signed), bits,
                      is_signed, remainder);
      };
    }
  }
  for (const int from : {8, 16, 32}) {
    if (from == bits) continue;
    references[prefix + "extend" + std::to_string(from) + "_s"] = [=](Args args) {
      return Outcome::Integer(Wrap(Read(args[0].Lane(bits, 0), from, true), bits));
    };
  }
}

Outcome Pair(Wide v) {
  Outcome outcome;
  outcome.values = {Value::Of(static_cast<uint64_t>(v)), Value::Of(static_cast<uint64_t>(v >> 64))};
  return outcome;
}

// By halves, with a carry, so that the reference is not the implementation.
Outcome AddHalves(uint64_t low_a, uint64_t high_a, uint64_t low_b, uint64_t high_b) {
  const Int low = Int{low_a} + Int{low_b};
  const uint64_t carry = low >= Power(64) ? 1 : 0;
  return Pair(static_cast<Wide>(high_a + high_b + carry) << 64 | static_cast<uint64_t>(low));
}

// Schoolbook multiplication in halves of 32 bits.
Wide MultiplyUnsigned(uint64_t a, uint64_t b) {
  Wide sum = 0;
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      const uint64_t product = (a >> 32 * i & 0xffffffff) * (b >> 32 * j & 0xffffffff);
      sum += static_cast<Wide>(product) << 32 * (i + j);
    }
  }
  return sum;
}

Wide MultiplySigned(uint64_t a, uint64_t b) {
  const bool negative_a = a >> 63, negative_b = b >> 63;
  const Wide product = MultiplyUnsigned(negative_a ? 0 - a : a, negative_b ? 0 - b : b);
  return negative_a != negative_b ? 0 - product : product;
}

}  // namespace

Int Read(uint64_t lane, int bits, bool is_signed) {
  const Int v = static_cast<Int>(Wrap(static_cast<Int>(lane), bits));
  return is_signed && v >= Power(bits - 1) ? v - Power(bits) : v;
}

Int Clamp(Int v, int bits, bool is_signed) {
  const Int min = is_signed ? -Power(bits - 1) : 0, max = is_signed ? Power(bits - 1) - 1 : Power(bits) - 1;
  return v < min ? min : v > max ? max : v;
}

void AddIntegerReferences(References& references) {
  AddForWidth("i32.", 32, references);
  AddForWidth("i64.", 64, references);
  references["i32.wrap_i64"] = [](Args args) { return Outcome::Integer(args[0].Lane(32, 0)); };
  references["i64.extend_i32_u"] = [](Args args) { return Outcome::Integer(args[0].Lane(32, 0)); };
  references["i64.extend_i32_s"] = [](Args args) {
    return Outcome::Integer(static_cast<uint64_t>(Read(args[0].Lane(32, 0), 32, true)));
  };
  references["i64.add128"] = [](Args args) {
    return AddHalves(args[0].Lane(64, 0), args[1].Lane(64, 0), args[2].Lane(64, 0), args[3].Lane(64, 0));
  };
  // a - b = a + ~b + 1
  references["i64.sub128"] = [](Args args) {
    const Outcome negated = AddHalves(~args[2].Lane(64, 0), ~args[3].Lane(64, 0), 1, 0);
    return AddHalves(args[0].Lane(64, 0), args[1].Lane(64, 0), negated.values[0].Lane(64, 0),
                     negated.values[1].Lane(64, 0));
  };
  references["i64.mul_wide_u"] = [](Args args) {
    return Pair(MultiplyUnsigned(args[0].Lane(64, 0), args[1].Lane(64, 0)));
  };
  references["i64.mul_wide_s"] = [](Args args) {
    return Pair(MultiplySigned(args[0].Lane(64, 0), args[1].Lane(64, 0)));
  };
}

}  // namespace cvm::semantics_test
