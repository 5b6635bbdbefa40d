#include "wasi/sockets/tcp_create_socket.hpp"

namespace cvm::wasi {

Result<WitResult<Own<sockets::tcp::TcpSocket>, sockets::network::ErrorCode>> HostTcpCreateSocket::CreateTcpSocket(
    sockets::network::IpAddressFamily /*address_family*/) {
  return WitResult<Own<sockets::tcp::TcpSocket>, sockets::network::ErrorCode>(
      Err(sockets::network::ErrorCode::kAccessDenied));
}

}  // namespace cvm::wasi
