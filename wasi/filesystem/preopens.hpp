// wasi:filesystem/preopens: the directories that the guest starts with. Each call gives new descriptors for the same
// open directories. One thread, that of the reactor.
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gen/wasi/filesystem/preopens.hpp"
#include "wasi/filesystem/descriptor.hpp"
#include "wasi/os/dir.hpp"
#include "wasi/reactor/reactor.hpp"

namespace cvm::wasi {

class HostPreopens final : public filesystem::Preopens {
 public:
  // By the path that the guest knows it by.
  using Directory = std::pair<std::string, std::shared_ptr<Dir>>;

  // `max_read`: the most that one read of a file in them gives.
  HostPreopens(Reactor& reactor, std::vector<Directory> directories, uint64_t max_read = HostDescriptor::kMaxRead)
      : reactor_(reactor), directories_(std::move(directories)), max_read_(max_read) {}

  Result<std::vector<std::tuple<Own<filesystem::types::Descriptor>, std::string>>> GetDirectories() override;

 private:
  Reactor& reactor_;
  std::vector<Directory> directories_;
  uint64_t max_read_;
};

}  // namespace cvm::wasi
