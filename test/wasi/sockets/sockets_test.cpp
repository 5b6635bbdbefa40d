// Without a network every door answers access-denied.
#include <catch2/catch.hpp>

#include "wasi/io/error.hpp"
#include "wasi/sockets/instance_network.hpp"
#include "wasi/sockets/ip_name_lookup.hpp"
#include "wasi/sockets/network.hpp"
#include "wasi/sockets/tcp_create_socket.hpp"
#include "wasi/sockets/udp_create_socket.hpp"

namespace cvm::wasi {
namespace {

using sockets::network::ErrorCode;
using sockets::network::IpAddressFamily;

TEST_CASE("sockets: a network can be had, and nothing be done with it") {
  HostInstanceNetwork instance;
  auto network = instance.InstanceNetwork_().value();
  REQUIRE(network);
  HostIpNameLookup lookup;
  CHECK(lookup.ResolveAddresses(network, "example.com").value().error() == ErrorCode::kAccessDenied);
  CHECK(lookup.ResolveAddresses(network, "127.0.0.1").value().error() == ErrorCode::kAccessDenied);
  HostTcpCreateSocket tcp;
  HostUdpCreateSocket udp;
  for (IpAddressFamily family : {IpAddressFamily::kIpv4, IpAddressFamily::kIpv6}) {
    CHECK(tcp.CreateTcpSocket(family).value().error() == ErrorCode::kAccessDenied);
    CHECK(udp.CreateUdpSocket(family).value().error() == ErrorCode::kAccessDenied);
  }
  HostNetwork interface;
  HostIoError error(FsError::kIo);
  CHECK(interface.NetworkErrorCode(error).value() == std::nullopt);
}

}  // namespace
}  // namespace cvm::wasi
