// Address space from the operating system: reservations, of which parts are made accessible, and images that are mapped
// copy-on-write. The one door of vm/ to mmap; posix_pages.cpp is its POSIX body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace cvm {

size_t PageBytes();   // of the machine, e.g. 4096

// A range of address space, inaccessible until committed. Move-only; unmapped when it dies.
class Reservation {
 public:
  Reservation() = default;
  // Empty (data() == nullptr) when the system has no room. `bytes` is rounded up to pages.
  explicit Reservation(size_t bytes);
  ~Reservation();
  Reservation(Reservation&& other) noexcept : base_(std::exchange(other.base_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Reservation& operator=(Reservation&& other) noexcept {
    std::swap(base_, other.base_), std::swap(bytes_, other.bytes_);
    return *this;
  }

  uint8_t* data() const { return base_; }
  size_t size() const { return bytes_; }
  // Makes [offset, offset + bytes) readable and writable, zero where it was not before. False if the system refuses.
  bool Commit(size_t offset, size_t bytes);
  // Gives the contents of [offset, offset + bytes) back: zero at the next touch. Stays accessible.
  void Discard(size_t offset, size_t bytes);

 private:
  uint8_t* base_ = nullptr;
  size_t bytes_ = 0;
};

// Bytes kept by the system outside this process' heap, mapped privately (copy-on-write) into reservations.
class PageImage {
 public:
  // An image of `size` bytes: `bytes` at `offset`, which is page-aligned, and zeros around them, which take no memory.
  // nullptr when the system offers no such thing; callers copy instead.
  static std::unique_ptr<PageImage> Create(size_t size, size_t offset, std::span<const uint8_t> bytes);
  ~PageImage();
  PageImage(const PageImage&) = delete;
  PageImage& operator=(const PageImage&) = delete;

  // Maps the image over committed pages at `offset`, which is page-aligned. False if the system refuses.
  bool MapInto(Reservation& reservation, size_t offset) const;
  size_t size() const { return bytes_; }   // rounded up to pages

 private:
  PageImage(int fd, size_t bytes) : fd_(fd), bytes_(bytes) {}
  int fd_;
  size_t bytes_;
};

}  // namespace cvm
