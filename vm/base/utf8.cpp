#include "vm/base/utf8.hpp"

#include <cstring>

#if defined(__x86_64__)
#define CVM_UTF8_SSSE3 1
#include <tmmintrin.h>
#endif

namespace cvm {

std::optional<char32_t> DecodeUtf8(std::string_view text, size_t* pos) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const size_t at = *pos;
  const uint8_t first = byte(at);
  if (first < 0x80) {
    *pos = at + 1;
    return first;
  }
  int length = 0;
  char32_t point = 0;
  char32_t least = 0;
  if ((first & 0xe0) == 0xc0) {
    length = 2, point = first & 0x1f, least = 0x80;
  } else if ((first & 0xf0) == 0xe0) {
    length = 3, point = first & 0x0f, least = 0x800;
  } else if ((first & 0xf8) == 0xf0) {
    length = 4, point = first & 0x07, least = 0x10000;
  } else {
    return std::nullopt;
  }
  if (text.size() - at < static_cast<size_t>(length)) return std::nullopt;
  for (int i = 1; i < length; ++i) {
    const uint8_t next = byte(at + i);
    if ((next & 0xc0) != 0x80) return std::nullopt;
    point = (point << 6) | (next & 0x3f);
  }
  if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return std::nullopt;
  *pos = at + length;
  return point;
}

namespace {

bool IsValidScalar(std::string_view bytes) {
  size_t pos = 0;
  while (pos < bytes.size()) {
    // Eight ASCII bytes at a time: most names and texts are nothing else.
    while (bytes.size() - pos >= 8) {
      uint64_t chunk;
      std::memcpy(&chunk, bytes.data() + pos, 8);
      if ((chunk & 0x8080808080808080u) != 0) break;
      pos += 8;
    }
    if (pos < bytes.size() && !DecodeUtf8(bytes, &pos)) return false;
  }
  return true;
}

#ifdef CVM_UTF8_SSSE3
#define CVM_SSSE3 __attribute__((target("ssse3")))

// Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte": what can be wrong with two bytes in a
// row is a bit each; a look-up by each of three half bytes says what it does not rule out, and what all three leave is
// wrong.
enum : uint8_t {
  kTooShort = 1 << 0,  // a lead is followed by no continuation
  kTooLong = 1 << 1,   // ASCII is
  kOverlong3 = 1 << 2,
  kTooLarge = 1 << 3,
  kSurrogate = 1 << 4,
  kOverlong2 = 1 << 5,
  kTooLarge1000 = 1 << 6,
  kOverlong4 = 1 << 6,
  kTwoConts = 1 << 7,  // right only where the third or fourth byte of a sequence is
  kCarry = kTooShort | kTooLong | kTwoConts,
};
alignas(16) constexpr uint8_t kFirstHigh[16] = {kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTooLong,
                                                kTwoConts,
                                                kTwoConts,
                                                kTwoConts,
                                                kTwoConts,
                                                kTooShort | kOverlong2,
                                                kTooShort,
                                                kTooShort | kOverlong3 | kSurrogate,
                                                kTooShort | kTooLarge | kTooLarge1000 | kOverlong4};
constexpr uint8_t kLarge = kCarry | kTooLarge | kTooLarge1000;
alignas(16) constexpr uint8_t kFirstLow[16] = {kCarry | kOverlong3 | kOverlong2 | kOverlong4,
                                               kCarry | kOverlong2,
                                               kCarry,
                                               kCarry,
                                               kCarry | kTooLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge,
                                               kLarge | kSurrogate,
                                               kLarge,
                                               kLarge};
constexpr uint8_t kCont = kTooLong | kOverlong2 | kTwoConts;
alignas(16) constexpr uint8_t kSecondHigh[16] = {kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kCont | kOverlong3 | kTooLarge1000 | kOverlong4,
                                                 kCont | kOverlong3 | kTooLarge,
                                                 kCont | kSurrogate | kTooLarge,
                                                 kCont | kSurrogate | kTooLarge,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort,
                                                 kTooShort};

CVM_SSSE3 __m128i Load(const void* at) { return _mm_loadu_si128(static_cast<const __m128i*>(at)); }

// Not zero: something is wrong with the bytes of `input`, or with the last of those before, now that these follow.
CVM_SSSE3 __m128i FaultsOf(__m128i input, __m128i before) {
  const __m128i low = _mm_set1_epi8(0x0f);
  const __m128i first = _mm_alignr_epi8(input, before, 15);
  const __m128i by_first_high = _mm_shuffle_epi8(Load(kFirstHigh), _mm_and_si128(_mm_srli_epi16(first, 4), low));
  const __m128i by_first_low = _mm_shuffle_epi8(Load(kFirstLow), _mm_and_si128(first, low));
  const __m128i by_second = _mm_shuffle_epi8(Load(kSecondHigh), _mm_and_si128(_mm_srli_epi16(input, 4), low));
  const __m128i special = _mm_and_si128(_mm_and_si128(by_first_high, by_first_low), by_second);
  const __m128i third = _mm_subs_epu8(_mm_alignr_epi8(input, before, 14), _mm_set1_epi8(0xe0 - 0x80));
  const __m128i fourth = _mm_subs_epu8(_mm_alignr_epi8(input, before, 13), _mm_set1_epi8(0xf0 - 0x80));
  const __m128i wanted = _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8(static_cast<char>(0x80)));
  return _mm_xor_si128(wanted, special);
}

CVM_SSSE3 bool IsValidVector(std::string_view bytes) {
  constexpr size_t kBlock = 64;
  __m128i before = _mm_setzero_si128();
  __m128i faults = _mm_setzero_si128();
  bool ascii = true;  // all of the block before
  size_t pos = 0;
  for (; bytes.size() - pos >= kBlock; pos += kBlock) {
    __m128i input[4];
    for (size_t i = 0; i < 4; ++i) input[i] = Load(bytes.data() + pos + 16 * i);
    const __m128i any = _mm_or_si128(_mm_or_si128(input[0], input[1]), _mm_or_si128(input[2], input[3]));
    const bool ascii_before = ascii;
    ascii = _mm_movemask_epi8(any) == 0;
    if (ascii && ascii_before) continue;
    for (size_t i = 0; i < 4; ++i) {
      faults = _mm_or_si128(faults, FaultsOf(input[i], before));
      before = input[i];
    }
  }
  // The rest, with at least one zero behind it, which no unfinished sequence survives.
  char rest[kBlock + 16] = {};
  if (pos < bytes.size()) std::memcpy(rest, bytes.data() + pos, bytes.size() - pos);
  for (size_t i = 0; i <= (bytes.size() - pos) / 16; ++i) {
    const __m128i input = Load(rest + 16 * i);
    faults = _mm_or_si128(faults, FaultsOf(input, before));
    before = input;
  }
  return _mm_movemask_epi8(_mm_cmpeq_epi8(faults, _mm_setzero_si128())) == 0xffff;
}
#endif

}  // namespace

bool IsValidUtf8(std::string_view bytes) {
#ifdef CVM_UTF8_SSSE3
  // Short texts are mostly ASCII names: the plain loop is through before the tables are loaded.
  static const bool kVector = __builtin_cpu_supports("ssse3");
  if (bytes.size() >= 32 && kVector) return IsValidVector(bytes);
#endif
  return IsValidScalar(bytes);
}

void AppendUtf8(std::string* out, char32_t c) {
  const auto put = [out](char32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6)), put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12)), put(0x80 | ((c >> 6) & 0x3f)), put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18)), put(0x80 | ((c >> 12) & 0x3f)), put(0x80 | ((c >> 6) & 0x3f)), put(0x80 | (c & 0x3f));
  }
}

}  // namespace cvm
