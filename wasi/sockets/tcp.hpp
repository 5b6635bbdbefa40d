// wasi:sockets/tcp: linked with all its methods, which no guest can reach: tcp-create-socket gives out no socket.
// Stateless.
#pragma once

#include "gen/wasi/sockets/tcp.hpp"

namespace cvm::wasi {

class HostTcp final : public sockets::Tcp {};

}  // namespace cvm::wasi
