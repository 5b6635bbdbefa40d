// cvm-bindgen: WIT packages to C++ headers for hosts.
//
//   cvm-bindgen --out DIR [options] PATH
//
// PATH is a `.wit` file or a folder with `deps`; with --packages a folder that is itself shaped like `deps`. A file
// bindgen.txt beside the WIT says which functions may suspend. Headers are only written where they change.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "component/wit/loader.hpp"
#include "tools/bindgen/generate/generator.hpp"
#include "vm/base/try.hpp"

namespace cvm::bindgen {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path wit;
  fs::path out = ".";
  fs::path suspending;
  std::vector<std::string> namespaces;
  std::vector<std::string> features;
  bool packages = false;
  bool all_features = false;
  Options options;
};

Result<std::string> ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return Error(ErrorKind::kIo, "cannot be read").In(path.string());
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

// Writes the file unless it already says so: a header that does not change is not compiled again.
Result<void> WriteFile(const fs::path& path, const std::string& text) {
  const Result<std::string> old = ReadFile(path);
  if (old.ok() && *old == text) return {};
  std::error_code code;
  fs::create_directories(path.parent_path(), code);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return Error(ErrorKind::kIo, "cannot be written").In(path.string());
  return {};
}

Result<void> Run(Arguments arguments) {
  for (const std::string& mapping : arguments.namespaces) {
    const size_t equals = mapping.find('=');
    if (equals == std::string::npos)
      return UsageError("--namespace takes `wit-namespace=cpp::name`, not `" + mapping + "`");
    arguments.options.namespaces[mapping.substr(0, equals)] = mapping.substr(equals + 1);
  }
  fs::path suspending = arguments.suspending;
  std::error_code code;
  if (suspending.empty()) {
    suspending = (fs::is_directory(arguments.wit, code) ? arguments.wit : arguments.wit.parent_path()) / "bindgen.txt";
    if (!fs::exists(suspending, code)) suspending.clear();
  }
  if (!suspending.empty()) {
    CVM_ASSIGN_OR_RETURN(const std::string text, ReadFile(suspending));
    CVM_ASSIGN_OR_RETURN(arguments.options.suspending, ParseSuspending(text));
  }
  wit::ResolveOptions resolve_options;
  resolve_options.all_features = arguments.all_features;
  resolve_options.features.insert(arguments.features.begin(), arguments.features.end());
  CVM_ASSIGN_OR_RETURN(std::vector<wit::SourceGroup> groups,
                       arguments.packages ? wit::ReadWitFolders(arguments.wit) : wit::ReadWit(arguments.wit));
  CVM_ASSIGN_OR_RETURN(const wit::Resolution resolution, wit::ResolveSources(std::move(groups), resolve_options));
  CVM_ASSIGN_OR_RETURN(const std::vector<Header> headers, Generate(resolution.resolve, arguments.options));
  for (const Header& header : headers) CVM_RETURN_IF_ERROR(WriteFile(arguments.out / header.path, header.text));
  return {};
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"cvm-bindgen: C++ headers for hosts from WIT"};
  app.add_option("wit", arguments.wit, "a .wit file, or a folder of them with deps/")->required();
  app.add_option("--out", arguments.out, "folder to write the headers to");
  app.add_flag("--packages", arguments.packages, "the folder holds packages: each file or folder in it is one");
  app.add_option("--namespace", arguments.namespaces, "C++ namespace of a WIT one, as `wasi=cvm::wasi`");
  app.add_option("--include-prefix", arguments.options.include_prefix, "put before includes of generated headers");
  app.add_option("--suspending", arguments.suspending, "list of functions that may suspend; default: bindgen.txt");
  app.add_option("--features", arguments.features, "unstable features to include");
  app.add_flag("--all-features", arguments.all_features, "include all unstable features");
  app.add_option("--world", arguments.options.world, "only what this world imports: `ns:package/world@1.0.0`");
  CLI11_PARSE(app, argc, argv);
  const Result<void> done = Run(std::move(arguments));
  if (done.ok()) return 0;
  std::fprintf(stderr, "cvm-bindgen: %s\n", done.error().ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace cvm::bindgen

int main(int argc, char** argv) { return cvm::bindgen::Main(argc, argv); }
