// wasi:sockets/udp: linked with all its methods, which no guest can reach: udp-create-socket gives out no socket.
// Stateless.
#pragma once

#include "gen/wasi/sockets/udp.hpp"

namespace cvm::wasi {

class HostUdp final : public sockets::Udp {};

}  // namespace cvm::wasi
