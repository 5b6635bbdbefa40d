#include "tools/run/metering.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

namespace cvm::run {
namespace {

constexpr auto kSettings = std::to_array<SettingSpec>({
    {"fuel", SettingType::kNumber, "units of work after which the guest is ended (no end)"},
    {"timeout", SettingType::kText, "time after which it is ended: 10s, 250ms, 2m (no end)"},
    {"deterministic", SettingType::kSwitch,
     "the same results on every machine and in every run: NaNs, clocks, random numbers (off)"},
});

constexpr std::pair<std::string_view, uint64_t> kUnits[] = {
    {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000},
};

}  // namespace

std::span<const SettingSpec> MeteringSettings() { return kSettings; }

std::optional<std::chrono::nanoseconds> ParseDuration(std::string_view text) {
  uint64_t unit = 1'000'000'000;
  const size_t letters = text.find_first_not_of("0123456789");
  if (letters != std::string_view::npos) {
    const auto* found = std::find_if(std::begin(kUnits), std::end(kUnits),
                                     [&](const auto& u) { return u.first == text.substr(letters); });
    if (found == std::end(kUnits)) return std::nullopt;
    unit = found->second;
    text = text.substr(0, letters);
  }
  const std::optional<uint64_t> number = ParseNumber(text);
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (!number.has_value() || *number > kMost / unit) return std::nullopt;
  return std::chrono::nanoseconds(static_cast<int64_t>(*number * unit));
}

Result<void> ApplyMetering(const Setting& setting, Metering* metering) {
  if (setting.spec->key == "fuel") {
    metering->fuel = setting.number;
  } else if (setting.spec->key == "timeout") {
    metering->timeout = ParseDuration(setting.text);
    if (!metering->timeout.has_value()) {
      return Error(ErrorKind::kUsage, "`-W timeout` takes a duration such as 10s or 250ms, not `" + setting.text + "`");
    }
  } else {
    metering->deterministic = setting.on;
  }
  return {};
}

void Metering::ApplyTo(Config* config) const {
  if (fuel.has_value()) config->ConsumeFuel(true);
  if (deterministic) config->Deterministic(true);
}

void Metering::ApplyTo(Store& store) const {
  if (fuel.has_value()) store.SetFuel(*fuel);
  if (timeout.has_value()) store.SetDeadline(*timeout);
}

void Metering::ApplyTo(wasi::WasiConfig* config) const {
  if (!deterministic) return;
  if (!config->random_seed.has_value()) config->random_seed = 0;
  config->virtual_clock = wasi::VirtualClock{};
}

Error Metering::Explain(const Error& error) const {
  std::string words = error.message();
  if (error.trap() == TrapKind::kOutOfFuel && fuel.has_value()) {
    words += " (" + std::to_string(*fuel) + ", -W fuel)";
  } else if (error.trap() == TrapKind::kDeadlineExceeded && words.ends_with(")")) {
    words.insert(words.size() - 1, ", -W timeout");
  } else {
    return error;
  }
  Error explained(error.kind(), words);
  explained.WithTrap(error.trap()).WithBacktrace(error.backtrace());
  for (auto context = error.context().rbegin(); context != error.context().rend(); ++context) explained.In(*context);
  return explained;
}

}  // namespace cvm::run
