// cvm-run compose: components put together, by plugs or by a script in the wac language.
#include <array>
#include <filesystem>

#include "cvm/compose.hpp"
#include "tools/run/commands.hpp"
#include "tools/run/file_commands.hpp"
#include "tools/run/input.hpp"
#include "tools/run/settings.hpp"

namespace cvm::run {
namespace {

namespace fs = std::filesystem;

constexpr auto kOptions = std::to_array<OptionSpec>({
    {"plug", 0, "FILE", "a component whose exports meet imports of the socket"},
    {"dep", 0, "PACKAGE=FILE", "the component that a script calls PACKAGE"},
    {"deps-dir", 0, "FOLDER", "where a script's other packages lie: FOLDER/namespace/name.wasm; `deps` if not given"},
    {"output", 'o', "FILE", "write to FILE, not to standard output"},
    {"wasm", 'W', "KEY[=VAL],..", "switch features, set limits; -W help lists them"},
    {"help", 'h', "", "print this help"},
});

Result<ComposeInput> Read(const std::string& name, const std::string& path) {
  Result<std::string> content = ReadInput(path);
  if (!content.ok()) return std::move(content).error();
  return ComposeInput{name, *std::move(content)};
}

// `example:greeter@1.0.0`: what --dep says, with or without the version, or a file of the folder.
Result<ComposeInput> FindPackage(const CommandLine& line, const std::string& package) {
  const std::string bare = package.substr(0, package.find('@'));
  for (const std::string& dep : line.All("dep")) {
    const size_t equals = dep.find('=');
    if (equals == std::string::npos) return Error(ErrorKind::kUsage, "--dep takes PACKAGE=FILE, not `" + dep + "`");
    if (dep.substr(0, equals) == package || dep.substr(0, equals) == bare) return Read(package, dep.substr(equals + 1));
  }
  const fs::path folder = line.Last("deps-dir").value_or("deps");
  std::string path = bare;
  for (char& c : path) c = c == ':' ? '/' : c;
  const std::string version = package.substr(bare.size()).empty() ? "" : "/" + package.substr(bare.size() + 1);
  for (const std::string& file : {path + version + ".wasm", path + ".wasm", path + ".wat"}) {
    std::error_code code;
    if (fs::is_regular_file(folder / file, code)) return Read(package, (folder / file).string());
  }
  return Error(ErrorKind::kUsage, "package `" + package + "` is not known; give it with --dep " + bare +
                                      "=FILE, or put it to " + (folder / (path + ".wasm")).string());
}

Result<std::vector<uint8_t>> ComposeFile(const Engine& engine, const CommandLine& line) {
  const std::string& path = line.operands.front();
  const Result<ComposeInput> main = Read(path, path);
  if (!main.ok()) return main.error();
  const std::vector<std::string> plug_paths = line.All("plug");
  if (fs::path(path).extension() == ".wac") {
    if (!plug_paths.empty()) return Error(ErrorKind::kUsage, "a script has no plugs; it says `let` and `new`");
    return ComposeScript(engine, *main, [&line](const std::string& package) { return FindPackage(line, package); });
  }
  if (plug_paths.empty()) return Error(ErrorKind::kUsage, "give plugs with --plug, or a script in the wac language");
  std::vector<ComposeInput> plugs;
  for (const std::string& plug_path : plug_paths) {
    Result<ComposeInput> plug = Read(plug_path, plug_path);
    if (!plug.ok()) return std::move(plug).error();
    plugs.push_back(*std::move(plug));
  }
  return PlugComponents(engine, *main, plugs);
}

Result<void> Compose(const CommandLine& line) {
  Result<Engine> engine = EngineFor(line);
  if (!engine.ok()) return std::move(engine).error();
  const Result<std::vector<uint8_t>> whole = ComposeFile(*engine, line);
  if (!whole.ok()) return whole.error();
  return WriteOutput(line.Last("output").value_or("-"), std::string(whole->begin(), whole->end()));
}

}  // namespace

const Command kComposeCommand = {
    .name = "compose",
    .usage = "SOCKET.wasm --plug FILE... | SCRIPT.wac [OPTIONS]",
    .summary = "put components together",
    .examples =
        "  cvm-run compose --plug store.wasm app.wasm -o whole.wasm\n  cvm-run compose whole.wac -o whole.wasm\n",
    .options = kOptions,
    .wasm_settings = EngineSettings,
    .wasi_settings = nullptr,
    .run = RunFileCommand<Compose>,
};

}  // namespace cvm::run
