#include "wasi/io/error.hpp"

namespace cvm::wasi {

Result<std::string> HostIoError::ToDebugString() { return std::string(FsErrorName(code_)); }

}  // namespace cvm::wasi
