// WasiInterfaces: every interface of WASI 0.2 for one context, over the seams that it is given: the one place where
// they are put together. Linked by AddTo, whose linker refers to them and does not own them.
//
// Must outlive the stores of the guests that use it and go before its seams, which are used and not owned. One thread,
// that of the reactor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "vm/base/try.hpp"
#include "wasi/cli/environment.hpp"
#include "wasi/cli/exit.hpp"
#include "wasi/cli/stderr.hpp"
#include "wasi/cli/stdin.hpp"
#include "wasi/cli/stdout.hpp"
#include "wasi/cli/terminal_input.hpp"
#include "wasi/cli/terminal_output.hpp"
#include "wasi/cli/terminal_stderr.hpp"
#include "wasi/cli/terminal_stdin.hpp"
#include "wasi/cli/terminal_stdout.hpp"
#include "wasi/clocks/monotonic_clock.hpp"
#include "wasi/clocks/timezone.hpp"
#include "wasi/clocks/wall_clock.hpp"
#include "wasi/filesystem/preopens.hpp"
#include "wasi/filesystem/types.hpp"
#include "wasi/http/outgoing_handler.hpp"
#include "wasi/http/types.hpp"
#include "wasi/io/error.hpp"
#include "wasi/io/poll.hpp"
#include "wasi/io/streams.hpp"
#include "wasi/os/entropy.hpp"
#include "wasi/os/stdio.hpp"
#include "wasi/random/insecure.hpp"
#include "wasi/random/insecure_seed.hpp"
#include "wasi/random/random.hpp"
#include "wasi/reactor/reactor.hpp"
#include "wasi/sockets/instance_network.hpp"
#include "wasi/sockets/ip_name_lookup.hpp"
#include "wasi/sockets/network.hpp"
#include "wasi/sockets/tcp.hpp"
#include "wasi/sockets/tcp_create_socket.hpp"
#include "wasi/sockets/udp.hpp"
#include "wasi/sockets/udp_create_socket.hpp"

namespace cvm::wasi {

// What the interfaces stand on.
struct WasiSeams {
  Reactor& reactor;
  Entropy& entropy;
  ByteSource& input;
  ByteSink& output;
  ByteSink& error_output;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> variables;
  std::vector<HostPreopens::Directory> preopens;
  uint64_t max_random_bytes = kDefaultRandomLimit;
  uint32_t max_poll_entries = HostPoll::kMaxEntries;
  uint64_t max_read_bytes = HostInputStream::kMaxRead;
};

class WasiInterfaces {
 public:
  // kIo if the entropy gives nothing to seed the insecure numbers with.
  static Result<std::unique_ptr<WasiInterfaces>> Create(WasiSeams seams);

  // wasi:cli's world `command` and wasi:http's `proxy`, but for what these export.
  template <bind::InterfaceLinker Linker>
  Result<void> AddTo(Linker& linker) {
    CVM_RETURN_IF_ERROR(AddIo(linker));
    CVM_RETURN_IF_ERROR(AddCli(linker));
    CVM_RETURN_IF_ERROR(filesystem::Types::AddTo(linker, filesystem_types_));
    CVM_RETURN_IF_ERROR(filesystem::Preopens::AddTo(linker, preopens_));
    CVM_RETURN_IF_ERROR(AddSockets(linker));
    CVM_RETURN_IF_ERROR(http::Types::AddTo(linker, http_types_));
    return http::OutgoingHandler::AddTo(linker, outgoing_handler_);
  }

  // Writes out what the guest has left in its standard streams, turning the reactor until it is gone. For the end of a
  // program. A reader that has gone away is no error.
  Result<void> FlushOutput();

 private:
  WasiInterfaces(WasiSeams seams, uint64_t insecure_state, uint64_t first_seed, uint64_t second_seed);

  template <bind::InterfaceLinker Linker>
  Result<void> AddIo(Linker& linker) {
    CVM_RETURN_IF_ERROR(io::Error::AddTo(linker, error_));
    CVM_RETURN_IF_ERROR(io::Poll::AddTo(linker, poll_));
    CVM_RETURN_IF_ERROR(io::Streams::AddTo(linker, streams_));
    CVM_RETURN_IF_ERROR(clocks::MonotonicClock::AddTo(linker, monotonic_clock_));
    CVM_RETURN_IF_ERROR(clocks::WallClock::AddTo(linker, wall_clock_));
    CVM_RETURN_IF_ERROR(clocks::Timezone::AddTo(linker, timezone_));
    CVM_RETURN_IF_ERROR(random::Random::AddTo(linker, random_));
    CVM_RETURN_IF_ERROR(random::Insecure::AddTo(linker, insecure_));
    return random::InsecureSeed::AddTo(linker, insecure_seed_);
  }

  template <bind::InterfaceLinker Linker>
  Result<void> AddCli(Linker& linker) {
    CVM_RETURN_IF_ERROR(cli::Environment::AddTo(linker, environment_));
    CVM_RETURN_IF_ERROR(cli::Exit::AddTo(linker, exit_));
    CVM_RETURN_IF_ERROR(cli::Stdin::AddTo(linker, stdin_));
    CVM_RETURN_IF_ERROR(cli::Stdout::AddTo(linker, stdout_));
    CVM_RETURN_IF_ERROR(cli::Stderr::AddTo(linker, stderr_));
    CVM_RETURN_IF_ERROR(cli::TerminalInput::AddTo(linker, terminal_input_));
    CVM_RETURN_IF_ERROR(cli::TerminalOutput::AddTo(linker, terminal_output_));
    CVM_RETURN_IF_ERROR(cli::TerminalStdin::AddTo(linker, terminal_stdin_));
    CVM_RETURN_IF_ERROR(cli::TerminalStdout::AddTo(linker, terminal_stdout_));
    return cli::TerminalStderr::AddTo(linker, terminal_stderr_);
  }

  template <bind::InterfaceLinker Linker>
  Result<void> AddSockets(Linker& linker) {
    CVM_RETURN_IF_ERROR(sockets::Network::AddTo(linker, network_));
    CVM_RETURN_IF_ERROR(sockets::InstanceNetwork::AddTo(linker, instance_network_));
    CVM_RETURN_IF_ERROR(sockets::IpNameLookup::AddTo(linker, ip_name_lookup_));
    CVM_RETURN_IF_ERROR(sockets::Tcp::AddTo(linker, tcp_));
    CVM_RETURN_IF_ERROR(sockets::TcpCreateSocket::AddTo(linker, tcp_create_socket_));
    CVM_RETURN_IF_ERROR(sockets::Udp::AddTo(linker, udp_));
    return sockets::UdpCreateSocket::AddTo(linker, udp_create_socket_);
  }

  Reactor& reactor_;
  std::shared_ptr<StreamSink> output_;
  std::shared_ptr<StreamSink> error_output_;

  HostError error_;
  HostPoll poll_;
  HostStreams streams_;
  HostMonotonicClock monotonic_clock_;
  HostWallClock wall_clock_;
  HostTimezone timezone_;
  HostRandom random_;
  HostInsecure insecure_;
  HostInsecureSeed insecure_seed_;

  HostEnvironment environment_;
  HostExit exit_;
  HostStdin stdin_;
  HostStdout stdout_;
  HostStderr stderr_;
  HostTerminalInput terminal_input_;
  HostTerminalOutput terminal_output_;
  HostTerminalStdin terminal_stdin_;
  HostTerminalStdout terminal_stdout_;
  HostTerminalStderr terminal_stderr_;

  HostFilesystemTypes filesystem_types_;
  HostPreopens preopens_;

  HostNetwork network_;
  HostInstanceNetwork instance_network_;
  HostIpNameLookup ip_name_lookup_;
  HostTcp tcp_;
  HostTcpCreateSocket tcp_create_socket_;
  HostUdp udp_;
  HostUdpCreateSocket udp_create_socket_;

  HostHttpTypes http_types_;
  HostOutgoingHandler outgoing_handler_;
};

}  // namespace cvm::wasi
