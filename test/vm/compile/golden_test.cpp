// Listings of compiled functions, as files: test/vm/compile/*.wat -> test/golden/regcode/*.txt. CVM_BLESS=1 rewrites
// them; the review reads the difference.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "test/vm/compile/support.hpp"

namespace cvm {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string ListModule(const ModuleData& module) {
  const CompileEnv env = EnvFor(module, TypicalTable());
  std::string out;
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const uint32_t index = module.imported_funcs + i;
    const RegCode code = MustCompile(module, index, env);
    out += "func " + std::to_string(index) + " " + std::string(module.names.funcs.Find(index)) + "\n";
    out += Listing(code, *env.handlers) + "\n";
  }
  return out;
}

TEST_CASE("compiled functions look as their golden listings") {
  const fs::path sources = fs::path(CVM_SOURCE_DIR) / "test/vm/compile";
  const fs::path goldens = fs::path(CVM_SOURCE_DIR) / "test/golden/regcode";
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(sources)) {
    if (entry.path().extension() == ".wat") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(!files.empty());
  for (const fs::path& file : files) {
    DYNAMIC_SECTION(file.filename().string()) {
      const auto module = ParseValid(ReadFile(file));
      const std::string listing = ListModule(*module);
      const fs::path golden = goldens / file.filename().replace_extension(".txt");
      if (std::getenv("CVM_BLESS") != nullptr) std::ofstream(golden) << listing;
      CHECK(listing == ReadFile(golden));
    }
  }
}

}  // namespace
}  // namespace cvm
