// wasi:filesystem/types: the one function that is no method. The resources: descriptor.hpp, directory_entry_stream.hpp.
// Stateless.
#pragma once

#include <optional>

#include "gen/wasi/filesystem/types.hpp"

namespace cvm::wasi {

class HostFilesystemTypes final : public filesystem::Types {
 public:
  // The code behind a stream's error; none for errors that are not of a file.
  Result<std::optional<filesystem::types::ErrorCode>> FilesystemErrorCode(
      Borrow<filesystem::types::Error> err) override;
};

}  // namespace cvm::wasi
