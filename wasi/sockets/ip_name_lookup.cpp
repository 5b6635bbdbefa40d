#include "wasi/sockets/ip_name_lookup.hpp"

namespace cvm::wasi {

using sockets::network::ErrorCode;

Result<WitResult<Own<sockets::ip_name_lookup::ResolveAddressStream>, ErrorCode>> HostIpNameLookup::ResolveAddresses(
    Borrow<sockets::network::Network> /*network*/, std::string_view /*name*/) {
  return WitResult<Own<sockets::ip_name_lookup::ResolveAddressStream>, ErrorCode>(Err(ErrorCode::kAccessDenied));
}

}  // namespace cvm::wasi
