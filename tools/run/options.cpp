#include "tools/run/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cvm::run {
namespace {

Error Usage(std::string words) { return Error(ErrorKind::kUsage, std::move(words)); }

std::string Quoted(std::string_view word) { return "`" + std::string(word) + "`"; }

const OptionSpec* FindLong(std::span<const OptionSpec> specs, std::string_view name) {
  const auto found = std::ranges::find(specs, name, &OptionSpec::name);
  return found == specs.end() ? nullptr : &*found;
}

const OptionSpec* FindLetter(std::span<const OptionSpec> specs, char letter) {
  const auto found = std::ranges::find(specs, letter, &OptionSpec::letter);
  return found == specs.end() || letter == 0 ? nullptr : &*found;
}

// A word of the form of an option, taken apart.
struct OptionWord {
  const OptionSpec* spec = nullptr;
  std::optional<std::string> value;  // where it stands in the same word
};

Result<OptionWord> ReadOption(std::span<const OptionSpec> specs, std::string_view word) {
  OptionWord read;
  if (word.starts_with("--")) {
    const std::string_view body = word.substr(2);
    const size_t equals = body.find('=');
    read.spec = FindLong(specs, body.substr(0, equals));
    if (equals != std::string_view::npos) read.value = std::string(body.substr(equals + 1));
  } else {
    read.spec = FindLetter(specs, word[1]);
    if (word.size() > 2) read.value = std::string(word.substr(word[2] == '=' ? 3 : 2));
  }
  if (read.spec == nullptr) return Usage("unknown option " + Quoted(word));
  if (read.spec->value.empty() && read.value.has_value()) {
    return Usage("the option " + Quoted(word.substr(0, word.find('='))) + " takes no value");
  }
  return read;
}

// How the help writes an option: "-W, --wasm KEY[=VAL],..".
std::string Written(const OptionSpec& spec) {
  std::string text = spec.letter != 0 ? std::string("-") + spec.letter : std::string("   ");
  if (!spec.name.empty()) text += (spec.letter != 0 ? ", --" : " --") + std::string(spec.name);
  if (!spec.value.empty()) text += " " + std::string(spec.value);
  return text;
}

// Two columns with the second one aligned.
std::string Columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, left.size());
  std::string text;
  for (const auto& [left, right] : rows) {
    text += "  " + left + std::string(width - left.size() + 2, ' ') + right + "\n";
  }
  return text;
}

std::optional<bool> ParseSwitch(std::string_view text) {
  constexpr auto kYes = std::to_array<std::string_view>({"y", "yes", "true", "1"});
  constexpr auto kNo = std::to_array<std::string_view>({"n", "no", "false", "0"});
  if (std::ranges::find(kYes, text) != kYes.end()) return true;
  if (std::ranges::find(kNo, text) != kNo.end()) return false;
  return std::nullopt;
}

Result<Setting> ReadSetting(std::string_view group, std::span<const SettingSpec> specs, std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view key = text.substr(0, equals);
  const auto found = std::ranges::find(specs, key, &SettingSpec::key);
  const std::string name = std::string(group) + " " + std::string(key);
  if (found == specs.end()) {
    return Usage("unknown key " + Quoted(key) + " of " + std::string(group) + " (see " + std::string(group) + " help)");
  }
  Setting setting{.spec = &*found};
  if (equals == std::string_view::npos) {
    if (found->type != SettingType::kSwitch) return Usage(Quoted(name) + " needs a value");
    return setting;
  }
  const std::string_view value = text.substr(equals + 1);
  switch (found->type) {
    case SettingType::kSwitch: {
      const std::optional<bool> on = ParseSwitch(value);
      if (!on.has_value()) return Usage(Quoted(name) + " takes y or n, not " + Quoted(value));
      setting.on = *on;
      break;
    }
    case SettingType::kNumber: {
      const std::optional<uint64_t> number = ParseNumber(value);
      if (!number.has_value()) return Usage(Quoted(name) + " takes a number, not " + Quoted(value));
      setting.number = *number;
      break;
    }
    case SettingType::kText:
      setting.text = std::string(value);
      break;
  }
  return setting;
}

}  // namespace

bool CommandLine::Has(std::string_view name) const { return Last(name).has_value(); }

std::optional<std::string> CommandLine::Last(std::string_view name) const {
  for (auto option = options.rbegin(); option != options.rend(); ++option) {
    if (option->spec->name == name) return option->value;
  }
  return std::nullopt;
}

std::vector<std::string> CommandLine::All(std::string_view name) const {
  std::vector<std::string> values;
  for (const Option& option : options) {
    if (option.spec->name == name) values.push_back(option.value);
  }
  return values;
}

Result<CommandLine> ParseCommandLine(std::span<const OptionSpec> specs, std::span<const std::string> words) {
  CommandLine line;
  size_t i = 0;
  for (; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      ++i;
      break;
    }
    if (word.size() < 2 || word[0] != '-') break;  // "-" is standard input
    Result<OptionWord> read = ReadOption(specs, word);
    if (!read.ok()) return std::move(read).error();
    if (!read->spec->value.empty() && !read->value.has_value()) {
      if (i + 1 == words.size()) return Usage("the option " + Quoted(word) + " needs a value");
      read->value = words[++i];
    }
    line.options.push_back({read->spec, read->value.value_or("")});
  }
  line.operands.assign(words.begin() + static_cast<ptrdiff_t>(i), words.end());
  return line;
}

std::string OptionsHelp(std::span<const OptionSpec> specs) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const OptionSpec& spec : specs) rows.emplace_back(Written(spec), spec.help);
  return Columns(rows);
}

Result<std::vector<Setting>> ParseSettings(std::string_view group, std::span<const SettingSpec> specs,
                                           std::string_view text) {
  std::vector<Setting> settings;
  while (true) {
    const size_t comma = text.find(',');
    Result<Setting> setting = ReadSetting(group, specs, text.substr(0, comma));
    if (!setting.ok()) return std::move(setting).error();
    settings.push_back(*std::move(setting));
    if (comma == std::string_view::npos) return settings;
    text.remove_prefix(comma + 1);
  }
}

std::string SettingsHelp(std::string_view group, std::span<const SettingSpec> specs) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const SettingSpec& spec : specs) {
    constexpr std::string_view kValues[] = {"[=y|n]", "=N", "=TEXT"};
    rows.emplace_back(
        std::string(group) + " " + std::string(spec.key) + std::string(kValues[static_cast<size_t>(spec.type)]),
        spec.help);
  }
  return Columns(rows);
}

std::optional<uint64_t> ParseNumber(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace cvm::run
