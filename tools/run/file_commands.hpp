// What the commands share that turn files into text or other files, and have no guest.
#pragma once

#include <string>
#include <string_view>

#include "cvm/engine.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/report.hpp"

namespace cvm::run {

// Words behind the file belong to no guest: options may stand there too. The line with all of them; an Error of kind
// kUsage unless there is exactly one file.
Result<CommandLine> OneFile(const Command& command, const CommandLine& line);

// An engine with the features and limits of -W.
Result<Engine> EngineFor(const CommandLine& line);

// To a file, or to standard output for "-".
Result<void> WriteOutput(const std::string& path, std::string_view bytes);

// The `run` of a command of one file.
template <Result<void> (*kDo)(const CommandLine&)>
int RunFileCommand(const Command& command, const CommandLine& line) {
  const Result<CommandLine> all = OneFile(command, line);
  if (!all.ok()) return ReportUsage(command.name, all.error());
  const Result<void> done = kDo(*all);
  if (done.ok()) return 0;
  return done.error().kind() == ErrorKind::kUsage ? ReportUsage(command.name, done.error()) : ReportError(done.error());
}

}  // namespace cvm::run
