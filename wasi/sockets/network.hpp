// wasi:sockets/network where the host grants no network: the capability exists, as
// programs take it before they ask for anything, and everything done with it answers access-denied. Stateless.
#pragma once

#include <optional>

#include "gen/wasi/sockets/network.hpp"

namespace cvm::wasi {

// A network in which nothing may be done.
class DeniedNetwork final : public sockets::network::Network {};

class HostNetwork final : public sockets::Network {
 public:
  // No stream of this host fails for reasons of a network.
  Result<std::optional<sockets::network::ErrorCode>> NetworkErrorCode(Borrow<sockets::network::Error> err) override;
};

}  // namespace cvm::wasi
