// The tables of -W: features and limits by name, and what they do to an engine and a store.
#pragma once

#include <span>

#include "cvm/engine.hpp"
#include "cvm/store.hpp"
#include "tools/run/options.hpp"

namespace cvm::run {

std::span<const SettingSpec> FeatureSettings();  // for validate and wast
std::span<const SettingSpec> WasmSettings();     // features and limits, for run

// Applies the values of every -W, in order.
Result<void> ApplyFeatures(const CommandLine& line, Config* config);
Result<void> ApplyWasmSettings(const CommandLine& line, Config* config, StoreOptions* store);

}  // namespace cvm::run
