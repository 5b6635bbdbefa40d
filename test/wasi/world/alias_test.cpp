// `wasi:…@2.0.0`, as some articles call version 0.2: real components whose names were changed so run as they did, and
// the embedder is warned.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cvm/component.hpp"
#include "cvm/wasi.hpp"

namespace cvm::wasi {
namespace {

// The file with `@0.2.N` of every name made `@2.0.N`: as many bytes as before.
std::vector<uint8_t> Renamed(const std::string& path) {
  std::ifstream file(std::string(CVM_SOURCE_DIR) + path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (size_t at = 0; (at = text.find("@0.2.", at)) != std::string::npos;) text.replace(at, 5, "@2.0.");
  return std::vector<uint8_t>(text.begin(), text.end());
}

struct Host {
  explicit Host(std::vector<std::string> args = {}) {
    WasiConfig config;
    config.args = std::move(args);
    config.virtual_clock = VirtualClock{};
    config.output = Output::Capture();
    context = WasiContext::Create(config).value();
    AddPreview2(linker, *context).value();
    UseEventLoop(store, *context).value();
    linker.OnWarning([this](std::string_view warning) { warnings.emplace_back(warning); });
  }
  Engine engine;
  std::shared_ptr<WasiContext> context;
  Store store{engine};
  ComponentLinker linker{engine};
  std::vector<std::string> warnings;
};

TEST_CASE("imports of WASI 2.0 are met by 0.2, with a warning") {
  Host host;
  const Component component = Component::Load(host.engine, Renamed("/test/wasi/data/sleeper.wasm")).value();
  REQUIRE(component.imports()[0].path[0] == "wasi:io/poll@2.0.0");
  const ComponentInstance instance = host.linker.Instantiate(host.store, component).value();
  CHECK(host.warnings == std::vector<std::string>{"imports `wasi:io/poll@2.0.0`, `wasi:clocks/monotonic-clock@2.0.0` "
                                                  "are taken for WASI 0.2: there is no WASI 2.0"});
  const ComponentValue args[] = {ComponentValue(uint32_t{3}), ComponentValue(uint64_t{5'000'000})};
  CHECK(instance.GetFunc("sleep").value().Call(args).value()[0] == ComponentValue(uint32_t{3}));
}

TEST_CASE("a Rust command of WASI 2.0 runs, its export found under either name") {
  const std::vector<uint8_t> bytes = Renamed("/test/guests/wasm/rust-p2-wasi2.wasm");
  for (const char* name : {"wasi:cli/run#run", "wasi:cli/run@0.2.0#run", "wasi:cli/run@2.0.0#run"}) {
    Host host({"rust-p2-wasi2.wasm", "clocks"});
    const Component component = Component::Load(host.engine, bytes).value();
    const ComponentInstance instance = host.linker.Instantiate(host.store, component).value();
    INFO(name);
    const auto run = instance.GetFunc(name);
    REQUIRE(run.ok());
    CHECK(run->Call({}).ok());
    FlushOutput(*host.context).value();
    CHECK(host.context->TakeStdout() != "");
    CHECK(host.warnings.size() == 1);
  }
}

TEST_CASE("version 0.2 gives no warning; 2.1 and prereleases of 2.0 are not met") {
  Host host;
  const Component sleeper = Component::LoadFile(host.engine, CVM_SOURCE_DIR "/test/wasi/data/sleeper.wasm").value();
  CHECK(host.linker.Prepare(sleeper).ok());
  std::vector<uint8_t> bytes = Renamed("/test/wasi/data/sleeper.wasm");
  std::string text(bytes.begin(), bytes.end());
  for (size_t at = 0; (at = text.find("@2.0.", at)) != std::string::npos;) text.replace(at, 5, "@2.1.");
  bytes.assign(text.begin(), text.end());
  const auto prepared = host.linker.Prepare(Component::Load(host.engine, bytes).value());
  REQUIRE_FALSE(prepared.ok());
  CHECK(prepared.error().message().find("`wasi:io/poll@2.1.0` (offered: `wasi:io/poll@0.2.") != std::string::npos);
  CHECK(host.warnings.empty());
}

}  // namespace
}  // namespace cvm::wasi
