#include "wasi/sockets/network.hpp"

namespace cvm::wasi {

Result<std::optional<sockets::network::ErrorCode>> HostNetwork::NetworkErrorCode(
    Borrow<sockets::network::Error> /*err*/) {
  return std::optional<sockets::network::ErrorCode>();
}

}  // namespace cvm::wasi
