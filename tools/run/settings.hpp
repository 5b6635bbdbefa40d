// The table of -W: features and limits by name, as the public API lists them, and what they do to an engine and a
// store.
#pragma once

#include <span>

#include "cvm/component.hpp"
#include "cvm/engine.hpp"
#include "cvm/store.hpp"
#include "tools/run/metering.hpp"
#include "tools/run/options.hpp"

namespace cvm::run {

// What holds while a guest runs.
struct RunLimits {
  StoreOptions store;
  ComponentLimits components;
  Metering metering;
};

std::span<const SettingSpec> EngineSettings();  // features and limits of loading: for validate, wast and the like
std::span<const SettingSpec> WasmSettings();    // all, for run

// Applies the values of every -W, in order.
Result<void> ApplyEngineSettings(const CommandLine& line, Config* config);
Result<void> ApplyWasmSettings(const CommandLine& line, Config* config, RunLimits* limits);

}  // namespace cvm::run
