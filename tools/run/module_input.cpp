#include "tools/run/module_input.hpp"

#include <optional>

#include "tools/run/input.hpp"

namespace cvm::run {

Result<Module> LoadCoreModule(const Engine& engine, const std::string& content) {
  switch (DetectKind(content)) {
    case InputKind::kCoreBinary:
      return Module::Load(engine, BytesOf(content));
    case InputKind::kCoreText:
      return Module::Parse(engine, content);
    case InputKind::kComponentBinary:
    case InputKind::kComponentText:
      break;
  }
  return Error(ErrorKind::kUsage, "a core module is wanted, not a component");
}

Result<Component> LoadComponent(const Engine& engine, const std::string& content) {
  return DetectKind(content) == InputKind::kComponentText ? Component::Parse(engine, content)
                                                          : Component::Load(engine, BytesOf(content));
}

Result<void> Validate(const Engine& engine, const std::string& path) {
  const Result<std::string> content = ReadInput(path);
  if (!content.ok()) return content.error();
  std::optional<Error> wrong;
  if (IsComponent(DetectKind(*content))) {
    Result<Component> component = LoadComponent(engine, *content);
    if (!component.ok()) wrong = std::move(component).error();
  } else {
    Result<Module> module = LoadCoreModule(engine, *content);
    if (!module.ok()) wrong = std::move(module).error();
  }
  if (wrong.has_value()) return std::move(wrong->In("failed to validate `" + path + "`"));
  return {};
}

std::string Basename(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path;
  const size_t slash = path.find_last_of('/', end);
  return path.substr(slash == std::string::npos ? 0 : slash + 1,
                     end - (slash == std::string::npos ? 0 : slash + 1) + 1);
}

}  // namespace cvm::run
