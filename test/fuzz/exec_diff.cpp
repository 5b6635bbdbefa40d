// F04: a module that wasm-smith makes of the input does the same under cvm and wasmi: results, classes of traps, globals, memories,
// tables.
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "test/differential/transcript.hpp"
#include "test/fuzz/input.hpp"
#include "vm/engine/api_impl.hpp"

namespace {

using namespace cvm;

constexpr int kCallsOfAnExport = 2;
constexpr int kRunsOfAnEngine = 64;   // an engine keeps the types of all its modules

struct Host {
  Engine engine = *Engine::Create(differential::ComparedFeatures());
  std::vector<uint8_t> environment_bytes = differential::EnvironmentModule(/*with_tag=*/false);
  Module environment = *Module::Load(engine, environment_bytes);
};

Host& FreshHost() {
  static std::unique_ptr<Host> host;
  static int runs = 0;
  if (runs++ % kRunsOfAnEngine == 0) host = std::make_unique<Host>();
  return *host;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> input(data, size);
  Host& host = FreshHost();
  if (fuzz::IsBinary(input)) return 0;   // NaNs of code that does not canonicalize them may differ
  const std::vector<uint8_t> bytes = fuzz::ModuleOf(input, host.environment_bytes, differential::kTrapsAllowed);
  if (bytes.empty()) return 0;
  const Result<Module> module = Module::Load(host.engine, bytes);
  if (!module.ok()) {
    std::fprintf(stderr, "cvm refuses the module: %s\n", module.error().ToString().c_str());
    std::abort();
  }
  const auto plan = differential::MakePlan(*module->impl()->compiled->module, *host.environment.impl()->compiled->module,
                                           fuzz::SeedOf(input), kCallsOfAnExport);
  const std::string own = differential::RunPlan(host.engine, *module, host.environment, plan);
  const differential::Answer other = differential::RunByOracle(bytes, host.environment_bytes, differential::Encode(plan));
  if (!other.ok()) return 0;   // a panic or a limit of wasmi's own
  const differential::Comparison comparison = differential::Compare(own, other.text());
  if (comparison.verdict != differential::Comparison::Verdict::kDifferent) return 0;
  std::fputs((comparison.text + differential::Describe(plan)).c_str(), stderr);
  std::abort();
}
