#include "test/fuzz/twin.hpp"

#include "test/differential/transcript.hpp"
#include "vm/engine/api_impl.hpp"

namespace {

std::string Run(std::span<const uint8_t> module_bytes, std::span<const uint8_t> environment_bytes, uint64_t seed,
                int calls) {
  using namespace cvm;
  Engine engine = *Engine::Create(differential::ComparedFeatures());
  const Result<Module> environment = Module::Load(engine, environment_bytes);
  const Result<Module> module = Module::Load(engine, module_bytes);
  if (!environment.ok() || !module.ok()) {
    return "refused " + (module.ok() ? environment.error() : module.error()).ToString() + "\n";
  }
  const auto plan =
      differential::MakePlan(*module->impl()->compiled->module, *environment->impl()->compiled->module, seed, calls);
  return differential::RunPlan(engine, *module, *environment, plan);
}

}  // namespace

extern "C" void cvm_twin_run(const uint8_t* module, size_t size, const uint8_t* environment, size_t environment_size,
                             uint64_t seed, int calls, void (*take)(void* into, const char* text, size_t size),
                             void* into) {
  const std::string text = Run({module, size}, {environment, environment_size}, seed, calls);
  take(into, text.data(), text.size());
}
