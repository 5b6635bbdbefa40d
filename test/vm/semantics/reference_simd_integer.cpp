// Integer lanes, one by one.
#include "test/vm/semantics/harness.hpp"

namespace cvm::semantics_test {
namespace {

struct Shape {
  const char* name;
  int bits;
  int lanes() const { return 128 / bits; }
};
constexpr Shape kShapes[] = {{"i8x16", 8}, {"i16x8", 16}, {"i32x4", 32}, {"i64x2", 64}};

// Operands have been read as signed for names that end in _s; a comparison gives -1 for true.
struct Binary {
  const char* name;
  Int (*compute)(Int a, Int b, int bits);
};

constexpr Binary kBinary[] = {
    {"add", [](Int a, Int b, int) { return a + b; }},
    {"sub", [](Int a, Int b, int) { return a - b; }},
    // Modulo 2^64: the product of two unsigned numbers of 64 bits does not fit an Int.
    {"mul", [](Int a, Int b, int) { return Int{static_cast<uint64_t>(a) * static_cast<uint64_t>(b)}; }},
    {"eq", [](Int a, Int b, int) { return -Int{a == b}; }},
    {"ne", [](Int a, Int b, int) { return -Int{a != b}; }},
    {"lt_s", [](Int a, Int b, int) { return -Int{a < b}; }},
    {"lt_u", [](Int a, Int b, int) { return -Int{a < b}; }},
    {"gt_s", [](Int a, Int b, int) { return -Int{a > b}; }},
    {"gt_u", [](Int a, Int b, int) { return -Int{a > b}; }},
    {"le_s", [](Int a, Int b, int) { return -Int{a <= b}; }},
    {"le_u", [](Int a, Int b, int) { return -Int{a <= b}; }},
    {"ge_s", [](Int a, Int b, int) { return -Int{a >= b}; }},
    {"ge_u", [](Int a, Int b, int) { return -Int{a >= b}; }},
    {"min_s", [](Int a, Int b, int) { return a < b ? a : b; }},
    {"min_u", [](Int a, Int b, int) { return a < b ? a : b; }},
    {"max_s", [](Int a, Int b, int) { return a < b ? b : a; }},
    {"max_u", [](Int a, Int b, int) { return a < b ? b : a; }},
    {"add_sat_s", [](Int a, Int b, int bits) { return Clamp(a + b, bits, true); }},
    {"add_sat_u", [](Int a, Int b, int bits) { return Clamp(a + b, bits, false); }},
    {"sub_sat_s", [](Int a, Int b, int bits) { return Clamp(a - b, bits, true); }},
    {"sub_sat_u", [](Int a, Int b, int bits) { return Clamp(a - b, bits, false); }},
    {"avgr_u", [](Int a, Int b, int) { return (a + b + 1) / 2; }},
    {"q15mulr_sat_s", [](Int a, Int b, int bits) { return Clamp((a * b + 0x4000) >> 15, bits, true); }},
};

void AddLaneWise(Shape shape, References& references) {
  const std::string prefix = std::string(shape.name) + ".";
  const int bits = shape.bits;
  for (const Binary& op : kBinary) {
    const bool is_signed = std::string_view(op.name).ends_with("_s");
    references[prefix + op.name] = [=](Args args) {
      Outcome outcome;
      outcome.lane_bits = bits;
      for (int i = 0; i < shape.lanes(); ++i) {
        const Int a = Read(args[0].Lane(bits, i), bits, is_signed), b = Read(args[1].Lane(bits, i), bits, is_signed);
        outcome.Set(i, {static_cast<uint64_t>(op.compute(a, b, bits))});
      }
      return outcome;
    };
  }
}

using LaneFunction = uint64_t (*)(uint64_t a, uint32_t count, int bits);

void AddWithCount(Shape shape, const char* name, LaneFunction compute, bool has_count, References& references) {
  references[std::string(shape.name) + "." + name] = [=](Args args) {
    Outcome outcome;
    outcome.lane_bits = shape.bits;
    const uint32_t count = has_count ? args[1].As<uint32_t>() % shape.bits : 0;
    for (int i = 0; i < shape.lanes(); ++i) outcome.Set(i, {compute(args[0].Lane(shape.bits, i), count, shape.bits)});
    return outcome;
  };
}

void AddUnaryAndShifts(Shape shape, References& references) {
  AddWithCount(
      shape, "abs",
      [](uint64_t a, uint32_t, int bits) {
        const Int v = Read(a, bits, true);
        return static_cast<uint64_t>(v < 0 ? -v : v);
      },
      false, references);
  AddWithCount(shape, "neg", [](uint64_t a, uint32_t, int) { return 0 - a; }, false, references);
  AddWithCount(
      shape, "popcnt",
      [](uint64_t a, uint32_t, int bits) {
        uint64_t n = 0;
        for (int i = 0; i < bits; ++i) n += a >> i & 1;
        return n;
      },
      false, references);
  AddWithCount(shape, "shl", [](uint64_t a, uint32_t count, int) { return a << count; }, true, references);
  AddWithCount(shape, "shr_u", [](uint64_t a, uint32_t count, int) { return a >> count; }, true, references);
  AddWithCount(
      shape, "shr_s",
      [](uint64_t a, uint32_t count, int bits) {
        const Int v = Read(a, bits, true), divisor = Int{1} << count;
        return static_cast<uint64_t>((v - (v % divisor + divisor) % divisor) / divisor);
      },
      true, references);
}

void AddTests(Shape shape, References& references) {
  const std::string prefix = std::string(shape.name) + ".";
  references[prefix + "all_true"] = [=](Args args) {
    bool all = true;
    for (int i = 0; i < shape.lanes(); ++i) all = all && args[0].Lane(shape.bits, i) != 0;
    return Outcome::Integer(all);
  };
  references[prefix + "bitmask"] = [=](Args args) {
    uint64_t mask = 0;
    for (int i = 0; i < shape.lanes(); ++i) mask |= (args[0].Lane(shape.bits, i) >> (shape.bits - 1)) << i;
    return Outcome::Integer(mask);
  };
}

}  // namespace

void AddSimdIntegerReferences(References& references) {
  for (Shape shape : kShapes) {
    AddLaneWise(shape, references);
    AddUnaryAndShifts(shape, references);
    AddTests(shape, references);
  }
}

}  // namespace cvm::semantics_test
