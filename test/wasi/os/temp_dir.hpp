// A directory of its own for one test, removed with all it holds; and short forms of the calls that the file system
// tests make. Tests may use <filesystem>: it is the outsider who looks at the result.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "wasi/os/dir.hpp"
#include "wasi/os/file.hpp"

namespace Catch {
template <>
struct StringMaker<cvm::wasi::FsError> {
  static std::string convert(cvm::wasi::FsError error) { return std::string(cvm::wasi::FsErrorName(error)); }
};
}  // namespace Catch

namespace cvm::wasi {

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "cvm-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline void WriteHostFile(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}
inline std::string ReadHostFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// "ok" or the name of the error: what the tables of the tests compare.
template <class T>
std::string Outcome(const OsResult<T>& result) {
  return result.ok() ? "ok" : std::string(FsErrorName(result.error()));
}

inline std::shared_ptr<Dir> OpenDir(const std::filesystem::path& path, ResolveMode mode,
                                    Rights rights = Rights::All()) {
  FsOptions options;
  options.resolve = mode;
  auto dir = OpenHostDirectory(path.string(), rights, options);
  REQUIRE(dir.ok());
  return *dir;
}

inline OpenOptions Reading() {
  OpenOptions options;
  options.symlink_follow = true;
  options.access.read = true;
  return options;
}
inline OpenOptions Creating() {
  OpenOptions options = Reading();
  options.create = true;
  options.access.write = true;
  return options;
}

inline std::string ReadAll(const File& file, uint64_t offset = 0) {
  std::string text;
  std::array<uint8_t, 256> buffer;
  while (true) {
    auto count = file.ReadAt(buffer, offset + text.size());
    if (!count.ok()) return "error: " + std::string(FsErrorName(count.error()));
    if (*count == 0) return text;
    text.append(reinterpret_cast<const char*>(buffer.data()), *count);
  }
}

// Both ways of resolving, for GENERATE.
#define CVM_BOTH_RESOLVERS GENERATE(ResolveMode::kOpenat2, ResolveMode::kWalk)

}  // namespace cvm::wasi
