// Names of exports as a command line gives them.
#include <algorithm>

#include "tools/run/component_run.hpp"

namespace cvm::run {
namespace {

Error Usage(std::string words) { return Error(ErrorKind::kUsage, std::move(words)); }

// The part after the last `#`, or all of it.
std::string_view FunctionOf(std::string_view name) {
  const size_t hash = name.rfind('#');
  return hash == std::string_view::npos ? name : name.substr(hash + 1);
}

// The version of an instance's name may be left out.
std::string_view WithoutVersion(std::string_view instance) { return instance.substr(0, instance.find('@')); }

// Whether `wanted`, in either spelling (`a:b/c.f`, `a:b/c#f`), means the export `name`.
bool Means(std::string_view wanted, std::string_view name) {
  if (wanted == name || wanted == FunctionOf(name)) return true;
  const size_t hash = name.rfind('#');
  if (hash == std::string_view::npos) return false;
  const std::string_view instance = name.substr(0, hash);
  const std::string_view function = name.substr(hash + 1);
  if (wanted.size() < function.size() + 2 || !wanted.ends_with(function)) return false;
  const std::string_view head = wanted.substr(0, wanted.size() - function.size() - 1);
  const char between = wanted[head.size()];
  return (between == '.' || between == '#') && (head == instance || head == WithoutVersion(instance));
}

}  // namespace

Result<InvokeTarget> ParseInvoke(std::string_view text) {
  const size_t open = text.find('(');
  if (open == std::string_view::npos) return InvokeTarget{std::string(text), ""};
  if (!text.ends_with(")")) return Usage("`" + std::string(text) + "` has no closing parenthesis");
  if (open == 0) return Usage("`" + std::string(text) + "` names no function");
  return InvokeTarget{std::string(text.substr(0, open)), std::string(text.substr(open + 1, text.size() - open - 2))};
}

Result<std::string> ResolveExport(std::span<const std::string> exports, std::string_view function) {
  std::vector<std::string> found;
  for (const std::string& name : exports) {
    if (name == function) return name;
    if (Means(function, name)) found.push_back(name);
  }
  if (found.size() == 1) return found.front();
  std::string words = found.empty() ? "no exported function is called `" : "several exported functions are called `";
  words += std::string(function) + "`; " + (found.empty() ? "there are" : "they are");
  const std::span<const std::string> listed = found.empty() ? exports : std::span<const std::string>(found);
  if (listed.empty()) words += " none";
  for (const std::string& name : listed) words += (&name == listed.data() ? " `" : ", `") + name + "`";
  return Usage(std::move(words));
}

}  // namespace cvm::run
