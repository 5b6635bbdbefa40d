// The scripts of the official core suite, for tests below the script runner (spec-tests/wast), which cannot use its
// table: they lex, parse and validate with Features of their own.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "vm/types/features.hpp"

namespace cvm::test {

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// All scripts below `root`, in the order of their names; none if it is no folder.
inline std::vector<std::filesystem::path> SuiteScripts(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(root)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".wast") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline bool IsOfThreads(const std::filesystem::path& file) {
  return file.string().find("/threads/") != std::string::npos;
}

// What the files of a folder were written for: malformed modules of one proposal are well-formed in another.
inline Features SuiteFeatures(const std::filesystem::path& file) {
  const std::string path = file.string();
  Features features = Features::All();
  const auto only_in = [&](Feature feature, const char* folder) {
    features.Set(feature, path.find(folder) != std::string::npos);
  };
  only_in(Feature::kLegacyExceptions, "/legacy/");
  only_in(Feature::kThreads, "/threads/");
  only_in(Feature::kCustomPageSizes, "/custom-page-sizes/");
  only_in(Feature::kWideArithmetic, "/wide-arithmetic/");
  only_in(Feature::kCustomDescriptors, "/custom-descriptors/");
  if (IsOfThreads(file)) features.Set(Feature::kMemory64, false);
  return features;
}

}  // namespace cvm::test
