// The headers of all of WASI 0.2 compile, and AddTo offers every function with the WIT signature it has: a mock linker
// spells each C++ signature as WIT, which is compared with the resolved text of wasi/wit/0.2.
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <string>

#include "component/wit/loader.hpp"
#include "cvm/bind.hpp"
#include "gen/wasi/cli/environment.hpp"
#include "gen/wasi/cli/exit.hpp"
#include "gen/wasi/cli/run.hpp"
#include "gen/wasi/cli/stderr_.hpp"
#include "gen/wasi/cli/stdin_.hpp"
#include "gen/wasi/cli/stdout_.hpp"
#include "gen/wasi/cli/terminal_input.hpp"
#include "gen/wasi/cli/terminal_output.hpp"
#include "gen/wasi/cli/terminal_stderr.hpp"
#include "gen/wasi/cli/terminal_stdin.hpp"
#include "gen/wasi/cli/terminal_stdout.hpp"
#include "gen/wasi/clocks/monotonic_clock.hpp"
#include "gen/wasi/clocks/timezone.hpp"
#include "gen/wasi/clocks/wall_clock.hpp"
#include "gen/wasi/filesystem/preopens.hpp"
#include "gen/wasi/filesystem/types.hpp"
#include "gen/wasi/http/incoming_handler.hpp"
#include "gen/wasi/http/outgoing_handler.hpp"
#include "gen/wasi/http/types.hpp"
#include "gen/wasi/io/error.hpp"
#include "gen/wasi/io/poll.hpp"
#include "gen/wasi/io/streams.hpp"
#include "gen/wasi/random/insecure.hpp"
#include "gen/wasi/random/insecure_seed.hpp"
#include "gen/wasi/random/random.hpp"
#include "gen/wasi/sockets/instance_network.hpp"
#include "gen/wasi/sockets/ip_name_lookup.hpp"
#include "gen/wasi/sockets/network.hpp"
#include "gen/wasi/sockets/tcp.hpp"
#include "gen/wasi/sockets/tcp_create_socket.hpp"
#include "gen/wasi/sockets/udp.hpp"
#include "gen/wasi/sockets/udp_create_socket.hpp"

namespace cvm {
namespace {

// A C++ type of the binding vocabulary as WIT.
template <class T>
struct Wit {
  static std::string Text() { return std::string(bind::TypeOf<T>::kName); }
};
#define CVM_TEST_WIT(type, text)               \
  template <>                                  \
  struct Wit<type> {                           \
    static std::string Text() { return text; } \
  };
CVM_TEST_WIT(bool, "bool")
CVM_TEST_WIT(uint8_t, "u8")
CVM_TEST_WIT(uint16_t, "u16")
CVM_TEST_WIT(uint32_t, "u32")
CVM_TEST_WIT(int32_t, "s32")
CVM_TEST_WIT(uint64_t, "u64")
CVM_TEST_WIT(std::string, "string")
CVM_TEST_WIT(void, "_")
#undef CVM_TEST_WIT
template <class T>
struct Wit<std::vector<T>> {
  static std::string Text() { return "list<" + Wit<T>::Text() + ">"; }
};
template <class T>
struct Wit<std::optional<T>> {
  static std::string Text() { return "option<" + Wit<T>::Text() + ">"; }
};
template <class T>
struct Wit<Own<T>> {
  static std::string Text() { return Wit<T>::Text(); }
};
template <class T>
struct Wit<Borrow<T>> {
  static std::string Text() { return "borrow<" + Wit<T>::Text() + ">"; }
};
template <class T, class E>
struct Wit<WitResult<T, E>> {
  static std::string Text() { return "result<" + Wit<T>::Text() + ", " + Wit<E>::Text() + ">"; }
};
template <class... T>
struct Wit<std::tuple<T...>> {
  static std::string Text() {
    std::string text;
    ((text += (text.empty() ? "" : ", ") + Wit<T>::Text()), ...);
    return "tuple<" + text + ">";
  }
};

struct Recorded {
  std::map<std::string, std::string> functions;  // "interface function" → signature
  std::map<std::string, std::string> types;      // "interface type" → how it was offered
};

class MockInstance {
 public:
  MockInstance(Recorded* recorded, std::string_view name) : recorded_(recorded), name_(name) {}

  template <class R>
  Result<void> Resource(std::string_view name) {
    return Record(recorded_->types, name, "resource");
  }
  template <class R>
  Result<void> UsedResource(std::string_view name) {
    return Record(recorded_->types, name, "used resource");
  }
  template <class T>
  Result<void> Type(std::string_view name) {
    return Record(recorded_->types, name, "type");
  }
  template <auto kMethod>
  Result<void> Function(bind::FunctionName function, typename bind::MethodTraits<decltype(kMethod)>::class_type&) {
    return Record(recorded_->functions, function.name, Signature<kMethod>(function, ""));
  }
  template <auto kMethod>
  Result<void> Method(bind::FunctionName function) {
    using Self = typename bind::MethodTraits<decltype(kMethod)>::class_type;
    return Record(recorded_->functions, function.name,
                  Signature<kMethod>(function, "self: " + Wit<Borrow<Self>>::Text()));
  }

 private:
  Result<void> Record(std::map<std::string, std::string>& map, std::string_view name, const std::string& what) {
    if (map.emplace(name_ + " " + std::string(name), what).second) return {};
    return Error(ErrorKind::kUsage, "offered twice: " + std::string(name));
  }

  template <auto kMethod>
  std::string Signature(const bind::FunctionName& function, std::string params) {
    using Traits = bind::MethodTraits<decltype(kMethod)>;
    [&]<class... P>(std::type_identity<std::tuple<P...>>) {
      auto name = function.params.begin();
      ((params += (params.empty() ? "" : ", ") + std::string(*name++) + ": " + Wit<bind::ValueOfT<P>>::Text()), ...);
    }(std::type_identity<typename Traits::param_types>());
    const std::string result = Wit<typename Traits::result_type>::Text();
    return "func(" + params + ")" + (result == "_" ? "" : " -> " + result) + (Traits::kMaySuspend ? " suspends" : "");
  }

  Recorded* recorded_;
  std::string name_;
};
static_assert(bind::InstanceLinker<MockInstance>);

struct MockLinker {
  Recorded recorded;
  Result<MockInstance> Instance(std::string_view name) { return MockInstance(&recorded, name); }
};
static_assert(bind::InterfaceLinker<MockLinker>);

// A place for an interface that is linked but never called.
template <class I>
I& Unmade() {
  alignas(I) static std::byte storage[sizeof(I)];
  return *reinterpret_cast<I*>(storage);
}

template <class... I>
void AddAll(MockLinker& linker) {
  CHECK((I::AddTo(linker, Unmade<I>()).ok() && ...));
}

// A type as WIT, with aliases replaced by what they stand for.
std::string Expanded(const wit::Resolve& resolve, const wit::Type& type) {
  if (const auto* prim = std::get_if<wit::Prim>(&type)) return std::string(wit::PrimName(*prim));
  const wit::TypeDef& def = resolve.at(std::get<wit::TypeId>(type));
  const auto text = [&](const std::optional<wit::Type>& t) { return t.has_value() ? Expanded(resolve, *t) : "_"; };
  if (const auto* alias = std::get_if<wit::Alias>(&def.kind)) return text(alias->target);
  if (const auto* list = std::get_if<wit::List>(&def.kind)) return "list<" + text(list->element) + ">";
  if (const auto* option = std::get_if<wit::Option>(&def.kind)) return "option<" + text(option->some) + ">";
  if (const auto* result = std::get_if<wit::ResultType>(&def.kind)) {
    return "result<" + text(result->ok) + ", " + text(result->err) + ">";
  }
  if (const auto* tuple = std::get_if<wit::Tuple>(&def.kind)) {
    std::string inner;
    for (const wit::Type& t : tuple->types) inner += (inner.empty() ? "" : ", ") + text(t);
    return "tuple<" + inner + ">";
  }
  if (const auto* handle = std::get_if<wit::Handle>(&def.kind)) {
    const std::string name = resolve.at(resolve.Dealias(handle->resource)).name;
    return handle->borrow ? "borrow<" + name + ">" : name;
  }
  return def.name;
}

std::string Expanded(const wit::Resolve& resolve, const wit::Function& function) {
  std::string params;
  for (const wit::Param& param : function.params) {
    params += (params.empty() ? "" : ", ") + param.name + ": " + Expanded(resolve, param.type);
  }
  return "func(" + params + ")" + (function.result.has_value() ? " -> " + Expanded(resolve, *function.result) : "");
}

TEST_CASE("AddTo offers all of WASI 0.2 with its signatures") {
  using namespace wasi;  // NOLINT: thirty names
  MockLinker linker;
  AddAll<io::Error, io::Poll, io::Streams, clocks::MonotonicClock, clocks::WallClock, clocks::Timezone, random::Random,
         random::Insecure, random::InsecureSeed, filesystem::Types, filesystem::Preopens>(linker);
  AddAll<cli::Environment, cli::Exit, cli::Run, cli::Stdin, cli::Stdout, cli::Stderr, cli::TerminalInput,
         cli::TerminalOutput, cli::TerminalStdin, cli::TerminalStdout, cli::TerminalStderr>(linker);
  AddAll<sockets::Network, sockets::InstanceNetwork, sockets::IpNameLookup, sockets::Tcp, sockets::TcpCreateSocket,
         sockets::Udp, sockets::UdpCreateSocket, http::Types, http::IncomingHandler, http::OutgoingHandler>(linker);

  wit::ResolveOptions options;
  options.all_features = true;
  const auto groups = wit::ReadWitFolders(std::filesystem::path(CVM_SOURCE_DIR) / "wasi" / "wit" / "0.2");
  REQUIRE(groups.ok());
  const Result<wit::Resolution> resolution = wit::ResolveSources(*groups, options);
  REQUIRE(resolution.ok());
  const wit::Resolve& resolve = resolution->resolve;
  size_t functions = 0;
  size_t types = 0;
  size_t suspending = 0;
  for (uint32_t i = 0; i < resolve.interfaces.size(); ++i) {
    const std::string name = resolve.InterfaceName(wit::InterfaceId(i));
    for (const wit::Function& function : resolve.interfaces[i].functions) {
      ++functions;
      INFO(name << " " << function.name);
      std::string signature = linker.recorded.functions[name + " " + function.name];
      const size_t suffix = signature.find(" suspends");
      suspending += suffix != std::string::npos;
      CHECK(signature.substr(0, suffix) == Expanded(resolve, function));
    }
    for (wit::TypeId id : resolve.interfaces[i].types) {
      ++types;
      const bool resource = std::holds_alternative<wit::Resource>(resolve.at(resolve.Dealias(id)).kind);
      const bool own = std::holds_alternative<wit::Resource>(resolve.at(id).kind);
      INFO(name << " " << resolve.at(id).name);
      CHECK(linker.recorded.types[name + " " + resolve.at(id).name] == (own        ? "resource"
                                                                        : resource ? "used resource"
                                                                                   : "type"));
    }
  }
  CHECK(functions == 181);
  CHECK(linker.recorded.functions.size() == functions);
  CHECK(linker.recorded.types.size() == types);
  CHECK(suspending == 29);
}

}  // namespace
}  // namespace cvm
