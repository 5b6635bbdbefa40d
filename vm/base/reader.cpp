#include "vm/base/reader.hpp"

#include "vm/base/utf8.hpp"

namespace cvm {
namespace {

// Reads a LEB128 integer of kBits bits at *pos; moves *pos past it. Words are the suite's.
template <int kBits, bool kSigned>
Result<uint64_t> ReadLeb(const uint8_t** pos, const uint8_t* end, const Reader& in) {
  constexpr int kMaxBytes = (kBits + 6) / 7;
  constexpr int kLastBits = kBits - 7 * (kMaxBytes - 1);  // payload bits of the last byte that count
  uint64_t value = 0;
  const uint8_t* p = *pos;
  for (int i = 0; i < kMaxBytes; ++i) {
    if (p == end) return in.UnexpectedEnd();
    const uint8_t byte = *p++;
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (i == kMaxBytes - 1) {
      if (byte & 0x80) return MalformedError(in.offset(), "integer representation too long");
      const uint8_t unused = static_cast<uint8_t>((byte & 0x7f) >> (kSigned ? kLastBits - 1 : kLastBits));
      const uint8_t all = static_cast<uint8_t>(0x7f >> (kSigned ? kLastBits - 1 : kLastBits));
      if (unused != 0 && !(kSigned && unused == all)) return MalformedError(in.offset(), "integer too large");
    }
    if (!(byte & 0x80)) {
      const int bits = 7 * (i + 1);
      if (kSigned && bits < 64 && (byte & 0x40)) value |= ~uint64_t{0} << bits;
      *pos = p;
      return value;
    }
  }
  return CVM_BUG("LEB128 loop ran out");
}

}  // namespace

Result<uint32_t> Reader::SlowU32() {
  CVM_ASSIGN_OR_RETURN(const uint64_t v, (ReadLeb<32, false>(&pos_, end_, *this)));
  return static_cast<uint32_t>(v);
}
Result<uint64_t> Reader::U64() { return ReadLeb<64, false>(&pos_, end_, *this); }
Result<int32_t> Reader::S32() {
  CVM_ASSIGN_OR_RETURN(const uint64_t v, (ReadLeb<32, true>(&pos_, end_, *this)));
  return static_cast<int32_t>(v);
}
Result<int64_t> Reader::S33() {
  CVM_ASSIGN_OR_RETURN(const uint64_t v, (ReadLeb<33, true>(&pos_, end_, *this)));
  return static_cast<int64_t>(v);
}
Result<int64_t> Reader::S64() {
  CVM_ASSIGN_OR_RETURN(const uint64_t v, (ReadLeb<64, true>(&pos_, end_, *this)));
  return static_cast<int64_t>(v);
}

Result<Bytes> Reader::Take(uint64_t n) {
  if (n > remaining()) return UnexpectedEnd();
  const Bytes taken(pos_, static_cast<size_t>(n));
  pos_ += n;
  return taken;
}

Result<uint32_t> Reader::FixedU32() {
  CVM_ASSIGN_OR_RETURN(const Bytes b, Take(4));
  uint32_t v;
  std::memcpy(&v, b.data(), 4);
  return v;
}

Result<uint64_t> Reader::FixedU64() {
  CVM_ASSIGN_OR_RETURN(const Bytes b, Take(8));
  uint64_t v;
  std::memcpy(&v, b.data(), 8);
  return v;
}

Result<std::string_view> Reader::Name() {
  CVM_ASSIGN_OR_RETURN(const uint32_t length, U32());
  if (length > remaining()) return MalformedError(offset(), "length out of bounds");
  CVM_ASSIGN_OR_RETURN(const Bytes bytes, Take(length));
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!IsValidUtf8(name)) return MalformedError(offset() - length, "malformed UTF-8 encoding");
  return name;
}

Result<uint32_t> Reader::Count(uint32_t min_element_bytes) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, U32());
  if (uint64_t{count} * min_element_bytes > remaining()) return MalformedError(offset(), "length out of bounds");
  return count;
}

Result<Reader> Reader::Sub(uint64_t n) {
  const uint64_t at = offset();
  if (n > remaining()) return MalformedError(at, "length out of bounds");
  CVM_ASSIGN_OR_RETURN(const Bytes bytes, Take(n));
  return Reader(bytes, at);
}

void Writer::U64(uint64_t value) {
  while (value >= 0x80) {
    U8(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  U8(static_cast<uint8_t>(value));
}

void Writer::S64(int64_t value) {
  while (value < -0x40 || value >= 0x40) {
    U8(static_cast<uint8_t>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  U8(static_cast<uint8_t>(value & 0x7f));
}

void Writer::Name(std::string_view name) {
  U64(name.size());
  Raw({reinterpret_cast<const uint8_t*>(name.data()), name.size()});
}

}  // namespace cvm
