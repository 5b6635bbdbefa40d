// All of WASI 0.2 put together: what a linker is offered, and that the parts share one output.
#include "wasi/world/interfaces.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <type_traits>

#include "test/wasi/support/loop.hpp"

namespace cvm::wasi {
namespace {

// The part of an instance that takes types, and does nothing with them.
struct TypesTaken {
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
    return {};
  }
};

// Notes the names of the functions that it is offered.
class Names : public TypesTaken {
 public:
  Names(std::map<std::string, std::set<std::string>>* all, std::string_view name)
      : functions_(&(*all)[std::string(name)]) {}
  template <auto kMethod>
  Result<void> Function(bind::FunctionName function, typename bind::MethodTraits<decltype(kMethod)>::class_type&) {
    return Add(function.name);
  }
  template <auto kMethod>
  Result<void> Method(bind::FunctionName function) {
    return Add(function.name);
  }

 private:
  Result<void> Add(std::string_view name) {
    CHECK(functions_->insert(std::string(name)).second);
    return {};
  }
  std::set<std::string>* functions_;
};

struct NameLinker {
  std::map<std::string, std::set<std::string>> instances;
  Result<Names> Instance(std::string_view name) { return Names(&instances, name); }
};

struct World : Loop {
  explicit World(ByteSink& sink) : output(sink) {
    WasiSeams seams{*reactor, entropy, input, output, errors, {"tool"}, {{"A", "1"}}, {}};
    interfaces = WasiInterfaces::Create(std::move(seams)).value();
  }
  SeededEntropy entropy{1};
  MemorySource input;
  ByteSink& output;
  MemorySink errors;
  std::unique_ptr<WasiInterfaces> interfaces;
};

TEST_CASE("every interface and function of WASI 0.2 that a command imports is offered") {
  MemorySink sink;
  World world(sink);
  NameLinker linker;
  CHECK(world.interfaces->AddTo(linker).ok());
  // 33 interfaces in wasi/wit/0.2, without wasi:cli/run and wasi:http/incoming-handler, which guests export.
  CHECK(linker.instances.size() == 30);
  size_t functions = 0;
  for (const auto& [name, names] : linker.instances) functions += names.size();
  CHECK(functions == 179);
  CHECK(linker.instances["wasi:cli/exit@0.2.12"].contains("exit-with-code"));
  CHECK(linker.instances["wasi:filesystem/types@0.2.12"].contains("[method]descriptor.open-at"));
}

// A linker that takes only the functions of one interface, and keeps the implementation of one of them.
template <auto kWanted>
struct Catcher {
  using Interface = typename bind::MethodTraits<decltype(kWanted)>::class_type;
  Interface* found = nullptr;

  struct Instance_ : TypesTaken {
    explicit Instance_(Catcher* catcher) : owner(catcher) {}
    Catcher* owner;
    template <auto kMethod>
    Result<void> Function(bind::FunctionName, typename bind::MethodTraits<decltype(kMethod)>::class_type& impl) {
      if constexpr (std::is_same_v<decltype(kMethod), decltype(kWanted)>) {
        if (kMethod == kWanted) owner->found = &impl;
      }
      return {};
    }
    template <auto kMethod>
    Result<void> Method(bind::FunctionName) {
      return {};
    }
  };
  Result<Instance_> Instance(std::string_view) { return Instance_{this}; }
};

TEST_CASE("FlushOutput waits for what the guest has left in its output") {
  int fds[2];
  REQUIRE(::pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0);
  {
    const auto sink = MakeFdSink(fds[1]);
    World world(*sink);
    Catcher<&cli::Stdout::GetStdout> catcher;
    REQUIRE(world.interfaces->AddTo(catcher).ok());
    REQUIRE(catcher.found != nullptr);
    size_t sent = 0;
    {
      auto stream = catcher.found->GetStdout().value();
      while (const uint64_t room = stream->CheckWrite().value().value()) {
        REQUIRE(stream->WriteZeroes(room).value().ok());
        sent += room;
      }
    }
    // The guest and its streams are gone; the reader comes now.
    size_t received = 0;
    std::thread reader([&] {
      std::vector<char> buffer(1 << 16);
      while (received < sent) {
        const ssize_t count = ::read(fds[0], buffer.data(), buffer.size());
        if (count > 0) received += static_cast<size_t>(count);
      }
    });
    const bool flushed = world.interfaces->FlushOutput().ok();
    reader.join();
    CHECK(flushed);
    CHECK(received == sent);

    // A reader that has gone is no error.
    ::close(fds[0]);
    auto stream = catcher.found->GetStdout().value();
    (void)stream->WriteZeroes(10).value();
    CHECK(world.interfaces->FlushOutput().ok());
  }
  ::close(fds[1]);
}

}  // namespace
}  // namespace cvm::wasi
