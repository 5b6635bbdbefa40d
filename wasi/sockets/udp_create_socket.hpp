// wasi:sockets/udp-create-socket where the host grants no UDP: answers access-denied. Stateless.
#pragma once

#include "gen/wasi/sockets/udp_create_socket.hpp"

namespace cvm::wasi {

class HostUdpCreateSocket final : public sockets::UdpCreateSocket {
 public:
  Result<WitResult<Own<sockets::udp::UdpSocket>, sockets::network::ErrorCode>> CreateUdpSocket(
      sockets::network::IpAddressFamily address_family) override;
};

}  // namespace cvm::wasi
