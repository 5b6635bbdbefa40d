// wasi:sockets/tcp-create-socket where the host grants no TCP: answers access-denied. Stateless.
#pragma once

#include "gen/wasi/sockets/tcp_create_socket.hpp"

namespace cvm::wasi {

class HostTcpCreateSocket final : public sockets::TcpCreateSocket {
 public:
  Result<WitResult<Own<sockets::tcp::TcpSocket>, sockets::network::ErrorCode>> CreateTcpSocket(
      sockets::network::IpAddressFamily address_family) override;
};

}  // namespace cvm::wasi
