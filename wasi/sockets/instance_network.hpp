// wasi:sockets/instance-network where the host grants no network: see network.hpp. Stateless.
#pragma once

#include "gen/wasi/sockets/instance_network.hpp"

namespace cvm::wasi {

class HostInstanceNetwork final : public sockets::InstanceNetwork {
 public:
  Result<Own<sockets::network::Network>> InstanceNetwork_() override;
};

}  // namespace cvm::wasi
