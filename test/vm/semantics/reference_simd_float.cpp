// Float lanes, by the references for one float; conversions between lanes; the relaxed float operations.
#include <bit>

#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

// A result of lanes of `bits`: the first `count` by `compute`, the rest zero.
template <class Compute>
Outcome EachLane(int bits, int count, const Compute& compute) {
  Outcome outcome;
  outcome.lane_bits = bits;
  for (int i = 0; i < count; ++i) outcome.Set(i, compute(i));
  return outcome;
}

bool IsComparison(std::string_view name) {
  return name == "eq" || name == "ne" || name == "lt" || name == "gt" || name == "le" || name == "ge";
}

void AddArithmetic(int bits, References& references) {
  const std::string prefix = bits == 32 ? "f32x4." : "f64x2.";
  for (const std::string& name : FloatOpNames()) {
    references[prefix + name] = [=](Args args) {
      return EachLane(bits, 128 / bits, [&](int i) {
        const uint64_t b = IsFloatUnary(name) ? 0 : args[1].Lane(bits, i);
        LaneResult result = FloatOp(name, bits, args[0].Lane(bits, i), b);
        if (IsComparison(name)) result.bits = 0 - result.bits;
        return result;
      });
    };
  }
}

void AddConversions(bool is_signed, References& references) {
  const std::string suffix = is_signed ? "_s" : "_u";
  references["i32x4.trunc_sat_f32x4" + suffix] = [=](Args args) {
    return EachLane(32, 4, [&](int i) { return TruncSat(32, 32, is_signed, args[0].Lane(32, i)); });
  };
  references["i32x4.trunc_sat_f64x2" + suffix + "_zero"] = [=](Args args) {
    return EachLane(32, 2, [&](int i) { return TruncSat(64, 32, is_signed, args[0].Lane(64, i)); });
  };
  references["f32x4.convert_i32x4" + suffix] = [=](Args args) {
    return EachLane(32, 4, [&](int i) { return IntToFloat(32, 32, is_signed, args[0].Lane(32, i)); });
  };
  references["f64x2.convert_low_i32x4" + suffix] = [=](Args args) {
    return EachLane(64, 2, [&](int i) { return IntToFloat(32, 64, is_signed, args[0].Lane(32, i)); });
  };
}

void AddRelaxedFloat(int bits, References& references) {
  const std::string prefix = bits == 32 ? "f32x4." : "f64x2.";
  for (const bool negated : {false, true}) {
    references[prefix + (negated ? "relaxed_nmadd" : "relaxed_madd")] = [=](Args args) {
      return EachLane(bits, 128 / bits, [&](int i) {
        const uint64_t a = args[0].Lane(bits, i);
        const uint64_t first = negated ? FloatOp("neg", bits, a, 0).bits : a;
        const LaneResult product = FloatOp("mul", bits, first, args[1].Lane(bits, i));
        if (product.rule == NanRule::kExact) return FloatOp("add", bits, product.bits, args[2].Lane(bits, i));
        // The product is a NaN, the sum a NaN of the worse kind of the two.
        const LaneResult with_c = FloatOp("add", bits, args[2].Lane(bits, i), args[2].Lane(bits, i));
        return with_c.rule == NanRule::kArithmetic ? with_c : product;
      });
    };
  }
}

// The sum of two products of signed bytes, saturated to 16 bits.
Int RelaxedDot(Args args, int i) {
  Int sum = 0;
  for (int j = 2 * i; j < 2 * i + 2; ++j) {
    sum += Read(args[0].Lane(8, j), 8, true) * Read(args[1].Lane(8, j), 8, true);
  }
  return Clamp(sum, 16, true);
}

}  // namespace

void AddSimdFloatReferences(References& references) {
  for (const int bits : {32, 64}) AddArithmetic(bits, references);
  for (const bool is_signed : {false, true}) AddConversions(is_signed, references);
  references["f32x4.demote_f64x2_zero"] = [](Args args) {
    return EachLane(32, 2, [&](int i) { return Demote(args[0].Lane(64, i)); });
  };
  references["f64x2.promote_low_f32x4"] = [](Args args) {
    return EachLane(64, 2, [&](int i) { return Promote(args[0].Lane(32, i)); });
  };
}

// The deterministic profile: what is not computed here is its strict counterpart.
void AddRelaxedReferences(References& references) {
  constexpr std::pair<const char*, const char*> kSame[] = {
      {"i8x16.relaxed_swizzle", "i8x16.swizzle"},
      {"i32x4.relaxed_trunc_f32x4_s", "i32x4.trunc_sat_f32x4_s"},
      {"i32x4.relaxed_trunc_f32x4_u", "i32x4.trunc_sat_f32x4_u"},
      {"i32x4.relaxed_trunc_f64x2_s_zero", "i32x4.trunc_sat_f64x2_s_zero"},
      {"i32x4.relaxed_trunc_f64x2_u_zero", "i32x4.trunc_sat_f64x2_u_zero"},
      {"i8x16.relaxed_laneselect", "v128.bitselect"},
      {"i16x8.relaxed_laneselect", "v128.bitselect"},
      {"i32x4.relaxed_laneselect", "v128.bitselect"},
      {"i64x2.relaxed_laneselect", "v128.bitselect"},
      {"f32x4.relaxed_min", "f32x4.min"},
      {"f32x4.relaxed_max", "f32x4.max"},
      {"f64x2.relaxed_min", "f64x2.min"},
      {"f64x2.relaxed_max", "f64x2.max"},
      {"i16x8.relaxed_q15mulr_s", "i16x8.q15mulr_sat_s"},
  };
  for (const auto& [relaxed, strict] : kSame) references[relaxed] = references.at(strict);
  for (const int bits : {32, 64}) AddRelaxedFloat(bits, references);
  references["i16x8.relaxed_dot_i8x16_i7x16_s"] = [](Args args) {
    return EachLane(16, 8, [&](int i) { return LaneResult{static_cast<uint64_t>(RelaxedDot(args, i))}; });
  };
  references["i32x4.relaxed_dot_i8x16_i7x16_add_s"] = [](Args args) {
    return EachLane(32, 4, [&](int i) {
      const Int sum = RelaxedDot(args, 2 * i) + RelaxedDot(args, 2 * i + 1) + Read(args[2].Lane(32, i), 32, true);
      return LaneResult{static_cast<uint64_t>(sum)};
    });
  };
}

}  // namespace cvm::semantics_test
