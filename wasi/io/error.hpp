// wasi:io/error: what went wrong below a stream, as a resource. Owned by the guest's handle; one thread, its store's.
#pragma once

#include <optional>
#include <string>

#include "gen/wasi/io/error.hpp"
#include "wasi/os/os_result.hpp"

namespace cvm::wasi {

// The interface has no functions of its own: its methods are those of the resource.
class HostError final : public io::Error {};

// An error of the operating system. Its text is the WIT name of the code and nothing of the host's: no path, no number.
class HostIoError final : public io::error::Error {
 public:
  explicit HostIoError(FsError code) : code_(code) {}

  Result<std::string> ToDebugString() override;

  // What filesystem-error-code answers.
  FsError code() const { return code_; }

 private:
  FsError code_;
};

}  // namespace cvm::wasi
