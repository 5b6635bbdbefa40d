// cvm-run wast: runs scripts of the official suite and counts their assertions.
#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <filesystem>

#include "spec-tests/wast/wast.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/input.hpp"
#include "tools/run/report.hpp"
#include "tools/run/settings.hpp"

namespace cvm::run {
namespace {

namespace fs = std::filesystem;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"wasm", 'W', "KEY[=VAL],..", "switch features, whatever a file's folder says, set limits; -W help lists them"},
    {"help", 'h', "", "print this help"},
});

// The files that the operands name: folders are walked, scripts in them are taken in order of their names.
Result<std::vector<std::string>> ListScripts(const std::vector<std::string>& operands) {
  std::vector<std::string> files;
  for (const std::string& operand : operands) {
    std::error_code code;
    if (!fs::is_directory(operand, code)) {
      files.push_back(operand);
      continue;
    }
    std::vector<std::string> found;
    for (fs::recursive_directory_iterator entry(operand, code), end; entry != end && !code; entry.increment(code)) {
      if (entry->path().extension() == ".wast") found.push_back(entry->path().string());
    }
    if (code) return Error(ErrorKind::kIo, code.message()).In("failed to read folder: " + operand);
    std::ranges::sort(found);
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

int RunWast(const Command& command, const CommandLine& line) {
  if (line.operands.empty()) return ReportUsage(command.name, Error(ErrorKind::kUsage, "no script was given"));
  const Result<std::vector<std::string>> files = ListScripts(line.operands);
  if (!files.ok()) return ReportError(files.error());
  wast::Report total;
  for (const std::string& path : *files) {
    Config config = wast::ConfigForPath(path);
    if (const Result<void> applied = ApplyEngineSettings(line, &config); !applied.ok()) {
      return ReportUsage(command.name, applied.error());
    }
    const Result<std::string> script = ReadInput(path);
    if (!script.ok()) return ReportError(script.error());
    const wast::Report report = wast::RunScript(*script, config);
    for (const wast::Failure& failure : report.failures) {
      std::printf("%s:%" PRIu32 ": %s\n", path.c_str(), failure.line, failure.what.c_str());
    }
    total.passed += report.passed;
    total.failed += report.failed;
    total.skipped += report.skipped;
  }
  std::printf("%" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64 " skipped\n", total.passed, total.failed,
              total.skipped);
  return total.failed == 0 ? 0 : kExitFailure;
}

}  // namespace

const Command kWastCommand = {
    .name = "wast",
    .usage = "[OPTIONS] FILE|FOLDER...",
    .summary = "run test scripts (.wast)",
    .examples =
        "  cvm-run wast suites/core/i32.wast\n"
        "  cvm-run wast -W simd=n suites/core\n",
    .options = kOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunWast,
};

}  // namespace cvm::run
