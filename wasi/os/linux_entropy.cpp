#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "wasi/os/entropy.hpp"
#include "wasi/os/posix_errno.hpp"
#include "wasi/os/unique_fd.hpp"

namespace cvm::wasi {
namespace {

// For kernels and sandboxes without the system call.
OsResult<void> FillFromDevice(std::span<uint8_t> out) {
  UniqueFd device(RetryOnEintr([] { return ::open("/dev/urandom", O_RDONLY | O_CLOEXEC); }));
  if (!device.valid()) return LastFsError();
  while (!out.empty()) {
    const ssize_t count = RetryOnEintr([&] { return ::read(device.get(), out.data(), out.size()); });
    if (count < 0) return LastFsError();
    if (count == 0) return FsError::kIo;
    out = out.subspan(static_cast<size_t>(count));
  }
  return {};
}

class SystemEntropy final : public Entropy {
 public:
  OsResult<void> Fill(std::span<uint8_t> out) override {
    while (!out.empty()) {
      const ssize_t count = RetryOnEintr([&] { return ::getrandom(out.data(), out.size(), 0); });
      if (count < 0) return errno == ENOSYS || errno == EPERM ? FillFromDevice(out) : LastFsError();
      out = out.subspan(static_cast<size_t>(count));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Entropy> MakeSystemEntropy() { return std::make_unique<SystemEntropy>(); }

}  // namespace cvm::wasi
