// Reader: a cursor over the bytes of a binary, and Writer: its counterpart for those who encode.
//
// A Reader does not own its bytes; offsets it reports are relative to the whole file (`base` says where its bytes begin
// there). All reads are checked: nothing is read past the end, no count is believed before enough bytes are there to
// bear it. Error words are those of the core specification's test suite.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vm/base/try.hpp"

namespace cvm {

using Bytes = std::span<const uint8_t>;

class Reader {
 public:
  Reader() = default;
  explicit Reader(Bytes bytes, uint64_t base = 0) : begin_(bytes.data()), pos_(bytes.data()), end_(begin_ + bytes.size()), base_(base) {}

  bool AtEnd() const { return pos_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - pos_); }
  // Offset of the next byte in the file.
  uint64_t offset() const { return base_ + static_cast<uint64_t>(pos_ - begin_); }
  const uint8_t* pos() const { return pos_; }
  // REQUIRES: `pos` was got from this reader.
  void Seek(const uint8_t* pos) { pos_ = pos; }
  uint8_t PeekOr(uint8_t fallback) const { return AtEnd() ? fallback : *pos_; }

  Result<uint8_t> U8() {
    if (AtEnd()) return UnexpectedEnd();
    return *pos_++;
  }
  // binary/values#integers: at most ceil(N/7) bytes, unused bits must be zero (unsigned) or sign (signed).
  Result<uint32_t> U32() {
    if (pos_ != end_ && *pos_ < 0x80) return uint32_t{*pos_++};
    return SlowU32();
  }
  Result<uint64_t> U64();
  Result<int32_t> S32();
  Result<int64_t> S33();
  Result<int64_t> S64();
  Result<uint32_t> FixedU32();
  Result<uint64_t> FixedU64();
  // `n` raw bytes.
  Result<Bytes> Take(uint64_t n);
  // A length-prefixed UTF-8 name.
  Result<std::string_view> Name();
  // The count of a vector whose elements take at least `min_element_bytes` each: refused when the rest cannot hold it.
  Result<uint32_t> Count(uint32_t min_element_bytes = 1);
  // A reader over the next `n` bytes, which are skipped here.
  Result<Reader> Sub(uint64_t n);

  Error UnexpectedEnd() const { return MalformedError(offset(), "unexpected end of section or function"); }

 private:
  Result<uint32_t> SlowU32();

  const uint8_t* begin_ = nullptr;
  const uint8_t* pos_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint64_t base_ = 0;
};

class Writer {
 public:
  void U8(uint8_t byte) { bytes_.push_back(byte); }
  void U32(uint32_t value) { U64(value); }
  void U64(uint64_t value);
  void S32(int32_t value) { S64(value); }
  void S64(int64_t value);
  void FixedU32(uint32_t value) { Raw({reinterpret_cast<const uint8_t*>(&value), 4}); }
  void FixedU64(uint64_t value) { Raw({reinterpret_cast<const uint8_t*>(&value), 8}); }
  void Raw(Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void Name(std::string_view name);

  // Drops all but the first `size` bytes. REQUIRES: size <= this->size().
  void Truncate(size_t size) { bytes_.resize(size); }

  size_t size() const { return bytes_.size(); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  std::vector<uint8_t> Take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace cvm
