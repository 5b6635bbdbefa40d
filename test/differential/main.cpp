// cvm-differential: runs a campaign (campaign.hpp).
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "test/differential/campaign.hpp"

namespace {

constexpr int kSkipped = 77;

constexpr char kUsage[] = R"(cvm-differential [OPTION...]

  --against wasmi|wheel|validator|twin   the other side (default wasmi)
  --seed-from N                     first seed (default 0)
  --count N                         seeds (default 1000)
  --jobs N                          processes (default 1)
  --out FOLDER                      findings and the state (default ./differential)
  --resume                          go on where the state in FOLDER says
  --save BYTES                      write the modules of up to so many bytes to FOLDER, run none
  --show SEED                       this one seed, with both transcripts
  --python FILE                     the Python that has the wheel (default $CVM_CACHE/venv/bin/python)
  --worker FILE                     wheel_worker.py

Exit code: 0 no finding, 1 findings, 2 usage, 77 differences from wasmi and no wheel to say who is right.
)";

std::string DefaultPython() {
  const char* cache = std::getenv("CVM_CACHE");
  const char* home = std::getenv("HOME");
  const std::string base = cache != nullptr ? cache : std::string(home != nullptr ? home : "") + "/.cache/cvm";
  return base + "/venv/bin/python";
}

bool ParseAgainst(std::string_view text, cvm::differential::Against* out) {
  using cvm::differential::Against;
  if (text == "wasmi") return *out = Against::kWasmi, true;
  if (text == "wheel") return *out = Against::kWheel, true;
  if (text == "validator") return *out = Against::kValidator, true;
  if (text == "twin") return *out = Against::kTwin, true;
  return false;
}

// Whether the wheel can be asked, where wasmi says something else than cvm.
bool HasArbiter(const std::string& python) {
  return std::system((python + " -c 'import wasmtime' 2>/dev/null").c_str()) == 0;
}

int Usage() {
  std::fputs(kUsage, stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  cvm::differential::Campaign campaign;
  campaign.python = DefaultPython();
  campaign.worker = CVM_SOURCE_DIR "/test/differential/wheel_worker.py";
  const char* show = nullptr;
  size_t save = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--resume") {
      campaign.resume = true;
      continue;
    }
    if (i + 1 == argc) return Usage();
    const char* value = argv[++i];
    if (option == "--against") {
      if (!ParseAgainst(value, &campaign.against)) return Usage();
    } else if (option == "--seed-from") {
      campaign.seed_from = std::strtoull(value, nullptr, 0);
    } else if (option == "--count") {
      campaign.count = std::strtoull(value, nullptr, 0);
    } else if (option == "--jobs") {
      campaign.jobs = std::max(1, std::atoi(value));
    } else if (option == "--out") {
      campaign.out = value;
    } else if (option == "--save") {
      save = std::strtoull(value, nullptr, 0);
    } else if (option == "--show") {
      show = value;
    } else if (option == "--python") {
      campaign.python = value;
    } else if (option == "--worker") {
      campaign.worker = value;
    } else {
      return Usage();
    }
  }
  if (save != 0) return cvm::differential::SaveModules(campaign, save), 0;
  if (show != nullptr) return cvm::differential::ShowSeed(campaign, std::strtoull(show, nullptr, 0)), 0;
  if (cvm::differential::RunCampaign(campaign) == 0) return 0;
  if (campaign.against == cvm::differential::Against::kWasmi && !HasArbiter(campaign.python)) {
    std::fprintf(stderr, "no wasmtime at %s to say which of the two is right\n", campaign.python.c_str());
    return kSkipped;
  }
  return 1;
}
