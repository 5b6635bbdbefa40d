#include "wasi/cli/environment.hpp"

namespace cvm::wasi {

HostEnvironment::HostEnvironment(std::vector<std::string> arguments,
                                 const std::vector<std::pair<std::string, std::string>>& variables,
                                 std::optional<std::string> initial_cwd)
    : arguments_(std::move(arguments)),
      variables_(variables.begin(), variables.end()),
      initial_cwd_(std::move(initial_cwd)) {}

Result<std::vector<std::tuple<std::string, std::string>>> HostEnvironment::GetEnvironment() { return variables_; }

Result<std::vector<std::string>> HostEnvironment::GetArguments() { return arguments_; }

Result<std::optional<std::string>> HostEnvironment::InitialCwd() { return initial_cwd_; }

}  // namespace cvm::wasi
