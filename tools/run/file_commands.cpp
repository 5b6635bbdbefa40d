#include "tools/run/file_commands.hpp"

#include <cstdio>
#include <fstream>

#include "tools/run/settings.hpp"

namespace cvm::run {

Result<CommandLine> OneFile(const Command& command, const CommandLine& line) {
  CommandLine all = line;
  while (all.operands.size() > 1) {
    Result<CommandLine> rest = ParseCommandLine(command.options, std::span(all.operands).subspan(1));
    if (!rest.ok()) return std::move(rest).error();
    if (rest->options.empty()) break;
    all.options.insert(all.options.end(), rest->options.begin(), rest->options.end());
    all.operands.resize(1);
    all.operands.insert(all.operands.end(), rest->operands.begin(), rest->operands.end());
  }
  if (all.operands.size() != 1) return Error(ErrorKind::kUsage, "one file is wanted");
  return all;
}

Result<Engine> EngineFor(const CommandLine& line) {
  Config config;
  if (Result<void> applied = ApplyEngineSettings(line, &config); !applied.ok()) return std::move(applied).error();
  return Engine::Create(config);
}

Result<void> WriteOutput(const std::string& path, std::string_view bytes) {
  if (path == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    if (std::fflush(stdout) != 0) return Error(ErrorKind::kIo, "cannot write to standard output");
    return {};
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Error(ErrorKind::kIo, "cannot write `" + path + "`");
  return {};
}

}  // namespace cvm::run
