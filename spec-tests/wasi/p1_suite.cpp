// wasi_p1_suite FILE.wasm: runs one program of the official preview-1 test suite as its .json beside it says, and
// compares exit code, standard output and standard error (wasi-testsuite, doc/specification.md, the legacy
// configuration). The `root` directory is copied first, so that the program finds it new and may write to it. Exit code
// 0 if all is as expected, 1 if not, 2 if the test cannot be run.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cvm/vm.hpp"
#include "cvm/wasi.hpp"

namespace {

namespace fs = std::filesystem;

// What the .json says; these are its defaults.
struct Expectation {
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string root;
  int exit_code = 0;
  std::optional<std::string> output;
  std::optional<std::string> error_output;
};

// False if the file says something that this runner does not know.
bool ReadExpectation(const fs::path& path, Expectation* expectation) {
  if (!fs::exists(path)) return true;
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file);
  for (const auto& [key, value] : json.items()) {
    if (key == "args") {
      expectation->args = value.get<std::vector<std::string>>();
    } else if (key == "env") {
      for (const auto& [name, text] : value.items()) expectation->env.emplace_back(name, text.get<std::string>());
    } else if (key == "root") {
      expectation->root = value.get<std::string>();
    } else if (key == "exit_code") {
      expectation->exit_code = value.get<int>();
    } else if (key == "stdout") {
      expectation->output = value.get<std::string>();
    } else if (key == "stderr") {
      expectation->error_output = value.get<std::string>();
    } else {
      std::fprintf(stderr, "%s: unknown key \"%s\"\n", path.c_str(), key.c_str());
      return false;
    }
  }
  return true;
}

// A copy of a directory, writable, which goes with this object.
class ScratchDir {
 public:
  explicit ScratchDir(const fs::path& original) {
    std::string name = (fs::temp_directory_path() / "cvm-wasi-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    fs::copy(original, path_, fs::copy_options::recursive);
    // The suite may lie in a read-only place.
    MakeWritable(path_);
    for (const auto& entry : fs::recursive_directory_iterator(path_)) MakeWritable(entry.path());
  }
  ~ScratchDir() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  const fs::path& path() const { return path_; }

 private:
  static void MakeWritable(const fs::path& path) {
    if (fs::is_symlink(path)) return;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, fs::perm_options::add);
    if (fs::is_directory(path)) fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add);
  }
  fs::path path_;
};

struct Outcome {
  int exit_code = 0;
  std::string trap;  // why the program did not end by itself; empty if it did
  std::string output;
  std::string error_output;
};

cvm::Result<Outcome> Run(const std::string& file, const cvm::wasi::WasiConfig& config) {
  const cvm::Engine engine;
  auto module = cvm::Module::LoadFile(engine, file);
  if (!module.ok()) return module.error();
  auto context = cvm::wasi::WasiContext::Create(config);
  if (!context.ok()) return context.error();
  cvm::Linker linker(engine);
  if (auto added = cvm::wasi::AddPreview1(linker, *context); !added.ok()) return added.error();
  cvm::Store store(engine);
  auto instance = linker.Instantiate(store, *module);
  if (!instance.ok()) return instance.error();
  auto start = instance->Get<void()>("_start");
  if (!start.ok()) return start.error();
  Outcome outcome;
  if (const auto ended = (*start)(); !ended.ok()) {
    if (ended.error().kind() == cvm::ErrorKind::kExit) {
      outcome.exit_code = ended.error().exit_code();
    } else {
      outcome.trap = ended.error().ToString();
      for (const std::string& frame : ended.error().backtrace()) outcome.trap += "\n    at " + frame;
    }
  }
  outcome.output = (*context)->TakeStdout();
  outcome.error_output = (*context)->TakeStderr();
  return outcome;
}

bool Same(const char* what, const std::optional<std::string>& expected, const std::string& actual) {
  if (!expected.has_value() || *expected == actual) return true;
  std::fprintf(stderr, "%s: expected\n%s\nbut got\n%s\n", what, expected->c_str(), actual.c_str());
  return false;
}

int RunTest(const fs::path& file) {
  Expectation expectation;
  if (!ReadExpectation(fs::path(file).replace_extension(".json"), &expectation)) return 2;
  cvm::wasi::WasiConfig config;
  config.args = expectation.args;
  config.args.insert(config.args.begin(), file.filename().string());
  config.env = expectation.env;
  config.output = cvm::wasi::Output::Capture();
  config.error_output = cvm::wasi::Output::Capture();
  std::optional<ScratchDir> root;
  if (!expectation.root.empty()) {
    root.emplace(file.parent_path() / expectation.root);
    config.dirs = {{root->path().string(), "/"}};
  }
  const auto outcome = Run(file.string(), config);
  if (!outcome.ok()) {
    std::fprintf(stderr, "%s\n", outcome.error().ToString().c_str());
    return 1;
  }
  bool good = Same("standard output", expectation.output, outcome->output);
  good = Same("standard error", expectation.error_output, outcome->error_output) && good;
  if (!outcome->trap.empty() || outcome->exit_code != expectation.exit_code) {
    std::fprintf(stderr, "expected exit code %d, but got %d %s\n", expectation.exit_code, outcome->exit_code,
                 outcome->trap.c_str());
    good = false;
  }
  if (!good)
    std::fprintf(stderr, "--- standard output\n%s\n--- standard error\n%s\n", outcome->output.c_str(),
                 outcome->error_output.c_str());
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: wasi_p1_suite FILE.wasm\n");
    return 2;
  }
  try {
    return RunTest(argv[1]);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s: %s\n", argv[1], problem.what());
    return 2;
  }
}
