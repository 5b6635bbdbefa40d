// docs/limits.md against the limits that there are: every key has its row there, with its meaning and numbers, and
// nothing else is listed. A row that is missing or old is printed as it should be.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "cvm/component.hpp"
#include "tools/run/settings.hpp"
#include "tools/run/wasi_options.hpp"

namespace cvm::run {
namespace {

std::string Document() {
  std::ifstream file(CVM_SOURCE_DIR "/docs/limits.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

// "64 MiB", "1,000,000".
std::string Number(uint64_t n) {
  if (n == UINT64_MAX) return "any";
  if (n != 0 && n % (uint64_t{1} << 30) == 0) return std::to_string(n >> 30) + " GiB";
  if (n != 0 && n % (uint64_t{1} << 20) == 0) return std::to_string(n >> 20) + " MiB";
  std::string text = std::to_string(n);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string Cells(const LimitInfo& limit) {
  return "| `" + std::string(limit.key) + "` | " + std::string(limit.meaning) + " | " + Number(limit.standard) + " |";
}

TEST_CASE("docs/limits.md has every limit, with its meaning and numbers") {
  const std::string document = Document();
  for (const LimitInfo& limit : Config::LimitList()) {
    const std::string strict = limit.strict == limit.standard ? "" : Number(limit.strict) + " ";
    const std::string row = Cells(limit) + " " + strict + "| " + Number(limit.most) + " |\n";
    INFO(row);
    CHECK(document.find(row) != std::string::npos);
  }
  for (const auto& list : {StoreOptions::LimitList(), ComponentLimits::LimitList()}) {
    for (const LimitInfo& limit : list) {
      INFO(Cells(limit));
      CHECK(document.find(Cells(limit)) != std::string::npos);
    }
  }
}

TEST_CASE("docs/limits.md has no limit that there is not, and every one of WASI") {
  const std::string document = Document();
  std::set<std::string> known;
  for (const SettingSpec& setting : WasmSettings()) known.insert(std::string(setting.key));
  for (const SettingSpec& setting : WasiSettings()) {
    known.insert(std::string(setting.key));
    if (!setting.key.starts_with("max-")) continue;
    // "random bytes of one call (1 MiB)": what, and its default.
    const std::string help(setting.help);
    const size_t open = help.rfind(" (");
    const std::string number = help.substr(open + 2, help.size() - open - 3);
    const bool plain = number.find_first_not_of("0123456789") == std::string::npos;
    const std::string row = "| `" + std::string(setting.key) + "` | " + help.substr(0, open) + " | " +
                            (plain ? Number(std::stoull(number)) : number) + " |";
    INFO(row);
    CHECK(document.find(row) != std::string::npos);
  }
  const std::regex row("\n\\| `([a-z0-9-]+)` \\|");
  for (std::sregex_iterator found(document.begin(), document.end(), row), end; found != end; ++found) {
    INFO((*found)[1].str());
    CHECK(known.contains((*found)[1].str()));
  }
}

}  // namespace
}  // namespace cvm::run
