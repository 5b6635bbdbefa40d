// Plans: what is done with an instance of a module, step after step, by every engine alike. Made here from the decoded
// module and a seed; the encoding is described in test/oracle/src/plan.rs. A step is known by its number, in
// transcripts too.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vm/module/module.hpp"

namespace cvm::differential {

enum class StepKind : uint8_t { kCall = 1, kGlobal = 2, kMemory = 3, kTable = 4, kSet = 5 };

// Kinds of arguments; null references by the top of their hierarchy.
enum class ArgKind : uint8_t { kI32, kI64, kF32, kF64, kV128, kNullFunc, kNullExtern, kNullAny, kNullExn };

struct Arg {
  ArgKind kind;
  uint64_t low = 0;
  uint64_t high = 0;
};

struct Step {
  StepKind kind;
  bool of_environment = false;
  std::string_view name;
  std::vector<Arg> args;
  uint32_t results = 0;
};

// The generator's modules count this down to end in time; it is set anew before each call.
inline constexpr std::string_view kFuelName = "cvm:fuel";
inline constexpr uint64_t kFuelOfACall = 1000;

// Calls every export that can be called (no parameter asks for a reference that is not null) `calls` times with
// arguments by `seed`, then looks at all globals, memories and tables, those of `environment` too.
std::vector<Step> MakePlan(const ModuleData& module, const ModuleData& environment, uint64_t seed, int calls);
std::vector<uint8_t> Encode(std::span<const Step> plan);
// For people: "#3 call `f` i32:5 f64:7ff0000000000000".
std::string Describe(std::span<const Step> plan);

}  // namespace cvm::differential
