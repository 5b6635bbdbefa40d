// The options that say what a guest may see of the machine, and the WasiConfig that they make.
#pragma once

#include <string>
#include <string_view>

#include "cvm/wasi.hpp"
#include "tools/run/options.hpp"

namespace cvm::run {

std::span<const SettingSpec> WasiSettings();

// `HOST[::GUEST[::ro|rw]]`; without GUEST the guest sees the directory under the host's name.
Result<wasi::PreopenedDir> ParseDir(std::string_view value);

// The config for running `path`: its arguments are the operands of the line, its streams the process's own. An error is
// of kind kUsage.
Result<wasi::WasiConfig> MakeWasiConfig(const CommandLine& line, const std::string& path);

}  // namespace cvm::run
