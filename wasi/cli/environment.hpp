// wasi:cli/environment: what the embedder wrote into the configuration, and nothing of the process's own. Immutable.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gen/wasi/cli/environment.hpp"

namespace cvm::wasi {

class HostEnvironment final : public cli::Environment {
 public:
  HostEnvironment(std::vector<std::string> arguments, const std::vector<std::pair<std::string, std::string>>& variables,
                  std::optional<std::string> initial_cwd = std::nullopt);

  Result<std::vector<std::tuple<std::string, std::string>>> GetEnvironment() override;
  Result<std::vector<std::string>> GetArguments() override;
  Result<std::optional<std::string>> InitialCwd() override;

 private:
  std::vector<std::string> arguments_;
  std::vector<std::tuple<std::string, std::string>> variables_;
  std::optional<std::string> initial_cwd_;
};

}  // namespace cvm::wasi
