// The insides of the public handles (include/cvm): what cvm's own layers — component/, wasi/ — reach through impl().
#pragma once

#include <map>
#include <string>

#include "cvm/vm.hpp"
#include "vm/engine/compiled_module.hpp"
#include "vm/engine/instantiate.hpp"
#include "vm/interp/interpret.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {

struct Config::Impl {
  Features features;
  LoadLimits limits;
  bool guard_pages = true;
  bool deterministic = false;
  std::optional<FuelCosts> fuel;
};

struct Engine::Impl {
  std::shared_ptr<EngineState> state = std::make_shared<EngineState>();
};

struct Store::Impl {
  Impl(std::shared_ptr<EngineState> engine_state, const StoreOptions& limits)
      : engine(std::move(engine_state)), store(limits, engine->guard_pages, &engine->types, &ScanFrames) {
    if (engine->fuel.has_value()) store.fuel().costs = &*engine->fuel;
  }

  std::shared_ptr<EngineState> engine;
  rt::Store store;
};

struct Module::Impl {
  std::shared_ptr<CompiledModule> compiled;
};

// Signatures of the public API and function types of the engine.
FuncSignature SignatureOf(const FuncType& type);
FuncType TypeOf(const FuncSignature& signature);

// A host function of `store` with this signature and body.
Result<rt::Function*> MakeHostFunction(Store::Impl& store, const FuncSignature& signature, HostFunc body);


}  // namespace cvm
