#include "wasi/filesystem/types.hpp"

#include "wasi/filesystem/convert.hpp"
#include "wasi/io/error.hpp"

namespace cvm::wasi {

Result<std::optional<filesystem::types::ErrorCode>> HostFilesystemTypes::FilesystemErrorCode(
    Borrow<filesystem::types::Error> err) {
  std::optional<filesystem::types::ErrorCode> code;
  if (auto* ours = err.As<HostIoError>(); ours != nullptr) code = ErrorCodeFrom(ours->code());
  return code;
}

}  // namespace cvm::wasi
