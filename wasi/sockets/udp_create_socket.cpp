#include "wasi/sockets/udp_create_socket.hpp"

namespace cvm::wasi {

Result<WitResult<Own<sockets::udp::UdpSocket>, sockets::network::ErrorCode>> HostUdpCreateSocket::CreateUdpSocket(
    sockets::network::IpAddressFamily /*address_family*/) {
  return WitResult<Own<sockets::udp::UdpSocket>, sockets::network::ErrorCode>(
      Err(sockets::network::ErrorCode::kAccessDenied));
}

}  // namespace cvm::wasi
