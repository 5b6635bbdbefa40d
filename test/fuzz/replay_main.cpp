// Runs a fuzz target on files and on all files below folders: for builds without libFuzzer. Each file is also run cut short and
// with single bytes changed, by a fixed scheme, so that a replay tests more than the seeds themselves.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kVariantsOfAFile = 64;
constexpr size_t kLargestVariedFile = 1 << 20;

size_t runs = 0;

void Run(const std::vector<uint8_t>& bytes) {
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  ++runs;
}

void RunFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Run(bytes);
  if (bytes.empty() || bytes.size() > kLargestVariedFile) return;
  uint64_t state = bytes.size() * 0x9e3779b97f4a7c15u;
  for (int i = 0; i < kVariantsOfAFile; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const size_t at = (state >> 33) % std::min<size_t>(bytes.size(), 4096);
    std::vector<uint8_t> changed = bytes;
    if (i % 8 == 0) {
      changed.resize(at);
    } else {
      changed[at] = static_cast<uint8_t>(state >> 24);
    }
    Run(changed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
        if (entry.is_regular_file()) RunFile(entry.path());
      }
    } else if (std::filesystem::exists(argv[i])) {
      RunFile(argv[i]);
    }
  }
  std::printf("%zu inputs\n", runs);
  return runs == 0;
}
