// Config::Deterministic: every float operation that computes a NaN gives the canonical positive one, whatever its
// operands were; operations on bits keep theirs.
#include <cstring>

#include "test/vm/engine/security.hpp"
#include "vm/isa/opcode.hpp"

namespace cvm {
namespace {

constexpr uint64_t kNan32 = 0x7fc00000;
constexpr uint64_t kNan64 = 0x7ff8000000000000;

Engine Deterministic() {
  Config config;
  config.Deterministic(true);
  for (const char* key : {"relaxed-simd", "simd"}) config.SetFeature(key, true).value();
  return Engine::Create(config).value();
}

// What makes NaNs, and what is one: quiet and signalling, of both signs, with payloads.
const std::vector<uint32_t> kFloats = {0x7fc00000, 0xffc00000, 0x7fc12345, 0xff812345, 0x7f800001, 0x7f800000,
                                       0xff800000, 0x00000000, 0x80000000, 0xbf800000, 0x40490fdb, 0x00000001};
const std::vector<uint64_t> kDoubles = {0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000012345, 0xfff0000000012345,
                                        0x7ff0000000000001, 0x7ff0000000000000, 0xfff0000000000000, 0x0000000000000000,
                                        0x8000000000000000, 0xbff0000000000000, 0x400921fb54442d18, 0x0000000000000001};

bool IsNan32(uint32_t bits) { return (bits & 0x7fffffff) > 0x7f800000; }
bool IsNan64(uint64_t bits) { return (bits & ~(uint64_t{1} << 63)) > 0x7ff0000000000000; }

// Operations on the bits of floats, which do not compute.
bool OnBits(std::string_view name) {
  for (const char* part : {"abs", "neg", "copysign", "pmin", "pmax"}) {
    if (name.ends_with(part)) return true;
  }
  return false;
}

const char* TypeName(char letter) {
  switch (letter) {
    case 'i':
      return "i32";
    case 'l':
      return "i64";
    case 'f':
      return "f32";
    case 'd':
      return "f64";
    default:
      return "v128";
  }
}

// A module with the operation on its parameters ("slots") and, result for result, on what another cell has just
// computed
// ("chained"), on a constant, in a local that is pinned.
std::string Wat(const OpcodeInfo& info) {
  const std::string params(info.sig.substr(0, info.sig.find(':')));
  const std::string result = TypeName(info.sig.back());
  const std::string op(info.text);
  std::string list, gets;
  for (size_t i = 0; i < params.size(); ++i) {
    list += std::string(" ") + TypeName(params[i]);
    gets += " (local.get " + std::to_string(i) + ")";
  }
  std::string wat = "(module (func (export \"slots\") (param" + list + ") (result " + result + ") (" + op + gets + "))";
  const std::string local = std::to_string(params.size());
  wat += "(func (export \"pinned\") (param" + list + ") (result " + result + ") (local " + result +
         " i32) (loop (local.set " + local + " (" + op + gets + ")) (br_if 0 (i32.lt_u (local.tee " +
         std::to_string(params.size() + 1) + " (i32.add (local.get " + std::to_string(params.size() + 1) +
         ") (i32.const 1))) (i32.const 3)))) (local.get " + local + "))";
  return wat + ")";
}

Val ValueOf(char type, size_t i) {
  if (type == 'f') return Val::FromBits(Kind::kF32, kFloats[i % kFloats.size()], 0);
  return Val::FromBits(Kind::kF64, kDoubles[i % kDoubles.size()], 0);
}

Val LanesOf(bool doubles, size_t i) {
  uint64_t halves[2];
  for (size_t h = 0; h < 2; ++h) {
    const size_t at = i + h;
    halves[h] = doubles ? kDoubles[at % kDoubles.size()]
                        : kFloats[at % kFloats.size()] | uint64_t{kFloats[(at + 3) % kFloats.size()]} << 32;
  }
  return Val::FromBits(Kind::kV128, halves[0], halves[1]);
}

size_t CheckLanes(const Val& value, bool doubles) {
  size_t nans = 0;
  for (const uint64_t half : {value.bits(), value.high_bits()}) {
    if (doubles) {
      if (!IsNan64(half)) continue;
      ++nans;
      CHECK(half == kNan64);
      continue;
    }
    for (const auto lane : {static_cast<uint32_t>(half), static_cast<uint32_t>(half >> 32)}) {
      if (!IsNan32(lane)) continue;
      ++nans;
      CHECK(lane == kNan32);
    }
  }
  return nans;
}

TEST_CASE("deterministic: NaN results of every scalar operation are canonical") {
  const Engine engine = Deterministic();
  size_t operations = 0;
  for (const OpcodeInfo& info : AllOpcodes()) {
    const bool on_floats = info.sig == "f:f" || info.sig == "d:d" || info.sig == "ff:f" || info.sig == "dd:d" ||
                           info.sig == "d:f" || info.sig == "f:d";
    if (!on_floats || info.imm != ImmKind::kNone || OnBits(info.text)) continue;
    ++operations;
    INFO(info.text);
    Store store(engine);
    const Instance instance = Make(store, Wat(info));
    size_t nans = 0;
    for (const char* form : {"slots", "pinned"}) {
      const Func func = instance.GetFunc(form).value();
      for (size_t a = 0; a < kFloats.size(); ++a) {
        for (size_t b = 0; b < kFloats.size(); ++b) {
          std::vector<Val> args = {ValueOf(info.sig[0], a)};
          if (info.sig[1] != ':') args.push_back(ValueOf(info.sig[1], b));
          const Val result = func.Call(args).value()[0];
          if (result.kind() == Kind::kF32 && IsNan32(static_cast<uint32_t>(result.bits()))) {
            ++nans;
            CHECK(result.bits() == kNan32);
          }
          if (result.kind() == Kind::kF64 && IsNan64(result.bits())) {
            ++nans;
            CHECK(result.bits() == kNan64);
          }
        }
      }
    }
    CHECK(nans > 0);
  }
  // ceil, floor, trunc, nearest, sqrt, add, sub, mul, div, min, max of both widths, demote and promote.
  CHECK(operations == 24);
}

TEST_CASE("deterministic: NaN lanes of every vector operation are canonical") {
  const Engine engine = Deterministic();
  size_t operations = 0;
  for (const OpcodeInfo& info : AllOpcodes()) {
    const bool doubles = info.text.starts_with("f64x2.");
    const bool on_floats = (doubles || info.text.starts_with("f32x4.")) && info.imm == ImmKind::kNone &&
                           info.sig.find_first_not_of("v:") == std::string_view::npos;
    const bool compares = info.text.ends_with("eq") || info.text.ends_with("ne") || info.text.ends_with("lt") ||
                          info.text.ends_with("gt") || info.text.ends_with("le") || info.text.ends_with("ge");
    if (!on_floats || compares || OnBits(info.text) || info.text.find("convert") != std::string_view::npos) continue;
    ++operations;
    INFO(info.text);
    Store store(engine);
    const Instance instance = Make(store, Wat(info));
    const bool narrow = info.text.find("promote") != std::string_view::npos;
    const bool wide = info.text.find("demote") != std::string_view::npos;
    const size_t params = info.sig.find(':');
    size_t nans = 0;
    for (const char* form : {"slots", "pinned"}) {
      const Func func = instance.GetFunc(form).value();
      for (size_t a = 0; a < kFloats.size(); ++a) {
        for (size_t b = 0; b < kFloats.size(); ++b) {
          std::vector<Val> args;
          for (size_t i = 0; i < params; ++i) args.push_back(LanesOf((doubles && !narrow) || wide, i == 0 ? a : b + i));
          nans += CheckLanes(func.Call(args).value()[0], doubles);
        }
      }
    }
    CHECK(nans > 0);
  }
  // 11 of each width, two conversions, madd, nmadd, min and max relaxed.
  CHECK(operations == 2 * 11 + 2 + 8);
}

TEST_CASE("deterministic: operations on bits keep them") {
  const Engine engine = Deterministic();
  Store store(engine);
  const Instance instance = Make(store, R"((module (memory 1)
    (func (export "neg") (param f32) (result f32) (f32.neg (local.get 0)))
    (func (export "abs") (param f64) (result f64) (f64.abs (local.get 0)))
    (func (export "copysign") (param f32 f32) (result f32) (f32.copysign (local.get 0) (local.get 1)))
    (func (export "memory") (param f64) (result f64) (f64.store (i32.const 0) (local.get 0)) (f64.load (i32.const 0)))
    (func (export "const") (result f32) (f32.const -nan:0x12345))
    (func (export "select") (param f32 f32 i32) (result f32) (select (local.get 0) (local.get 1) (local.get 2)))
    (func (export "pmin") (param v128 v128) (result v128) (f32x4.pmin (local.get 0) (local.get 1)))))");
  const auto f32 = [](uint32_t bits) { return Val::FromBits(Kind::kF32, bits, 0); };
  const auto f64 = [](uint64_t bits) { return Val::FromBits(Kind::kF64, bits, 0); };
  const auto call = [&](const char* name, std::initializer_list<Val> args) {
    return instance.GetFunc(name).value().Call(args).value()[0].bits();
  };
  CHECK(call("neg", {f32(0x7f812345)}) == 0xff812345);
  CHECK(call("abs", {f64(0xfff0000000012345)}) == 0x7ff0000000012345);
  CHECK(call("copysign", {f32(0x7f812345), f32(0x80000000)}) == 0xff812345);
  CHECK(call("memory", {f64(0xfff0000000012345)}) == 0xfff0000000012345);
  CHECK(call("const", {}) == 0xff812345);
  CHECK(call("select", {f32(0x7f812345), f32(0), Val::FromBits(Kind::kI32, 1, 0)}) == 0x7f812345);
  const Val lanes = Val::FromBits(Kind::kV128, 0xff8123457f812345, 0xff8123457f812345);
  CHECK(call("pmin", {lanes, lanes}) == 0xff8123457f812345);
}

TEST_CASE("deterministic: fused and chained arithmetic too") {
  const Engine engine = Deterministic();
  Store store(engine);
  // A float local in a pin, constants as operands, results in slots and accumulators.
  const Instance instance = Make(store, R"((module
    (func (export "chain") (param f64) (result i64) (local f64 i32)
      (local.set 1 (f64.sub (f64.const inf) (f64.mul (local.get 0) (f64.const 2))))
      (loop (local.set 1 (f64.add (local.get 1) (f64.sqrt (local.get 1))))
        (br_if 0 (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (i32.const 3))))
      (i64.reinterpret_f64 (f64.div (f64.const 3) (f64.sub (local.get 1) (local.get 1)))))
    (func (export "invalid") (param f32) (result i32) (i32.reinterpret_f32 (f32.sqrt (local.get 0))))))");
  const auto chain = instance.GetFunc("chain").value();
  for (const uint64_t bits : kDoubles) {
    const uint64_t result = chain.Call({Val::FromBits(Kind::kF64, bits, 0)}).value()[0].bits();
    if (IsNan64(result)) CHECK(result == kNan64);
  }
  CHECK(instance.GetFunc("invalid").value().Call({Val::FromBits(Kind::kF32, 0xbf800000, 0)}).value()[0].bits() ==
        kNan32);
}

}  // namespace
}  // namespace cvm
