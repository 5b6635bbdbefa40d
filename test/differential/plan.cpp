#include "test/differential/plan.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>

namespace cvm::differential {
namespace {

constexpr uint8_t kOfEnvironment = 0x80;
constexpr size_t kMostArgs = 200;  // a byte counts them

// splitmix64
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  template <class T, size_t kN>
  T Choose(const T (&list)[kN]) {
    return list[Next() % kN];
  }

 private:
  uint64_t state_;
};

// Integers at the edges, small ones, and any.
uint64_t Integer(Random& random) {
  static constexpr uint64_t kEdges[] = {0,
                                        1,
                                        2,
                                        ~uint64_t{0},
                                        0x7f,
                                        0x80,
                                        0xff,
                                        0x7fff,
                                        0x8000,
                                        0xffff,
                                        0x10000,
                                        0x7fffffff,
                                        0x80000000,
                                        0xffffffff,
                                        0x100000000,
                                        0x7fffffffffffffff,
                                        0x8000000000000000,
                                        31,
                                        32,
                                        63,
                                        64,
                                        0xfffffffe,
                                        0x80000001,
                                        0xfffc,
                                        0xfff8};
  switch (random.Next() % 3) {
    case 0:
      return random.Choose(kEdges);
    case 1:
      return random.Next() % 40;
    default:
      return random.Next();
  }
}

// Only the canonical NaN: what bits the others become is not for the guest to know.
uint64_t Float32(Random& random) {
  static constexpr uint32_t kEdges[] = {0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000,
                                        0x7fc00000, 1,          0x007fffff, 0x00800000, 0x7f7fffff, 0x3f000000,
                                        0x4f000000, 0xcf000000, 0x4effffff, 0x5f000000, 0x4f800000, 0x4b000000,
                                        0x3effffff, 0x40200000, 0xdf000000, 0x5f800000};
  if (random.Next() % 2 == 0) return random.Choose(kEdges);
  const auto bits = static_cast<uint32_t>(random.Next());
  const bool is_nan = (bits & 0x7f800000) == 0x7f800000 && (bits & 0x7fffff) != 0;
  return is_nan ? 0x7fc00000 : bits;
}

uint64_t Float64(Random& random) {
  static constexpr uint64_t kEdges[] = {0,
                                        0x8000000000000000,
                                        0x3ff0000000000000,
                                        0xbff0000000000000,
                                        0x7ff0000000000000,
                                        0xfff0000000000000,
                                        0x7ff8000000000000,
                                        1,
                                        0x000fffffffffffff,
                                        0x0010000000000000,
                                        0x7fefffffffffffff,
                                        0x41dfffffffc00000,
                                        0x41e0000000000000,
                                        0xc1e0000000200000,
                                        0x43e0000000000000,
                                        0xc3e0000000000000,
                                        0x43f0000000000000,
                                        0x3fe0000000000000,
                                        0x4330000000000000,
                                        0x47efffffe0000000,
                                        0x47f0000000000000,
                                        0x36a0000000000000};
  if (random.Next() % 2 == 0) return random.Choose(kEdges);
  const uint64_t bits = random.Next();
  const bool is_nan = (bits & 0x7ff0000000000000) == 0x7ff0000000000000 && (bits & 0xfffffffffffff) != 0;
  return is_nan ? 0x7ff8000000000000 : bits;
}

ArgKind NullKind(const ModuleData& module, HeapType type) {
  switch (type.kind) {
    case HeapKind::kFunc:
    case HeapKind::kNoFunc:
      return ArgKind::kNullFunc;
    case HeapKind::kExtern:
    case HeapKind::kNoExtern:
      return ArgKind::kNullExtern;
    case HeapKind::kExn:
    case HeapKind::kNoExn:
      return ArgKind::kNullExn;
    case HeapKind::kConcrete:
      return module.types[type.index].kind == CompositeKind::kFunc ? ArgKind::kNullFunc : ArgKind::kNullAny;
    default:
      return ArgKind::kNullAny;
  }
}

std::optional<Arg> MakeArg(const ModuleData& module, ValType type, Random& random) {
  switch (type.kind) {
    case ValKind::kI32:
      return Arg{ArgKind::kI32, Integer(random) & 0xffffffff};
    case ValKind::kI64:
      return Arg{ArgKind::kI64, Integer(random)};
    case ValKind::kF32:
      return Arg{ArgKind::kF32, Float32(random)};
    case ValKind::kF64:
      return Arg{ArgKind::kF64, Float64(random)};
    // Of integers: lanes that are NaNs as floats stay what they are.
    case ValKind::kV128:
      return Arg{ArgKind::kV128, Integer(random), Integer(random)};
    default:
      break;
  }
  if (!type.is_ref() || !type.nullable) return std::nullopt;
  return Arg{NullKind(module, type.heap)};
}

std::optional<Step> MakeCall(const ModuleData& module, const Export& e, Random& random) {
  const FuncType& type = module.FuncTypeOf(FuncIndex(e.index));
  if (type.params.size() > kMostArgs || type.results.size() > kMostArgs) return std::nullopt;
  Step step{.kind = StepKind::kCall, .name = e.name, .results = static_cast<uint32_t>(type.results.size())};
  for (const ValType& t : type.params) {
    const std::optional<Arg> arg = MakeArg(module, t, random);
    if (!arg.has_value()) return std::nullopt;
    step.args.push_back(*arg);
  }
  return step;
}

void Observe(const ModuleData& module, bool of_environment, std::vector<Step>* plan) {
  for (const Export& e : module.exports) {
    std::optional<StepKind> kind;
    if (e.kind == ExternKind::kGlobal) kind = StepKind::kGlobal;
    if (e.kind == ExternKind::kMemory) kind = StepKind::kMemory;
    if (e.kind == ExternKind::kTable) kind = StepKind::kTable;
    if (kind.has_value()) plan->push_back({.kind = *kind, .of_environment = of_environment, .name = e.name});
  }
}

bool HasFuel(const ModuleData& module) {
  return std::any_of(module.exports.begin(), module.exports.end(), [&](const Export& e) {
    if (e.kind != ExternKind::kGlobal || e.name != kFuelName) return false;
    const GlobalType& type = module.global_types[e.index];
    return type.mutable_ && type.type == ValType::I32();
  });
}

void Append(std::vector<uint8_t>* out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

std::vector<Step> MakePlan(const ModuleData& module, const ModuleData& environment, uint64_t seed, int calls) {
  Random random(seed);
  std::vector<Step> plan;
  for (int i = 0; i < calls; ++i) {
    for (const Export& e : module.exports) {
      if (e.kind != ExternKind::kFunc) continue;
      auto step = MakeCall(module, e, random);
      if (!step.has_value()) continue;
      if (HasFuel(module)) {
        plan.push_back({.kind = StepKind::kSet, .name = kFuelName, .args = {Arg{ArgKind::kI32, kFuelOfACall}}});
      }
      plan.push_back(*std::move(step));
    }
  }
  Observe(module, /*of_environment=*/false, &plan);
  Observe(environment, /*of_environment=*/true, &plan);
  return plan;
}

std::vector<uint8_t> Encode(std::span<const Step> plan) {
  std::vector<uint8_t> out;
  for (const Step& step : plan) {
    out.push_back(static_cast<uint8_t>(step.kind) | (step.of_environment ? kOfEnvironment : 0));
    Append(&out, step.name.size(), 4);
    out.insert(out.end(), step.name.begin(), step.name.end());
    if (step.kind != StepKind::kCall && step.kind != StepKind::kSet) continue;
    out.push_back(static_cast<uint8_t>(step.args.size()));
    for (const Arg& arg : step.args) {
      out.push_back(static_cast<uint8_t>(arg.kind));
      Append(&out, arg.low, 8);
      Append(&out, arg.high, 8);
    }
    out.push_back(static_cast<uint8_t>(step.results));
  }
  return out;
}

std::string Describe(std::span<const Step> plan) {
  static constexpr const char* kSteps[] = {"", "call", "global", "memory", "table", "set"};
  static constexpr const char* kArgs[] = {"i32",       "i64",         "f32",      "f64",     "v128",
                                          "null-func", "null-extern", "null-any", "null-exn"};
  std::string text;
  for (size_t i = 0; i < plan.size(); ++i) {
    const Step& step = plan[i];
    text += "#" + std::to_string(i) + (step.of_environment ? " env " : " ") + kSteps[static_cast<size_t>(step.kind)] +
            " `" + std::string(step.name) + "`";
    for (const Arg& arg : step.args) {
      char buffer[80];
      std::snprintf(buffer, sizeof buffer, " %s:%llx", kArgs[static_cast<size_t>(arg.kind)],
                    static_cast<unsigned long long>(arg.low));
      text += buffer;
      if (arg.kind != ArgKind::kV128) continue;
      std::snprintf(buffer, sizeof buffer, "+%llx<<64", static_cast<unsigned long long>(arg.high));
      text += buffer;
    }
    text += "\n";
  }
  return text;
}

}  // namespace cvm::differential
