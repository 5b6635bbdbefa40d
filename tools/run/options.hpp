// The command line: tables of options, and the parser that they drive.
//
// All options stand before the first operand; from there on every word is an operand, whatever it looks like, because
// it belongs to the guest. An option with a value takes it as `--dir=VALUE`, `--dir VALUE`, `-W VALUE` or `-WVALUE`.
// Groups
// (`-W`, `-S`) hold settings separated by commas: `key`, `key=y`, `key=no`, `key=NUMBER`, `key=TEXT`.
//
// Pure functions of their arguments: no printing, no environment.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/result.hpp"

namespace cvm::run {

struct OptionSpec {
  std::string_view name;   // "dir": written --dir
  char letter = 0;         // 'W': written -W as well; 0: has none
  std::string_view value;  // what the help calls the value, "HOST[::GUEST]"; empty: a switch
  std::string_view help;   // one line
};

struct Option {
  const OptionSpec* spec;
  std::string value;
};

struct CommandLine {
  std::vector<Option> options;        // in the order given
  std::vector<std::string> operands;  // the first word that is no option, and all that follow

  bool Has(std::string_view name) const;
  // The value of the last occurrence.
  std::optional<std::string> Last(std::string_view name) const;
  std::vector<std::string> All(std::string_view name) const;
};

// An error is of kind kUsage and names the word.
Result<CommandLine> ParseCommandLine(std::span<const OptionSpec> specs, std::span<const std::string> words);

// One line an option, columns aligned.
std::string OptionsHelp(std::span<const OptionSpec> specs);

enum class SettingType : uint8_t { kSwitch, kNumber, kText };

struct SettingSpec {
  std::string_view key;
  SettingType type;
  std::string_view help;  // with the default
};

struct Setting {
  const SettingSpec* spec;
  bool on = true;       // kSwitch
  uint64_t number = 0;  // kNumber
  std::string text;     // kText
};

// Parses the value of one group option. `group` is how messages call it: "-W".
Result<std::vector<Setting>> ParseSettings(std::string_view group, std::span<const SettingSpec> specs,
                                           std::string_view text);

// The table that `-W help` prints.
std::string SettingsHelp(std::string_view group, std::span<const SettingSpec> specs);

// Decimal or 0x… hexadecimal, with nothing around it.
std::optional<uint64_t> ParseNumber(std::string_view text);

}  // namespace cvm::run
