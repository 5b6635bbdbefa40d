// The portable loop beside dispatch by tail calls (twin.hpp): the same module, the same transcript. The input is a module whose runs
// are known to end, or what wasm-smith makes one of.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "test/differential/transcript.hpp"
#include "test/fuzz/input.hpp"
#include "test/fuzz/terminates.hpp"
#include "test/fuzz/twin.hpp"
#include "vm/engine/api_impl.hpp"

namespace {

using namespace cvm;

constexpr int kCallsOfAnExport = 2;
constexpr uint32_t kAllOfWasm3 = 1;   // OracleOptions

std::string TwinTranscript(std::span<const uint8_t> module, std::span<const uint8_t> environment, uint64_t seed) {
  std::string text;
  const auto take = [](void* into, const char* data, size_t size) { static_cast<std::string*>(into)->assign(data, size); };
  cvm_twin_run(module.data(), module.size(), environment.data(), environment.size(), seed, kCallsOfAnExport, take, &text);
  return text;
}

// Imports of anything but the environment's: there is nothing to run.
bool CanLink(const ModuleData& module) {
  return std::all_of(module.imports.begin(), module.imports.end(), [](const Import& i) { return i.module == "env"; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<uint8_t> environment_bytes = differential::EnvironmentModule(/*with_tag=*/true);
  const std::span<const uint8_t> input(data, size);
  const std::vector<uint8_t> bytes = fuzz::ModuleOf(input, environment_bytes, kAllOfWasm3);
  Engine engine = *Engine::Create(differential::ComparedFeatures());
  const Result<Module> module = Module::Load(engine, bytes);
  if (!module.ok()) {
    if (module.error().kind() == ErrorKind::kBug) std::abort();
    return 0;
  }
  const ModuleData& decoded = *module->impl()->compiled->module;
  if (!fuzz::Terminates(decoded) || !CanLink(decoded)) return 0;
  const Module environment = *Module::Load(engine, environment_bytes);
  const uint64_t seed = fuzz::SeedOf(input);
  const auto plan = differential::MakePlan(decoded, *environment.impl()->compiled->module, seed, kCallsOfAnExport);
  const std::string own = differential::RunPlan(engine, *module, environment, plan);
  const std::string other = TwinTranscript(bytes, environment_bytes, seed);
  const differential::Comparison comparison = differential::Compare(own, other);
  if (comparison.verdict != differential::Comparison::Verdict::kDifferent) return 0;
  std::fputs((comparison.text + differential::Describe(plan)).c_str(), stderr);
  std::abort();
}
