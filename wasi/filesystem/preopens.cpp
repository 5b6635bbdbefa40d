#include "wasi/filesystem/preopens.hpp"

namespace cvm::wasi {

Result<std::vector<std::tuple<Own<filesystem::types::Descriptor>, std::string>>> HostPreopens::GetDirectories() {
  std::vector<std::tuple<Own<filesystem::types::Descriptor>, std::string>> list;
  list.reserve(directories_.size());
  for (const auto& [path, dir] : directories_) {
    list.emplace_back(std::make_unique<HostDescriptor>(reactor_, dir, max_read_), path);
  }
  return list;
}

}  // namespace cvm::wasi
