// F01: any bytes as a core module: an error with a place, or a module whose re-encoding decodes to the same bytes. A
// second decoding gives the same answer; and decoding takes memory in proportion to its input, whatever counts stand in
// it.
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "vm/binary/decode.hpp"
#include "vm/binary/encode.hpp"
#include "vm/validate/module.hpp"

namespace {

// A structure type without fields, two bytes in the file, is what takes the most: 130 for one.
constexpr size_t kMostBytesOfAByte = 160;
constexpr size_t kBytesOfAnything = 1 << 20;

size_t live_bytes = 0;
size_t peak_bytes = 0;

void* Allocate(size_t size) {
  void* p = std::malloc(size != 0 ? size : 1);
  if (p == nullptr) std::abort();
  live_bytes += malloc_usable_size(p);
  if (live_bytes > peak_bytes) peak_bytes = live_bytes;
  return p;
}

void Free(void* p) {
  if (p != nullptr) live_bytes -= malloc_usable_size(p);
  std::free(p);
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void operator delete(void* p) noexcept { Free(p); }
void operator delete[](void* p) noexcept { Free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { Free(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { Free(p); }
void operator delete(void* p, size_t) noexcept { Free(p); }
void operator delete[](void* p, size_t) noexcept { Free(p); }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cvm;
  const Features features = Features::All();
  auto bytes = std::make_shared<const std::vector<uint8_t>>(data, data + size);
  const size_t before = live_bytes;
  peak_bytes = live_bytes;
  auto module = DecodeModule(bytes, features);
  if (peak_bytes - before > kBytesOfAnything + kMostBytesOfAByte * size) {
    std::fprintf(stderr, "%zu bytes took %zu\n", size, peak_bytes - before);
    std::abort();
  }
  auto twice = DecodeModule(bytes, features);
  if (module.ok() != twice.ok()) std::abort();
  if (!module.ok()) {
    if (module.error().ToString() != twice.error().ToString()) std::abort();
    return 0;
  }
  CanonicalTypes types;
  ValidatedModule validated;
  const auto valid = ValidateModule(**module, features, types, &validated);
  if (!valid.ok() && valid.error().kind() == ErrorKind::kBug) std::abort();
  const std::vector<uint8_t> once = EncodeModule(**module);
  if (EncodeModule(**twice) != once) std::abort();
  auto again = DecodeModule(std::make_shared<const std::vector<uint8_t>>(once), features);
  if (!again.ok() || EncodeModule(**again) != once) std::abort();
  return 0;
}
