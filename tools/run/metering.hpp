// Fuel, time and determinism: the keys of -W that say how long a run may be, and whether it is the same each time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "cvm/store.hpp"
#include "cvm/wasi.hpp"
#include "tools/run/options.hpp"

namespace cvm::run {

struct Metering {
  std::optional<uint64_t> fuel;
  std::optional<std::chrono::nanoseconds> timeout;
  bool deterministic = false;

  // What engine, store and WASI are to know of it; the store's time begins to run.
  void ApplyTo(Config* config) const;
  void ApplyTo(Store& store) const;
  void ApplyTo(wasi::WasiConfig* config) const;
  // The words of an error that says that fuel or time is over, with what it was.
  Error Explain(const Error& error) const;
};

std::span<const SettingSpec> MeteringSettings();
// An error is of kind kUsage. REQUIRES: `setting` is one of these.
Result<void> ApplyMetering(const Setting& setting, Metering* metering);

// "10s", "250ms", "2m"; a bare number is seconds.
std::optional<std::chrono::nanoseconds> ParseDuration(std::string_view text);

}  // namespace cvm::run
