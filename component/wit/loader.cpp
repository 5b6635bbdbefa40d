#include "component/wit/loader.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

#include "vm/base/try.hpp"

namespace cvm::wit {
namespace {

namespace fs = std::filesystem;

// Far above any interface; keeps a wrong path from filling memory.
constexpr uintmax_t kMaxSourceBytes = 16U << 20;

Error IoError(const fs::path& path, const std::string& words) {
  Error error(ErrorKind::kIo, words);
  error.In(path.string());
  return error;
}

Result<Source> ReadSource(const fs::path& path) {
  std::error_code code;
  const uintmax_t size = fs::file_size(path, code);
  if (code) return IoError(path, "cannot be read: " + code.message());
  if (size > kMaxSourceBytes) return IoError(path, "is larger than 16 MiB");
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad() || !in.is_open()) return IoError(path, "cannot be read");
  return Source{path.string(), std::move(text)};
}

// What a folder holds, by name, so that no two machines see two orders.
Result<std::vector<fs::path>> ListFolder(const fs::path& folder) {
  std::error_code code;
  fs::directory_iterator it(folder, code);
  std::vector<fs::path> paths;
  for (; !code && it != fs::directory_iterator(); it.increment(code)) paths.push_back(it->path());
  if (code) return IoError(folder, "cannot be listed: " + code.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool IsWitFile(const fs::path& path) {
  std::error_code code;
  return path.extension() == ".wit" && fs::is_regular_file(path, code);
}

bool IsFolder(const fs::path& path) {
  std::error_code code;
  return fs::is_directory(path, code);
}

Result<SourceGroup> ReadGroup(const fs::path& folder) {
  CVM_ASSIGN_OR_RETURN(const std::vector<fs::path> paths, ListFolder(folder));
  SourceGroup group;
  for (const fs::path& path : paths) {
    if (!IsWitFile(path)) continue;
    CVM_ASSIGN_OR_RETURN(Source source, ReadSource(path));
    group.push_back(std::move(source));
  }
  if (group.empty()) return IoError(folder, "holds no `.wit` file");
  return group;
}

}  // namespace

Result<std::vector<SourceGroup>> ReadWitFolders(const fs::path& path) {
  CVM_ASSIGN_OR_RETURN(const std::vector<fs::path> entries, ListFolder(path));
  std::vector<SourceGroup> groups;
  for (const fs::path& entry : entries) {
    if (IsFolder(entry)) {
      CVM_ASSIGN_OR_RETURN(SourceGroup group, ReadGroup(entry));
      groups.push_back(std::move(group));
    } else if (IsWitFile(entry)) {
      CVM_ASSIGN_OR_RETURN(Source source, ReadSource(entry));
      groups.push_back({std::move(source)});
    }
  }
  return groups;
}

Result<std::vector<SourceGroup>> ReadWit(const fs::path& path) {
  std::vector<SourceGroup> groups;
  if (!IsFolder(path)) {
    CVM_ASSIGN_OR_RETURN(Source source, ReadSource(path));
    groups.push_back({std::move(source)});
    return groups;
  }
  CVM_ASSIGN_OR_RETURN(SourceGroup root, ReadGroup(path));
  groups.push_back(std::move(root));
  if (!IsFolder(path / "deps")) return groups;
  CVM_ASSIGN_OR_RETURN(std::vector<SourceGroup> deps, ReadWitFolders(path / "deps"));
  for (SourceGroup& group : deps) groups.push_back(std::move(group));
  return groups;
}

Result<Resolution> LoadWit(const fs::path& path, const ResolveOptions& options) {
  CVM_ASSIGN_OR_RETURN(std::vector<SourceGroup> groups, ReadWit(path));
  return ResolveSources(std::move(groups), options);
}

}  // namespace cvm::wit
