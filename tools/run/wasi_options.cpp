#include "tools/run/wasi_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "tools/run/module_input.hpp"

namespace cvm::run {
namespace {

constexpr auto kWasiSettings = std::to_array<SettingSpec>({
    {"inherit-env", SettingType::kSwitch, "the guest gets all of this process's environment (off)"},
    {"inherit-stdin", SettingType::kSwitch, "the guest reads this process's standard input (on)"},
    {"inherit-stdout", SettingType::kSwitch, "the guest writes to this process's standard output (on)"},
    {"inherit-stderr", SettingType::kSwitch, "the guest writes to this process's standard error (on)"},
    {"allow-devices", SettingType::kSwitch, "devices in the directories of --dir may be opened (off)"},
    {"portable-names", SettingType::kSwitch, "file names that Windows keeps for devices are refused (off)"},
    {"random-seed", SettingType::kNumber, "the same random numbers in each run; not secure (none)"},
    {"max-random-size", SettingType::kNumber, "random bytes of one call (1 MiB)"},
    {"max-read-size", SettingType::kNumber, "bytes of one read of WASI 0.2 (64 KiB)"},
    {"max-resources", SettingType::kNumber, "descriptors open at the same time (16384)"},
    {"max-poll-subscriptions", SettingType::kNumber, "subscriptions of one poll of preview 1 (65536)"},
    {"max-poll-entries", SettingType::kNumber, "entries of one list of wasi:io/poll (1000000)"},
});

uint32_t Narrow(uint64_t number) {
  return static_cast<uint32_t>(std::min<uint64_t>(number, std::numeric_limits<uint32_t>::max()));
}

struct WasiSetting {
  std::string_view key;
  void (*apply)(wasi::WasiConfig* config, const Setting& setting);
};

constexpr auto kApply = std::to_array<WasiSetting>({
    {"inherit-stdin",
     [](wasi::WasiConfig* c, const Setting& s) { c->input = s.on ? wasi::Input::Inherit() : wasi::Input::Null(); }},
    {"inherit-stdout",
     [](wasi::WasiConfig* c, const Setting& s) { c->output = s.on ? wasi::Output::Inherit() : wasi::Output::Null(); }},
    {"inherit-stderr",
     [](wasi::WasiConfig* c, const Setting& s) {
       c->error_output = s.on ? wasi::Output::Inherit() : wasi::Output::Null();
     }},
    {"allow-devices", [](wasi::WasiConfig* c, const Setting& s) { c->allow_devices = s.on; }},
    {"portable-names", [](wasi::WasiConfig* c, const Setting& s) { c->portable_names = s.on; }},
    {"random-seed", [](wasi::WasiConfig* c, const Setting& s) { c->random_seed = s.number; }},
    {"max-random-size", [](wasi::WasiConfig* c, const Setting& s) { c->limits.max_random_bytes = s.number; }},
    {"max-read-size", [](wasi::WasiConfig* c, const Setting& s) { c->limits.max_read_bytes = s.number; }},
    {"max-resources", [](wasi::WasiConfig* c, const Setting& s) { c->limits.max_descriptors = Narrow(s.number); }},
    {"max-poll-subscriptions",
     [](wasi::WasiConfig* c, const Setting& s) { c->limits.max_poll_subscriptions = Narrow(s.number); }},
    {"max-poll-entries", [](wasi::WasiConfig* c, const Setting& s) { c->limits.max_poll_entries = Narrow(s.number); }},
});

// The last value given to a variable holds.
void SetVariable(wasi::WasiConfig* config, std::string name, std::string value) {
  const auto old = std::ranges::find(config->env, name, &std::pair<std::string, std::string>::first);
  if (old != config->env.end()) {
    old->second = std::move(value);
  } else {
    config->env.emplace_back(std::move(name), std::move(value));
  }
}

void InheritEnvironment(wasi::WasiConfig* config) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos) continue;
    SetVariable(config, std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
  }
}

// `NAME=VALUE`, or `NAME` for the value that this process has, if it has one.
void AddVariable(wasi::WasiConfig* config, const std::string& text) {
  const size_t equals = text.find('=');
  if (equals != std::string::npos) {
    SetVariable(config, text.substr(0, equals), text.substr(equals + 1));
  } else if (const char* value = std::getenv(text.c_str())) {
    SetVariable(config, text, value);
  }
}

Result<void> ApplySettings(const CommandLine& line, wasi::WasiConfig* config) {
  for (const std::string& value : line.All("wasi")) {
    Result<std::vector<Setting>> settings = ParseSettings("-S", kWasiSettings, value);
    if (!settings.ok()) return std::move(settings).error();
    for (const Setting& setting : *settings) {
      const auto row = std::ranges::find(kApply, setting.spec->key, &WasiSetting::key);
      if (row != kApply.end()) {
        row->apply(config, setting);
      } else if (setting.on) {
        InheritEnvironment(config);
      }
    }
  }
  return {};
}

}  // namespace

std::span<const SettingSpec> WasiSettings() { return kWasiSettings; }

Result<wasi::PreopenedDir> ParseDir(std::string_view value) {
  const auto wrong = [&](std::string_view why) {
    return Error(ErrorKind::kUsage,
                 "--dir takes HOST[::GUEST[::ro|rw]], not `" + std::string(value) + "`: " + std::string(why));
  };
  std::vector<std::string> parts;
  for (std::string_view rest = value;;) {
    const size_t colons = rest.find("::");
    parts.emplace_back(rest.substr(0, colons));
    if (colons == std::string_view::npos) break;
    rest.remove_prefix(colons + 2);
  }
  if (parts.size() > 3) return wrong("too many parts");
  if (parts[0].empty()) return wrong("no host directory");
  wasi::PreopenedDir dir{.host_path = parts[0], .guest_path = parts[0]};
  if (parts.size() > 1) dir.guest_path = parts[1];
  if (dir.guest_path.empty()) return wrong("no name for the guest");
  if (parts.size() > 2) {
    if (parts[2] != "ro" && parts[2] != "rw") return wrong("the access is neither ro nor rw");
    dir.access = parts[2] == "ro" ? wasi::Access::kReadOnly : wasi::Access::kReadWrite;
  }
  return dir;
}

Result<wasi::WasiConfig> MakeWasiConfig(const CommandLine& line, const std::string& path) {
  wasi::WasiConfig config;
  config.args.push_back(line.Last("argv0").value_or(Basename(path)));
  if (!line.Has("invoke")) {
    config.args.insert(config.args.end(), line.operands.begin() + 1, line.operands.end());
  }
  config.input = wasi::Input::Inherit();
  config.output = wasi::Output::Inherit();
  config.error_output = wasi::Output::Inherit();
  if (Result<void> applied = ApplySettings(line, &config); !applied.ok()) return std::move(applied).error();
  for (const std::string& variable : line.All("env")) AddVariable(&config, variable);
  for (const std::string& value : line.All("dir")) {
    Result<wasi::PreopenedDir> dir = ParseDir(value);
    if (!dir.ok()) return std::move(dir).error();
    config.dirs.push_back(*std::move(dir));
  }
  return config;
}

}  // namespace cvm::run
