// Builds components byte by byte, for tests of limits and of counts, where text would be too long.
#pragma once

#include <initializer_list>
#include <vector>

#include "vm/base/reader.hpp"

namespace cvm::component::test {

using ByteVector = std::vector<uint8_t>;

inline ByteVector Leb(uint32_t value) {
  Writer w;
  w.U32(value);
  return w.Take();
}

// As the indices in value types are encoded.
inline ByteVector SignedLeb(int64_t value) {
  Writer w;
  w.S64(value);
  return w.Take();
}

inline ByteVector Join(std::initializer_list<ByteVector> parts) {
  ByteVector out;
  for (const ByteVector& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

inline ByteVector Repeat(const ByteVector& part, size_t count) {
  ByteVector out;
  out.reserve(part.size() * count);
  for (size_t i = 0; i < count; ++i) out.insert(out.end(), part.begin(), part.end());
  return out;
}

inline ByteVector Section(uint8_t id, const ByteVector& contents) {
  return Join({{id}, Leb(static_cast<uint32_t>(contents.size())), contents});
}

inline ByteVector Preamble() { return {0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00}; }
inline ByteVector EmptyModule() { return {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00}; }

inline ByteVector MakeComponent(const ByteVector& sections) { return Join({Preamble(), sections}); }

// Components within each other, `depth` of them in all.
inline ByteVector NestedComponents(size_t depth) {
  // Sizes as LEB128 of five bytes, so that the whole can be written from the inside out in one go.
  constexpr size_t kLevelBytes = 1 + 5;
  const size_t total = 8 * depth + kLevelBytes * (depth - 1);
  ByteVector out;
  out.reserve(total);
  for (size_t level = 0; level < depth; ++level) {
    const ByteVector preamble = Preamble();
    out.insert(out.end(), preamble.begin(), preamble.end());
    if (level + 1 == depth) break;
    auto size = static_cast<uint32_t>(total - out.size() - kLevelBytes);
    out.push_back(0x04);
    for (int i = 0; i < 5; ++i, size >>= 7) out.push_back(static_cast<uint8_t>((size & 0x7f) | (i < 4 ? 0x80 : 0)));
  }
  return out;
}

// One type section with instance types within each other, `depth` of them.
inline ByteVector NestedInstanceTypes(size_t depth) {
  const ByteVector open = Repeat({0x42, 0x01, 0x01}, depth - 1);  // (instance (type …))
  return MakeComponent(Section(7, Join({{0x01}, open, {0x42, 0x00}})));
}

}  // namespace cvm::component::test
