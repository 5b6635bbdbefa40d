// The table-driven test of vm/semantics: every instruction that has semantics is run over edge values and pseudo-random
// ones and compared with a reference, which is written naively (wide integers, one lane at a time, bit by bit) and
// found by the instruction's text. An instruction without a reference fails the test.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/trap.hpp"
#include "vm/isa/opcode.hpp"

namespace cvm::semantics_test {

__extension__ typedef __int128 Int;  // holds every operand of at most 64 bits, signed or not, and their product's sign

// An operand or a result: a number in the low bytes, or 16 bytes of lanes.
struct Value {
  std::array<uint8_t, 16> bytes = {};

  template <class T>
  static Value Of(T v) {
    Value value;
    std::memcpy(value.bytes.data(), &v, sizeof v);
    return value;
  }
  template <class T>
  T As() const {
    T v;
    std::memcpy(&v, bytes.data(), sizeof v);
    return v;
  }
  uint64_t Lane(int bits, int i) const {
    uint64_t lane = 0;
    std::memcpy(&lane, bytes.data() + bits / 8 * i, bits / 8);
    return lane;
  }
  void SetLane(int bits, int i, uint64_t lane) { std::memcpy(bytes.data() + bits / 8 * i, &lane, bits / 8); }
};

// Which NaNs will do (core/exec/numerics#nan-propagation).
enum class NanRule : uint8_t {
  kExact,       // these very bits
  kCanonical,   // a NaN with only the top bit of its payload, of either sign
  kArithmetic,  // a NaN with at least the top bit
};

struct LaneResult {
  uint64_t bits = 0;
  NanRule rule = NanRule::kExact;
};

struct Outcome {
  TrapKind trap = TrapKind::kNone;
  std::array<Value, 2> values = {};  // the second one for wide arithmetic only
  int lane_bits = 64;
  std::array<NanRule, 16> rules = {};  // a lane

  static Outcome Trap(TrapKind kind) {
    Outcome outcome;
    outcome.trap = kind;
    return outcome;
  }
  static Outcome Scalar(LaneResult result, int bits) {
    Outcome outcome;
    outcome.lane_bits = bits;
    outcome.Set(0, result);
    return outcome;
  }
  static Outcome Integer(uint64_t v) { return Scalar({v}, 64); }
  void Set(int i, LaneResult result) {
    values[0].SetLane(lane_bits, i, result.bits);
    rules[i] = result.rule;
  }
};

using Args = const Value*;  // operands in order; a lane number (one byte) or the lanes of a shuffle last
using Function = std::function<Outcome(Args)>;
using References = std::map<std::string, Function, std::less<>>;

// The instruction under test; nullptr if it has no semantics.
using Runner = Outcome (*)(Args);
Runner FindRunner(Opcode op);

// The references by family.
void AddIntegerReferences(References& references);
void AddFloatReferences(References& references);
void AddConversionReferences(References& references);
void AddSimdIntegerReferences(References& references);
void AddSimdWideningReferences(References& references);
void AddSimdLaneReferences(References& references);
void AddSimdFloatReferences(References& references);
void AddRelaxedReferences(References& references);

// reference_float.cpp: an operation on one f32 or f64, by name ("add", "nearest"), operands and result as bits.
// Comparisons give 0 or 1.
LaneResult FloatOp(std::string_view name, int bits, uint64_t a, uint64_t b);
bool IsFloatUnary(std::string_view name);
std::vector<std::string> FloatOpNames();
bool IsNan(int bits, uint64_t a);

// reference_convert.cpp: one lane each.
LaneResult TruncSat(int from_bits, int to_bits, bool is_signed, uint64_t a);
LaneResult IntToFloat(int from_bits, int to_bits, bool is_signed, uint64_t a);
LaneResult Demote(uint64_t a);
LaneResult Promote(uint64_t a);

// Integer lanes: reads the low bits as signed or unsigned.
Int Read(uint64_t lane, int bits, bool is_signed);
Int Clamp(Int v, int bits, bool is_signed);

// operands.cpp: edge values by signature letter (OpcodeInfo::sig), without their cross product.
const std::vector<Value>& Edges(char letter);
// Pairs of vectors that contain the cross product of the edges of every lane type, and pseudo-random ones.
const std::vector<std::array<Value, 2>>& VectorPairs();

class Random {  // splitmix64
 public:
  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

 private:
  uint64_t state_ = 1;
};

}  // namespace cvm::semantics_test
