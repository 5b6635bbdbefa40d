#include "tools/run/module_input.hpp"

#include "tools/run/input.hpp"

namespace cvm::run {

Result<Module> LoadCoreModule(const Engine& engine, const std::string& content) {
  switch (DetectKind(content)) {
    case InputKind::kCoreBinary:
      return Module::Load(engine, {reinterpret_cast<const uint8_t*>(content.data()), content.size()});
    case InputKind::kCoreText:
      return Module::Parse(engine, content);
    case InputKind::kComponentBinary:
    case InputKind::kComponentText:
      break;
  }
  return Error(ErrorKind::kUnsupported, "components are not part of this build");
}

Result<void> Validate(const Engine& engine, const std::string& path) {
  const Result<std::string> content = ReadInput(path);
  if (!content.ok()) return content.error();
  Result<Module> module = LoadCoreModule(engine, *content);
  if (!module.ok()) return std::move(module.error().In("failed to validate `" + path + "`"));
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
