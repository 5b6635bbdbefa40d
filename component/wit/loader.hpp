// Reads WIT from the file system as WIT.md lays it out: a file, or a folder whose `deps` hold its dependencies.
//
// The only part of component/wit that touches files. Errors of reading are of kind kIo; the rest as ResolveSources.
#pragma once

#include <filesystem>
#include <vector>

#include "component/wit/resolver.hpp"
#include "cvm/result.hpp"

namespace cvm::wit {

// A `.wit` file, or a folder: its `*.wit` are the root package, each file or folder in its `deps` one more group.
Result<std::vector<SourceGroup>> ReadWit(const std::filesystem::path& path);

// A folder shaped like `deps`: each `.wit` file and each folder in it is a group.
Result<std::vector<SourceGroup>> ReadWitFolders(const std::filesystem::path& path);

// ReadWit and ResolveSources.
Result<Resolution> LoadWit(const std::filesystem::path& path, const ResolveOptions& options = {});

}  // namespace cvm::wit
