// Bits and lanes: splat, extract, replace, shuffle, swizzle, bitwise operations.
#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

struct Shape {
  const char* name;
  int bits;
};
constexpr Shape kShapes[] = {{"i8x16", 8}, {"i16x8", 16}, {"i32x4", 32}, {"i64x2", 64}, {"f32x4", 32}, {"f64x2", 64}};

void AddLaneAccess(Shape shape, References& references) {
  const std::string prefix = std::string(shape.name) + ".";
  const int bits = shape.bits;
  references[prefix + "splat"] = [=](Args args) {
    Outcome outcome;
    outcome.lane_bits = bits;
    for (int i = 0; i < 128 / bits; ++i) outcome.Set(i, {args[0].Lane(bits, 0)});
    return outcome;
  };
  references[prefix + "replace_lane"] = [=](Args args) {
    Outcome outcome;
    outcome.values[0] = args[0];
    outcome.values[0].SetLane(bits, args[2].bytes[0], args[1].Lane(bits, 0));
    return outcome;
  };
  if (bits >= 32) {
    references[prefix + "extract_lane"] = [=](Args args) {
      return Outcome::Scalar({args[0].Lane(bits, args[1].bytes[0])}, bits);
    };
    return;
  }
  for (const bool is_signed : {false, true}) {
    references[prefix + (is_signed ? "extract_lane_s" : "extract_lane_u")] = [=](Args args) {
      const Int lane = Read(args[0].Lane(bits, args[1].bytes[0]), bits, is_signed);
      return Outcome::Scalar({static_cast<uint32_t>(lane)}, 32);
    };
  }
}

using BitFunction = bool (*)(bool a, bool b, bool c);

void AddBitwise(const char* name, int operands, BitFunction compute, References& references) {
  references[name] = [=](Args args) {
    Outcome outcome;
    for (int i = 0; i < 128; ++i) {
      bool bits[3] = {};
      for (int j = 0; j < operands; ++j) bits[j] = args[j].bytes[i / 8] >> i % 8 & 1;
      if (compute(bits[0], bits[1], bits[2])) outcome.values[0].bytes[i / 8] |= 1 << i % 8;
    }
    return outcome;
  };
}

template <class Pick>
Outcome EachByte(const Pick& pick) {
  Outcome outcome;
  for (int i = 0; i < 16; ++i) outcome.values[0].bytes[i] = static_cast<uint8_t>(pick(i));
  return outcome;
}

}  // namespace

void AddSimdLaneReferences(References& references) {
  for (Shape shape : kShapes) AddLaneAccess(shape, references);
  AddBitwise("v128.not", 1, [](bool a, bool, bool) { return !a; }, references);
  AddBitwise("v128.and", 2, [](bool a, bool b, bool) { return a && b; }, references);
  AddBitwise("v128.andnot", 2, [](bool a, bool b, bool) { return a && !b; }, references);
  AddBitwise("v128.or", 2, [](bool a, bool b, bool) { return a || b; }, references);
  AddBitwise("v128.xor", 2, [](bool a, bool b, bool) { return a != b; }, references);
  AddBitwise("v128.bitselect", 3, [](bool a, bool b, bool c) { return c ? a : b; }, references);
  references["v128.any_true"] = [](Args args) {
    bool any = false;
    for (uint8_t byte : args[0].bytes) any = any || byte != 0;
    return Outcome::Integer(any);
  };
  references["i8x16.shuffle"] = [](Args args) {
    return EachByte([&](int i) {
      const int lane = args[2].bytes[i];
      return lane < 16 ? args[0].bytes[lane] : args[1].bytes[lane - 16];
    });
  };
  references["i8x16.swizzle"] = [](Args args) {
    return EachByte([&](int i) {
      const int lane = args[1].bytes[i];
      return lane < 16 ? args[0].bytes[lane] : 0;
    });
  };
}

}  // namespace cvm::semantics_test
