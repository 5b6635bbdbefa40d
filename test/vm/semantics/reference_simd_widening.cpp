// Integer lanes that change their width: narrow, extend, extmul, extadd_pairwise, dot.
#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

const char* ShapeName(int bits) { return bits == 8 ? "i8x16" : bits == 16 ? "i16x8" : bits == 32 ? "i32x4" : "i64x2"; }

std::string Name(int to_bits, const std::string& op, int from_bits, bool is_signed) {
  return std::string(ShapeName(to_bits)) + "." + op + "_" + ShapeName(from_bits) + (is_signed ? "_s" : "_u");
}

// A result of lanes of `bits`, lane i by `compute`.
template <class Compute>
Outcome EachLane(int bits, const Compute& compute) {
  Outcome outcome;
  outcome.lane_bits = bits;
  for (int i = 0; i < 128 / bits; ++i) outcome.Set(i, {static_cast<uint64_t>(compute(i))});
  return outcome;
}

void AddNarrow(int from, bool is_signed, References& references) {
  const int to = from / 2;
  references[Name(to, "narrow", from, is_signed)] = [=](Args args) {
    const int half = 128 / from;
    return EachLane(to, [&](int i) {
      return Clamp(Read(args[i / half].Lane(from, i % half), from, true), to, is_signed);  // always read as signed
    });
  };
}

void AddExtend(int from, bool is_signed, References& references) {
  const int to = from * 2;
  for (const bool high : {false, true}) {
    const std::string half = high ? "_high" : "_low";
    const int first = high ? 128 / to : 0;
    references[Name(to, "extend" + half, from, is_signed)] = [=](Args args) {
      return EachLane(to, [&](int i) { return Read(args[0].Lane(from, first + i), from, is_signed); });
    };
    references[Name(to, "extmul" + half, from, is_signed)] = [=](Args args) {
      return EachLane(to, [&](int i) {
        const Int a = Read(args[0].Lane(from, first + i), from, is_signed);
        const Int b = Read(args[1].Lane(from, first + i), from, is_signed);
        return static_cast<uint64_t>(a) * static_cast<uint64_t>(b);
      });
    };
  }
  if (to == 64) return;
  references[Name(to, "extadd_pairwise", from, is_signed)] = [=](Args args) {
    return EachLane(to, [&](int i) {
      return Read(args[0].Lane(from, 2 * i), from, is_signed) + Read(args[0].Lane(from, 2 * i + 1), from, is_signed);
    });
  };
}

}  // namespace

void AddSimdWideningReferences(References& references) {
  for (const bool is_signed : {false, true}) {
    for (const int from : {16, 32}) AddNarrow(from, is_signed, references);
    for (const int from : {8, 16, 32}) AddExtend(from, is_signed, references);
  }
  references["i32x4.dot_i16x8_s"] = [](Args args) {
    return EachLane(32, [&](int i) {
      Int sum = 0;
      for (int j = 2 * i; j < 2 * i + 2; ++j) {
        sum += Read(args[0].Lane(16, j), 16, true) * Read(args[1].Lane(16, j), 16, true);
      }
      return sum;
    });
  };
}

}  // namespace cvm::semantics_test
