// A component made by the Rust toolchain that calls WASI 0.2 function by function (test/guests/src/rust/wasi2), run in
// this process; its output, end and files are what wasmtime's were (test/guests/expected).
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cvm/component.hpp"
#include "cvm/wasi.hpp"
#include "test/wasi/os/temp_dir.hpp"

namespace cvm::wasi {
namespace {

std::string GuestPath(const std::string& name) { return std::string(CVM_SOURCE_DIR) + "/test/guests/" + name; }

// The lines that wasmtime's guest printed there, as one text.
std::string Joined(const nlohmann::json& lines) {
  std::string text;
  for (const auto& line : lines) text += line.get<std::string>();
  return text;
}

struct Ending {
  int exit = 0;
  std::string out;
  std::string err;
};

Ending Run(WasiConfig config) {
  config.output = Output::Capture();
  config.error_output = Output::Capture();
  const auto context = WasiContext::Create(config).value();
  Engine engine;
  Store store(engine);
  ComponentLinker linker(engine);
  AddPreview2(linker, *context).value();
  UseEventLoop(store, *context).value();
  const Component component = Component::LoadFile(engine, GuestPath("wasm/rust-p2-wasi2.wasm")).value();
  const ComponentInstance instance = linker.Instantiate(store, component).value();
  const auto results = instance.GetFunc("wasi:cli/run#run").value().Call({});
  Ending ending;
  if (!results.ok()) {
    INFO(results.error().ToString());
    const bool exited = results.error().kind() == ErrorKind::kExit;
    CHECK((exited || results.error().kind() == ErrorKind::kTrap));
    ending.exit = exited ? results.error().exit_code() : 134;
  }
  FlushOutput(*context).value();
  ending.out = context->TakeStdout();
  ending.err = context->TakeStderr();
  return ending;
}

void Compare(const std::string& what, const WasiConfig& config) {
  INFO(what);
  std::ifstream file(GuestPath("expected/rust-p2.wasi2-" + what + ".json"));
  const nlohmann::json expected = nlohmann::json::parse(file);
  const Ending ending = Run(config);
  CHECK(ending.out == Joined(expected["stdout"]));
  CHECK(ending.err == Joined(expected["stderr"]));
  CHECK(ending.exit == expected["exit"].get<int>());
}

TEST_CASE("a Rust component gets from every interface what wasmtime gives it") {
  WasiConfig config;
  config.args = {"rust-p2-wasi2.wasm", ""};
  config.env = {{"B", "2"}, {"A", "1"}};
  config.input = Input::Bytes("hello big wide world, this is input\n");
  for (const char* what : {"streams", "poll", "clocks", "random", "empty-poll", "write-too-much", "exit-ok",
                           "exit-error", "exit-with-code"}) {
    config.args[1] = what;
    Compare(what, config);
  }
  config.args = {"rust-p2-wasi2.wasm", "environment", "x"};
  Compare("environment", config);
  config.args = {"rust-p2-wasi2.wasm", "files"};
  Compare("no-preopens", config);
}

TEST_CASE("a Rust component works on files as under wasmtime, and reaches none outside") {
  TempDir temp;
  std::filesystem::create_directory(temp / "data");
  WriteHostFile(temp / "outside", "not for guests\n");
  WasiConfig config;
  config.args = {"rust-p2-wasi2.wasm", "files"};
  config.dirs = {{(temp / "data").string(), "/data", Access::kReadWrite}};
  Compare("files", config);
  CHECK(ReadHostFile(temp / "outside") == "not for guests\n");
  CHECK(ReadHostFile(temp / "data/f") == std::string("01STREAM\0\0\0END", 14));
  CHECK(std::filesystem::read_symlink(temp / "data/up") == "..");
}

}  // namespace
}  // namespace cvm::wasi
