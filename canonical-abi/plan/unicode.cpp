// Loops over blocks of a fixed number of units have no branches inside, so that compilers make vector code of them.
#include "canonical-abi/plan/unicode.hpp"

#include <cstring>

namespace cvm::abi {
namespace {

constexpr size_t kBlock = 32;

uint32_t Unit(const uint8_t* utf16) {
  uint16_t unit;
  std::memcpy(&unit, utf16, 2);
  return unit;
}

void PutUnit(uint8_t* out, uint32_t unit) {
  const auto narrow = static_cast<uint16_t>(unit);
  std::memcpy(out, &narrow, 2);
}

bool IsAsciiBlock(const uint8_t* text) {
  uint8_t any = 0;
  for (size_t i = 0; i < kBlock; ++i) any |= text[i];
  return any < 0x80;
}

// The bits that are set in any unit of a block.
uint16_t AnyBits(const uint8_t* utf16) {
  uint16_t units[kBlock];
  std::memcpy(units, utf16, sizeof units);
  uint16_t any = 0;
  for (size_t i = 0; i < kBlock; ++i) any |= units[i];
  return any;
}

bool HasSurrogate(const uint8_t* utf16) {
  uint16_t units[kBlock];
  std::memcpy(units, utf16, sizeof units);
  uint16_t any = 0;
  for (size_t i = 0; i < kBlock; ++i) any |= static_cast<uint16_t>((units[i] & 0xf800) == 0xd800 ? 1 : 0);
  return any != 0;
}

void NarrowBlock(const uint8_t* utf16, uint8_t* out) {
  uint16_t units[kBlock];
  std::memcpy(units, utf16, sizeof units);
  for (size_t i = 0; i < kBlock; ++i) out[i] = static_cast<uint8_t>(units[i]);
}

void WidenBlock(const uint8_t* text, uint8_t* out) {
  typedef uint8_t Bytes __attribute__((vector_size(16)));
  typedef uint16_t Units __attribute__((vector_size(32)));
  for (size_t i = 0; i < kBlock; i += 16) {
    Bytes bytes;
    std::memcpy(&bytes, text + i, 16);
    const Units units = __builtin_convertvector(bytes, Units);
    std::memcpy(out + 2 * i, &units, 32);
  }
}

// Bytes of UTF-8 that a block without surrogates takes.
uint64_t Utf8LengthOfBlock(const uint8_t* utf16) {
  uint16_t units[kBlock];
  std::memcpy(units, utf16, sizeof units);
  uint16_t more = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    more = static_cast<uint16_t>(more + (units[i] >= 0x80 ? 1 : 0) + (units[i] >= 0x800 ? 1 : 0));
  }
  return kBlock + more;
}

constexpr bool IsHigh(uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool IsLow(uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

uint8_t* PutUtf8(uint8_t* out, uint32_t c) {
  const auto put = [&out](uint32_t byte) { *out++ = static_cast<uint8_t>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6)), put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12)), put(0x80 | ((c >> 6) & 0x3f)), put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18)), put(0x80 | ((c >> 12) & 0x3f)), put(0x80 | ((c >> 6) & 0x3f)), put(0x80 | (c & 0x3f));
  }
  return out;
}

// The code point at `*at` of well-formed text, and past it. A text that is not (its sender would have to have changed
// it) is read to its end at most.
uint32_t NextUtf8(ByteSpan text, size_t* at) {
  const uint32_t first = text[(*at)++];
  if (first < 0x80) return first;
  const int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  uint32_t point = first & (0x3fu >> more);
  for (int i = 0; i < more && *at < text.size(); ++i) point = (point << 6) | (text[(*at)++] & 0x3f);
  return point;
}

}  // namespace

size_t AsciiPrefix(ByteSpan text) {
  size_t i = 0;
  while (text.size() - i >= kBlock && IsAsciiBlock(text.data() + i)) i += kBlock;
  while (i < text.size() && text[i] < 0x80) ++i;
  return i;
}

size_t AsciiPrefixOfUtf16(ByteSpan utf16) {
  const size_t n = utf16.size() / 2;
  size_t i = 0;
  while (n - i >= kBlock && AnyBits(utf16.data() + 2 * i) < 0x80) i += kBlock;
  while (i < n && Unit(utf16.data() + 2 * i) < 0x80) ++i;
  return i;
}

std::optional<uint64_t> CheckUtf16(ByteSpan utf16) {
  const size_t n = utf16.size() / 2;
  uint64_t length = 0;
  for (size_t i = 0; i < n;) {
    const uint8_t* at = utf16.data() + 2 * i;
    if (n - i >= kBlock && !HasSurrogate(at)) {
      length += Utf8LengthOfBlock(at);
      i += kBlock;
      continue;
    }
    // A block's worth of single ones; a pair may reach beyond it.
    for (const size_t end = i + (n - i < kBlock ? n - i : kBlock); i < end; ++i) {
      const uint32_t unit = Unit(utf16.data() + 2 * i);
      if (IsHigh(unit) && i + 1 < n && IsLow(Unit(utf16.data() + 2 * i + 2))) {
        length += 4;
        ++i;
      } else if (IsHigh(unit) || IsLow(unit)) {
        return std::nullopt;
      } else {
        length += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
      }
    }
  }
  return length;
}

// Eight counters of a byte each, which are added up before they can overflow.
uint64_t CountNonAscii(ByteSpan latin1) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  uint64_t count = 0;
  size_t i = 0;
  while (latin1.size() - i >= 8) {
    uint64_t counters = 0;
    for (int k = 0; k < 255 && latin1.size() - i >= 8; ++k, i += 8) {
      uint64_t word;
      std::memcpy(&word, latin1.data() + i, 8);
      counters += (word >> 7) & kOnes;
    }
    for (; counters != 0; counters >>= 8) count += counters & 0xff;
  }
  for (; i < latin1.size(); ++i) count += latin1[i] >> 7;
  return count;
}

bool IsLatin1Utf16(ByteSpan utf16) {
  const size_t n = utf16.size() / 2;
  size_t i = 0;
  for (; n - i >= kBlock; i += kBlock) {
    if (AnyBits(utf16.data() + 2 * i) >= 0x100) return false;
  }
  for (; i < n; ++i) {
    if (Unit(utf16.data() + 2 * i) >= 0x100) return false;
  }
  return true;
}

uint8_t* Utf16ToUtf8(ByteSpan utf16, uint8_t* out) {
  const size_t n = utf16.size() / 2;
  for (size_t i = 0; i < n;) {
    const uint8_t* at = utf16.data() + 2 * i;
    if (n - i >= kBlock && AnyBits(at) < 0x80) {
      NarrowBlock(at, out);
      i += kBlock, out += kBlock;
      continue;
    }
    for (const size_t end = i + (n - i < kBlock ? n - i : kBlock); i < end; ++i) {
      uint32_t c = Unit(utf16.data() + 2 * i);
      if (IsHigh(c) && i + 1 < n) c = 0x10000 + ((c - 0xd800) << 10) + (Unit(utf16.data() + 2 * ++i) - 0xdc00);
      out = PutUtf8(out, c);
    }
  }
  return out;
}

uint8_t* Latin1ToUtf8(ByteSpan latin1, uint8_t* out) {
  for (size_t i = 0; i < latin1.size();) {
    if (latin1.size() - i >= kBlock && IsAsciiBlock(latin1.data() + i)) {
      std::memcpy(out, latin1.data() + i, kBlock);
      i += kBlock, out += kBlock;
      continue;
    }
    const size_t left = latin1.size() - i;
    for (const size_t end = i + (left < kBlock ? left : kBlock); i < end; ++i) out = PutUtf8(out, latin1[i]);
  }
  return out;
}

uint8_t* Utf8ToUtf16(ByteSpan utf8, uint8_t* out) {
  for (size_t i = 0; i < utf8.size();) {
    if (utf8.size() - i >= kBlock && IsAsciiBlock(utf8.data() + i)) {
      WidenBlock(utf8.data() + i, out);
      i += kBlock, out += 2 * kBlock;
      continue;
    }
    const size_t left = utf8.size() - i;
    for (const size_t end = i + (left < kBlock ? left : kBlock); i < end;) {
      const uint32_t c = NextUtf8(utf8, &i);
      if (c < 0x10000) {
        PutUnit(out, c);
        out += 2;
      } else {
        PutUnit(out, 0xd800 + ((c - 0x10000) >> 10));
        PutUnit(out + 2, 0xdc00 + ((c - 0x10000) & 0x3ff));
        out += 4;
      }
    }
  }
  return out;
}

uint8_t* Latin1ToUtf16(ByteSpan latin1, uint8_t* out) {
  size_t i = 0;
  for (; latin1.size() - i >= kBlock; i += kBlock, out += 2 * kBlock) WidenBlock(latin1.data() + i, out);
  for (; i < latin1.size(); ++i, out += 2) PutUnit(out, latin1[i]);
  return out;
}

uint8_t* NarrowUtf16(ByteSpan utf16, uint8_t* out) {
  const size_t n = utf16.size() / 2;
  size_t i = 0;
  for (; n - i >= kBlock; i += kBlock, out += kBlock) NarrowBlock(utf16.data() + 2 * i, out);
  for (; i < n; ++i) *out++ = static_cast<uint8_t>(Unit(utf16.data() + 2 * i));
  return out;
}

Latin1Prefix Utf8ToLatin1(ByteSpan utf8, uint8_t* out) {
  Latin1Prefix at;
  while (at.read < utf8.size()) {
    if (utf8.size() - at.read >= kBlock && IsAsciiBlock(utf8.data() + at.read)) {
      std::memcpy(out + at.written, utf8.data() + at.read, kBlock);
      at.read += kBlock, at.written += kBlock;
      continue;
    }
    const size_t left = utf8.size() - at.read;
    for (const size_t end = at.read + (left < kBlock ? left : kBlock); at.read < end;) {
      size_t next = at.read;
      const uint32_t c = NextUtf8(utf8, &next);
      if (c >= 0x100) return at;
      out[at.written++] = static_cast<uint8_t>(c);
      at.read = next;
    }
  }
  return at;
}

Latin1Prefix Utf16ToLatin1(ByteSpan utf16, uint8_t* out) {
  const size_t n = utf16.size() / 2;
  size_t i = 0;
  for (; n - i >= kBlock && AnyBits(utf16.data() + 2 * i) < 0x100; i += kBlock) {
    NarrowBlock(utf16.data() + 2 * i, out + i);
  }
  for (; i < n; ++i) {
    const uint32_t unit = Unit(utf16.data() + 2 * i);
    if (unit >= 0x100) break;
    out[i] = static_cast<uint8_t>(unit);
  }
  return {2 * i, i};
}

void InflateLatin1(uint8_t* text, size_t length) {
  for (size_t j = length; j-- > 0;) {
    text[2 * j] = text[j];
    text[2 * j + 1] = 0;
  }
}

}  // namespace cvm::abi
