// The compile-time description of every type in a signature of WASI 0.2 agrees with canonical-abi/types: size,
// alignment, flat form and predicates; and each function meets its own type as an import.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "component/host/typed_linker.hpp"
#include "gen/wasi/cli/environment.hpp"
#include "gen/wasi/cli/exit.hpp"
#include "gen/wasi/cli/stdin_.hpp"
#include "gen/wasi/cli/terminal_stdin.hpp"
#include "gen/wasi/clocks/monotonic_clock.hpp"
#include "gen/wasi/clocks/timezone.hpp"
#include "gen/wasi/clocks/wall_clock.hpp"
#include "gen/wasi/filesystem/preopens.hpp"
#include "gen/wasi/filesystem/types.hpp"
#include "gen/wasi/http/outgoing_handler.hpp"
#include "gen/wasi/http/types.hpp"
#include "gen/wasi/io/error.hpp"
#include "gen/wasi/io/poll.hpp"
#include "gen/wasi/io/streams.hpp"
#include "gen/wasi/random/insecure_seed.hpp"
#include "gen/wasi/random/random.hpp"
#include "gen/wasi/sockets/instance_network.hpp"
#include "gen/wasi/sockets/ip_name_lookup.hpp"
#include "gen/wasi/sockets/network.hpp"
#include "gen/wasi/sockets/tcp.hpp"
#include "gen/wasi/sockets/tcp_create_socket.hpp"
#include "gen/wasi/sockets/udp.hpp"
#include "gen/wasi/sockets/udp_create_socket.hpp"

namespace cvm::component::typed {
namespace {

static_assert(bind::InstanceLinker<TypedInstance>);
static_assert(bind::InterfaceLinker<TypedLinker>);

size_t CompareInfo(const TypeInfo& info) {
  ResourceList resources;
  const Result<abi::ValType> type = ToValType(info, &resources);
  REQUIRE(type.ok());
  INFO(type->ToString());
  for (abi::PtrType p : kPtrTypes) {
    CHECK(info.size(p) == abi::ElemSize(*type, p));
    CHECK(info.alignment(p) == abi::Alignment(*type, p));
    CHECK(info.flat.count == abi::FlatCount(*type));
    if (info.flat.count <= abi::kMaxFlatParams) {
      const auto& flat = info.flat.types[static_cast<size_t>(p)];
      CHECK(std::vector<abi::CoreType>(flat.begin(), flat.begin() + info.flat.count) == abi::FlattenType(*type, p));
    }
  }
  CHECK(info.contains_pointer == abi::ContainsPointer(*type));
  CHECK(info.contains_borrow == abi::ContainsBorrow(*type));
  CHECK(Matches(info, *type, [&](abi::ResourceIndex i) { return resources[i.value]; }));
  size_t seen = 1;
  for (const Part& part : info.parts) seen += part.type == nullptr ? 0 : CompareInfo(*part.type);
  return seen;
}

// Records what AddTo offers.
struct Recorder {
  struct Offered {
    Recorder* recorder;
    template <class R>
    Result<void> Resource(std::string_view) {
      return {};
    }
    template <class R>
    Result<void> UsedResource(std::string_view) {
      return {};
    }
    template <class T>
    Result<void> Type(std::string_view) {
      recorder->types += CompareInfo(Codec<T>::kInfo);
      return {};
    }
    template <auto kMethod>
    Result<void> Function(bind::FunctionName name, typename bind::MethodTraits<decltype(kMethod)>::class_type&) {
      return Add(kFunctionInfo<kMethod, false>, name);
    }
    template <auto kMethod>
    Result<void> Method(bind::FunctionName name) {
      return Add(kFunctionInfo<kMethod, true>, name);
    }
    Result<void> Add(const FunctionInfo& info, const bind::FunctionName& name) {
      INFO(name.name);
      ++recorder->functions;
      for (const Part& param : info.params) recorder->types += CompareInfo(*param.type);
      if (info.result != nullptr) recorder->types += CompareInfo(*info.result);
      const TypedFunction function(info, name, nullptr);
      ResourceList resources;
      const Result<abi::FuncType> type = function.Type(&resources);
      REQUIRE(type.ok());
      CHECK(function.CheckType(*type, [&](abi::ResourceIndex i) { return resources[i.value]; }).ok());
      return {};
    }
  };
  Result<Offered> Instance(std::string_view) { return Offered{this}; }

  size_t functions = 0;
  size_t types = 0;
};

// A place for an interface that is linked but never called.
template <class I>
I& Unmade() {
  alignas(I) static std::byte storage[sizeof(I)];
  return *reinterpret_cast<I*>(storage);
}

template <class... I, class L>
void AddAll(L& linker) {
  CHECK((I::AddTo(linker, Unmade<I>()).ok() && ...));
}

template <class L>
void AddWasi(L& linker) {
  using namespace wasi;  // NOLINT: twenty names
  AddAll<io::Error, io::Poll, io::Streams, clocks::MonotonicClock, clocks::WallClock, clocks::Timezone, random::Random,
         random::InsecureSeed, filesystem::Types, filesystem::Preopens, cli::Environment, cli::Exit, cli::Stdin,
         cli::TerminalStdin>(linker);
  AddAll<sockets::Network, sockets::InstanceNetwork, sockets::IpNameLookup, sockets::Tcp, sockets::TcpCreateSocket,
         sockets::Udp, sockets::UdpCreateSocket, http::Types, http::OutgoingHandler>(linker);
}

TEST_CASE("descriptions of the types of WASI agree with canonical-abi") {
  Recorder recorder;
  AddWasi(recorder);
  CHECK(recorder.functions >= 160);
  CHECK(recorder.types > 1000);
}

TEST_CASE("interfaces of WASI are linked by name") {
  Linker linker;
  TypedLinker typed(linker);
  AddWasi(typed);
  LinkerInstance& streams = linker.Instance(wasi::io::Streams::kName);
  const LinkItem* read = streams.Find("[method]input-stream.read");
  REQUIRE(read != nullptr);
  CHECK(std::holds_alternative<std::shared_ptr<const HostFunction>>(*read));
  const LinkItem* pollable = streams.Find("pollable");
  const LinkItem* defined = linker.Instance(wasi::io::Poll::kName).Find("pollable");
  REQUIRE(pollable != nullptr);
  REQUIRE(defined != nullptr);
  using Type = std::shared_ptr<const abi::ResourceType>;
  CHECK(std::get<Type>(*pollable).get() == std::get<Type>(*defined).get());
  CHECK(std::get<Type>(*pollable)->name() == "pollable");
}

}  // namespace
}  // namespace cvm::component::typed
