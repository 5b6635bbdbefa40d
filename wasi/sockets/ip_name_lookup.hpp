// wasi:sockets/ip-name-lookup where the host grants no network: every name is answered with access-denied. Stateless.
#pragma once

#include <string_view>

#include "gen/wasi/sockets/ip_name_lookup.hpp"

namespace cvm::wasi {

class HostIpNameLookup final : public sockets::IpNameLookup {
 public:
  Result<WitResult<Own<sockets::ip_name_lookup::ResolveAddressStream>, sockets::network::ErrorCode>> ResolveAddresses(
      Borrow<sockets::network::Network> network, std::string_view name) override;
};

}  // namespace cvm::wasi
