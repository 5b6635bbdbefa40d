#include "tools/run/report.hpp"

#include <cstdio>
#include <vector>

#include "tools/run/commands.hpp"

namespace cvm::run {
namespace {

// The message with its place in the file.
std::string MessageWithPlace(const Error& error) {
  std::string text = error.message();
  if (error.offset().has_value()) {
    char place[40];
    std::snprintf(place, sizeof place, " (at offset 0x%llx)", static_cast<unsigned long long>(*error.offset()));
    text += place;
  }
  if (error.line() != 0) {
    text += " (at line " + std::to_string(error.line());
    if (error.column() != 0) text += ", column " + std::to_string(error.column());
    text += ")";
  }
  return text;
}

}  // namespace

std::string FormatError(const Error& error) {
  std::vector<std::string> chain = error.context();
  chain.push_back(MessageWithPlace(error));
  std::string text = "Error: " + chain.front() + "\n";
  if (chain.size() > 1) text += "\nCaused by:\n";
  for (size_t i = 1; i < chain.size(); ++i) text += "    " + std::to_string(i - 1) + ": " + chain[i] + "\n";
  if (!error.backtrace().empty()) text += "\nwasm backtrace:\n";
  for (size_t i = 0; i < error.backtrace().size(); ++i) {
    text += "    " + std::to_string(i) + ": " + error.backtrace()[i] + "\n";
  }
  return text;
}

int ReportError(const Error& error) {
  if (error.kind() == ErrorKind::kExit) return error.exit_code();
  std::fputs(FormatError(error).c_str(), stderr);
  const bool trapped = error.kind() == ErrorKind::kTrap || error.kind() == ErrorKind::kException;
  return trapped ? kExitTrap : kExitFailure;
}

int ReportUsage(std::string_view command, const Error& error) {
  std::fprintf(stderr, "Error: %s\n\nFor help, try `cvm-run %.*s --help`\n", error.ToString().c_str(),
               static_cast<int>(command.size()), command.data());
  return kExitUsage;
}

}  // namespace cvm::run
