#include "wasi/sockets/instance_network.hpp"

#include <memory>

#include "wasi/sockets/network.hpp"

namespace cvm::wasi {

Result<Own<sockets::network::Network>> HostInstanceNetwork::InstanceNetwork_() {
  return Own<sockets::network::Network>(std::make_unique<DeniedNetwork>());
}

}  // namespace cvm::wasi
