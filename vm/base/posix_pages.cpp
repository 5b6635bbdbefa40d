#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "vm/base/pages.hpp"
#include "vm/base/small_pages.hpp"

namespace cvm {
namespace {

size_t RoundUp(size_t bytes) { return (bytes + PageBytes() - 1) / PageBytes() * PageBytes(); }

bool IsZero(std::span<const uint8_t> bytes) {
  return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

// Pages of zeros are left out: holes take no memory.
bool WriteAll(int fd, size_t offset, std::span<const uint8_t> bytes) {
  for (size_t at = 0; at < bytes.size(); at += PageBytes()) {
    const auto page = bytes.subspan(at, std::min(PageBytes(), bytes.size() - at));
    if (IsZero(page)) continue;
    const ssize_t n = pwrite(fd, page.data(), page.size(), static_cast<off_t>(offset + at));
    if (n != static_cast<ssize_t>(page.size())) return false;
  }
  return true;
}

}  // namespace

size_t PageBytes() {
  static const size_t bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

Reservation::Reservation(size_t bytes) {
  bytes = RoundUp(bytes);
  if (bytes == 0) return;
  void* base = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return;
  base_ = static_cast<uint8_t*>(base);
  bytes_ = bytes;
}

Reservation::~Reservation() {
  if (base_ != nullptr) munmap(base_, bytes_);
}

bool Reservation::Commit(size_t offset, size_t bytes) {
  return bytes == 0 || mprotect(base_ + offset, RoundUp(bytes), PROT_READ | PROT_WRITE) == 0;
}

void Reservation::Discard(size_t offset, size_t bytes) {
  if (bytes != 0) madvise(base_ + offset, RoundUp(bytes), MADV_DONTNEED);
}

void PreferSmallPages(const Reservation& reservation) {
#ifdef MADV_NOHUGEPAGE
  if (reservation.data() != nullptr) madvise(reservation.data(), reservation.size(), MADV_NOHUGEPAGE);
#endif
}

std::unique_ptr<PageImage> PageImage::Create(size_t size, size_t offset, std::span<const uint8_t> bytes) {
  const int fd = memfd_create("cvm-image", MFD_CLOEXEC);
  if (fd < 0) return nullptr;
  size = RoundUp(size);
  if (!WriteAll(fd, offset, bytes) || ftruncate(fd, static_cast<off_t>(size)) != 0) {
    close(fd);
    return nullptr;
  }
  return std::unique_ptr<PageImage>(new PageImage(fd, size));
}

PageImage::~PageImage() { close(fd_); }

bool PageImage::MapInto(Reservation& reservation, size_t offset) const {
  void* at = reservation.data() + offset;
  return mmap(at, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd_, 0) == at;
}

}  // namespace cvm
