// The driver: every instruction with semantics against its reference, over all edges; and literal facts of the
// specification that a mistake shared by both would break (security row INT-07).
#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <sstream>
#include <string>

#include "test/vm/semantics/harness.hpp"
#include "vm/semantics/semantics.hpp"

namespace cvm::semantics_test {
namespace {

const References& AllReferences() {
  static const auto* const kAll = [] {
    auto* references = new References;
    AddIntegerReferences(*references);
    AddFloatReferences(*references);
    AddConversionReferences(*references);
    AddSimdIntegerReferences(*references);
    AddSimdWideningReferences(*references);
    AddSimdLaneReferences(*references);
    AddSimdFloatReferences(*references);
    AddRelaxedReferences(*references);
    return references;
  }();
  return *kAll;
}

bool LaneFits(NanRule rule, int bits, uint64_t expected, uint64_t actual) {
  if (rule == NanRule::kExact) return expected == actual;
  const int mantissa = bits == 32 ? 23 : 52;
  const uint64_t quiet = uint64_t{1} << (mantissa - 1);
  if (!IsNan(bits, actual) || (actual & quiet) == 0) return false;
  return rule == NanRule::kArithmetic || (actual & (quiet * 2 - 1)) == quiet;
}

bool Fits(const Outcome& expected, const Outcome& actual) {
  if (expected.trap != actual.trap) return false;
  if (expected.trap != TrapKind::kNone) return true;
  for (int i = 0; i < 128 / expected.lane_bits; ++i) {
    const int bits = expected.lane_bits;
    const uint64_t want = expected.values[0].Lane(bits, i), have = actual.values[0].Lane(bits, i);
    if (!LaneFits(expected.rules[i], bits, want, have)) return false;
  }
  return expected.values[1].bytes == actual.values[1].bytes;
}

std::string Hex(const Value& value) {
  std::ostringstream out;
  out << std::hex << "0x" << value.Lane(64, 1) << "'" << value.Lane(64, 0);
  return out.str();
}

// Runs one tuple of operands; counts what does not fit and keeps a description of the first.
class Comparison {
 public:
  explicit Comparison(const OpcodeInfo& info)
      : runner_(FindRunner(info.op)), reference_(AllReferences().find(info.text)->second) {}

  void Run(Args args, size_t count) {
    ++runs_;
    const Outcome expected = reference_(args), actual = runner_(args);
    if (Fits(expected, actual)) return;
    if (failures_++ > 0) return;
    for (size_t i = 0; i < count; ++i) first_ += Hex(args[i]) + " ";
    first_ += "-> " + Hex(actual.values[0]) + " trap " + std::to_string(static_cast<int>(actual.trap)) + ", expected " +
              Hex(expected.values[0]) + " trap " + std::to_string(static_cast<int>(expected.trap));
  }
  size_t runs() const { return runs_; }
  size_t failures() const { return failures_; }
  const std::string& first() const { return first_; }

 private:
  const Runner runner_;
  const Function& reference_;
  size_t runs_ = 0;
  size_t failures_ = 0;
  std::string first_;
};

// i, l, f, d: the full cross product of two operands' edges, then pseudo-random tuples.
void RunScalars(std::string_view letters, Comparison& comparison) {
  std::array<Value, 4> args;
  const auto& first = Edges(letters[0]);
  if (letters.size() == 1) {
    for (const Value& a : first) comparison.Run(&a, 1);
  } else {
    for (const Value& a : first) {
      for (const Value& b : Edges(letters[1])) {
        args = {a, b, b, a};  // add128 and sub128 take four
        comparison.Run(args.data(), letters.size());
      }
    }
  }
  Random random;
  for (int i = 0; i < 20000; ++i) {
    for (Value& arg : args) arg = Value::Of(random.Next() >> (random.Next() % 64));
    comparison.Run(args.data(), letters.size());
  }
}

// At least one vector: the pairs, with the immediate or third operand that the signature asks for.
void RunVectors(const OpcodeInfo& info, std::string_view letters, Comparison& comparison) {
  Random random;
  const auto& pairs = VectorPairs();
  for (size_t i = 0; i < pairs.size(); ++i) {
    std::array<Value, 3> args = {pairs[i][0], pairs[i][1], pairs[(i * 7 + 3) % pairs.size()][0]};
    if (info.imm == ImmKind::kShuffle) {
      for (uint8_t& lane : args[2].bytes) lane = random.Next() % 32;
    } else if (letters == "vi") {  // shifts: every edge, over the pairs
      args[1] = Edges('i')[i % Edges('i').size()];
    }
    comparison.Run(args.data(), letters.size());
  }
}

void RunLanes(std::string_view text, std::string_view letters, Comparison& comparison) {
  const int lanes = std::stoi(std::string(text.substr(text.find('x') + 1, 2)));
  const auto& pairs = VectorPairs();
  for (size_t i = 0; i < pairs.size(); i += 3) {
    for (int lane = 0; lane < lanes; ++lane) {
      std::array<Value, 3> args = {pairs[i][0]};
      if (letters.size() == 2) args[1] = Edges(letters[1])[i % Edges(letters[1]).size()];
      args[letters.size()] = Value::Of(static_cast<uint8_t>(lane));
      comparison.Run(args.data(), letters.size());
    }
  }
}

}  // namespace

TEST_CASE("INT-07: every instruction computes what its reference computes") {
  size_t instructions = 0;
  for (const OpcodeInfo& info : AllOpcodes()) {
    if (FindRunner(info.op) == nullptr) continue;
    ++instructions;
    CAPTURE(info.text);
    REQUIRE(AllReferences().contains(info.text));
    const std::string_view letters = info.sig.substr(0, info.sig.find(':'));
    Comparison comparison(info);
    if (info.imm == ImmKind::kLane) {
      RunLanes(info.text, letters, comparison);
    } else if (letters.find('v') != std::string_view::npos) {
      RunVectors(info, letters, comparison);
    } else {
      RunScalars(letters, comparison);
    }
    INFO(comparison.first());
    CHECK(comparison.failures() == 0);
    CHECK(comparison.runs() >= 64);
  }
  CHECK(instructions >= 370);
}

// Literal facts of the specification and its suite.

TEST_CASE("INT-07: division traps by zero and on overflow, remainder by zero only") {
  CHECK(Semantics<Opcode::kI32DivS>::Eval(1, 0).trap == TrapKind::kDivideByZero);
  CHECK(Semantics<Opcode::kI32DivS>::Eval(0x80000000, 0xffffffff).trap == TrapKind::kIntegerOverflow);
  CHECK(Semantics<Opcode::kI32DivS>::Eval(0x80000000, 0).trap == TrapKind::kDivideByZero);
  CHECK(Semantics<Opcode::kI32RemS>::Eval(0x80000000, 0xffffffff).trap == TrapKind::kNone);
  CHECK(Semantics<Opcode::kI32RemS>::Eval(0x80000000, 0xffffffff).value == 0);
  CHECK(Semantics<Opcode::kI32RemS>::Eval(7, 0).trap == TrapKind::kDivideByZero);
  CHECK(Semantics<Opcode::kI32DivU>::Eval(0x80000000, 0xffffffff).value == 0);
  CHECK(Semantics<Opcode::kI32RemS>::Eval(static_cast<uint32_t>(-7), 2).value == 0xffffffff);
  CHECK(Semantics<Opcode::kI64DivS>::Eval(uint64_t{1} << 63, ~uint64_t{0}).trap == TrapKind::kIntegerOverflow);
  CHECK(Semantics<Opcode::kI64RemS>::Eval(uint64_t{1} << 63, ~uint64_t{0}).value == 0);
  CHECK(Semantics<Opcode::kI64DivS>::Eval(static_cast<uint64_t>(-7), 2).value == static_cast<uint64_t>(-3));
}

TEST_CASE("INT-07: float minimum and maximum know signed zeros and canonical NaNs") {
  const float nan = std::bit_cast<float>(0x7fc00000), signalling = std::bit_cast<float>(0x7fa00000);
  const auto bits = [](float f) { return std::bit_cast<uint32_t>(f); };
  CHECK(bits(Semantics<Opcode::kF32Min>::Eval(0.0f, -0.0f)) == 0x80000000);
  CHECK(bits(Semantics<Opcode::kF32Min>::Eval(-0.0f, 0.0f)) == 0x80000000);
  CHECK(bits(Semantics<Opcode::kF32Max>::Eval(0.0f, -0.0f)) == 0);
  CHECK(bits(Semantics<Opcode::kF32Max>::Eval(-0.0f, 0.0f)) == 0);
  CHECK((bits(Semantics<Opcode::kF32Min>::Eval(nan, -1.0f)) & 0x7fffffff) == 0x7fc00000);
  CHECK((bits(Semantics<Opcode::kF32Max>::Eval(1.0f, nan)) & 0x7fffffff) == 0x7fc00000);
  CHECK((bits(Semantics<Opcode::kF32Min>::Eval(signalling, 1.0f)) & 0x00400000) != 0);
  CHECK((bits(Semantics<Opcode::kF32Floor>::Eval(signalling)) & 0x00400000) != 0);
  CHECK(bits(Semantics<Opcode::kF32Abs>::Eval(std::bit_cast<float>(0xffa00000))) == 0x7fa00000);
  CHECK(bits(Semantics<Opcode::kF32Neg>::Eval(signalling)) == 0xffa00000);
}

TEST_CASE("INT-07: nearest rounds ties to even and keeps the sign of zero") {
  const auto nearest = [](double x) { return Semantics<Opcode::kF64Nearest>::Eval(x); };
  CHECK(nearest(0.5) == 0.0);
  CHECK(std::signbit(nearest(-0.5)));
  CHECK(nearest(1.5) == 2.0);
  CHECK(nearest(2.5) == 2.0);
  CHECK(nearest(-3.5) == -4.0);
  CHECK(nearest(0.49999999999999994) == 0.0);
  CHECK(nearest(4503599627370497.5) == 4503599627370498.0);
  CHECK(nearest(9007199254740993.0) == 9007199254740993.0);
  CHECK(std::signbit(Semantics<Opcode::kF64Ceil>::Eval(-0.9)));
  CHECK(Semantics<Opcode::kF32Floor>::Eval(-0.0f) == 0.0f);
}

TEST_CASE("INT-07: truncation traps exactly at its bounds") {
  CHECK(Semantics<Opcode::kI32TruncF64S>::Eval(2147483647.9).value == 0x7fffffff);
  CHECK(Semantics<Opcode::kI32TruncF64S>::Eval(2147483648.0).trap == TrapKind::kIntegerOverflow);
  CHECK(Semantics<Opcode::kI32TruncF64S>::Eval(-2147483648.9).value == 0x80000000);
  CHECK(Semantics<Opcode::kI32TruncF64S>::Eval(-2147483649.0).trap == TrapKind::kIntegerOverflow);
  CHECK(Semantics<Opcode::kI32TruncF64U>::Eval(-0.9).value == 0);
  CHECK(Semantics<Opcode::kI32TruncF64U>::Eval(-1.0).trap == TrapKind::kIntegerOverflow);
  CHECK(Semantics<Opcode::kI32TruncF32U>::Eval(NAN).trap == TrapKind::kInvalidConversion);
  CHECK(Semantics<Opcode::kI64TruncF64S>::Eval(-0x1p63).value == uint64_t{1} << 63);
  CHECK(Semantics<Opcode::kI64TruncF64S>::Eval(0x1p63).trap == TrapKind::kIntegerOverflow);
  CHECK(Semantics<Opcode::kI64TruncF32U>::Eval(0x1.fffffep63f).value == 0xffffff0000000000);
  CHECK(Semantics<Opcode::kI64TruncF32U>::Eval(0x1p64f).trap == TrapKind::kIntegerOverflow);
  CHECK(Semantics<Opcode::kI64TruncSatF64U>::Eval(INFINITY) == ~uint64_t{0});
  CHECK(Semantics<Opcode::kI64TruncSatF64U>::Eval(-INFINITY) == 0);
  CHECK(Semantics<Opcode::kI64TruncSatF64S>::Eval(-INFINITY) == uint64_t{1} << 63);
  CHECK(Semantics<Opcode::kI32TruncSatF32S>::Eval(NAN) == 0);
  CHECK(Semantics<Opcode::kF32ConvertI64U>::Eval(0x8000008000000001) == 0x1.000002p63f);
}

TEST_CASE("functions of integers are constant expressions") {
  static_assert(Semantics<Opcode::kI32Rotl>::Eval(0x80000001, 33) == 3);
  static_assert(Semantics<Opcode::kI64ShrS>::Eval(uint64_t{1} << 63, 127) == ~uint64_t{0});
  static_assert(I64MulWideS(~uint64_t{0}, 2).high == ~uint64_t{0});
  SUCCEED();
}

TEST_CASE("the edges are many enough to matter") {
  for (char letter : {'i', 'l', 'f', 'd'}) CHECK(Edges(letter).size() >= 64);
}

}  // namespace cvm::semantics_test
