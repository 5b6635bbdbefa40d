// Storing of strings: the specification's algorithms, with their exact sequences of realloc. definitions.py: from
// store_string to store_probably_utf16_to_latin1_or_utf16.
//
// Which algorithm runs depends on the encoding that the text came from and on the one of the receiver. All of them
// guess a size, write, and call realloc again if the guess was too small or too large; each answer of realloc is
// checked for alignment and bounds before a byte is written (security.md ABI-01), and the memory is looked up anew
// after each call.
#include <cstring>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "canonical-abi/memory/transcode.hpp"
#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::abi {
namespace {

using ByteSpan = std::span<const uint8_t>;

ByteSpan AsBytes(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

// reallocate, and the two checks that follow it everywhere.
Result<uint64_t> ReallocateChecked(LiftLowerContext& cx, uint64_t old_ptr, uint64_t old_size, uint32_t alignment,
                                   uint64_t new_size) {
  CVM_ASSIGN_OR_RETURN(const uint64_t ptr, cx.Reallocate(old_ptr, old_size, alignment, new_size));
  CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, alignment, new_size, Fault::kReallocAlignment, Fault::kReallocStringBounds));
  return ptr;
}

Result<uint64_t> AllocateChecked(LiftLowerContext& cx, uint32_t alignment, uint64_t size) {
  return ReallocateChecked(cx, 0, 0, alignment, size);
}

Result<void> Write(LiftLowerContext& cx, uint64_t ptr, ByteSpan bytes) {
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  if (!InBounds(memory, ptr, bytes.size())) return cx.Trap(Fault::kReallocStringBounds);
  if (!bytes.empty()) std::memcpy(memory.data() + ptr, bytes.data(), bytes.size());
  return {};
}

Result<StoredRange> StoreStringCopy(LiftLowerContext& cx, ByteSpan encoded, uint64_t src_code_units,
                                    uint32_t dst_alignment) {
  CVM_ASSIGN_OR_RETURN(const uint64_t ptr, AllocateChecked(cx, dst_alignment, encoded.size()));
  CVM_RETURN_IF_ERROR(Write(cx, ptr, encoded));
  return StoredRange{ptr, src_code_units};
}

// store_utf16_to_utf8 and store_latin1_to_utf8, which differ in the worst case: as long as the text is ASCII, one byte
// a code unit is enough.
Result<StoredRange> StoreStringToUtf8(LiftLowerContext& cx, std::string_view src, uint64_t src_code_units,
                                      uint64_t worst_case_size) {
  CVM_ASSIGN_OR_RETURN(uint64_t ptr, AllocateChecked(cx, 1, src_code_units));
  size_t ascii = 0;
  while (ascii < src.size() && static_cast<uint8_t>(src[ascii]) < 0x80) ++ascii;
  CVM_RETURN_IF_ERROR(Write(cx, ptr, AsBytes(src.substr(0, ascii))));
  if (ascii == src.size()) return StoredRange{ptr, src_code_units};
  CVM_ASSIGN_OR_RETURN(ptr, ReallocateChecked(cx, ptr, src_code_units, 1, worst_case_size));
  CVM_RETURN_IF_ERROR(Write(cx, ptr + ascii, AsBytes(src.substr(ascii))));
  if (worst_case_size > src.size()) {
    CVM_ASSIGN_OR_RETURN(ptr, ReallocateChecked(cx, ptr, worst_case_size, 1, src.size()));
  }
  return StoredRange{ptr, src.size()};
}

Result<StoredRange> StoreUtf8ToUtf16(LiftLowerContext& cx, std::string_view src, uint64_t src_code_units) {
  const uint64_t worst_case_size = 2 * src_code_units;
  CVM_ASSIGN_OR_RETURN(uint64_t ptr, AllocateChecked(cx, 2, worst_case_size));
  const std::vector<uint8_t> encoded = EncodeUtf16(src);
  CVM_RETURN_IF_ERROR(Write(cx, ptr, encoded));
  if (encoded.size() < worst_case_size) {
    CVM_ASSIGN_OR_RETURN(ptr, ReallocateChecked(cx, ptr, worst_case_size, 2, encoded.size()));
  }
  return StoredRange{ptr, encoded.size() / 2};
}

// The bytes of Latin-1 that were stored so far become code units of UTF-16, in place and from the end.
Result<void> InflateLatin1(LiftLowerContext& cx, uint64_t ptr, uint64_t latin1_length) {
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  if (!InBounds(memory, ptr, 2 * latin1_length)) return cx.Trap(Fault::kReallocStringBounds);
  for (uint64_t j = latin1_length; j-- > 0;) {
    memory[ptr + 2 * j] = memory[ptr + j];
    memory[ptr + 2 * j + 1] = 0;
  }
  return {};
}

// The second half of store_string_to_latin1_or_utf16: a code point above U+00FF was met after `latin1_length` others.
Result<StoredRange> StoreRestAsUtf16(LiftLowerContext& cx, std::string_view src, uint64_t src_code_units, uint64_t ptr,
                                     uint64_t latin1_length) {
  const uint64_t worst_case_size = 2 * src_code_units;
  CVM_ASSIGN_OR_RETURN(ptr, ReallocateChecked(cx, ptr, src_code_units, 2, worst_case_size));
  CVM_RETURN_IF_ERROR(InflateLatin1(cx, ptr, latin1_length));
  const std::vector<uint8_t> encoded = EncodeUtf16(src);
  CVM_RETURN_IF_ERROR(Write(cx, ptr + 2 * latin1_length, ByteSpan(encoded).subspan(2 * latin1_length)));
  if (worst_case_size > encoded.size()) {
    CVM_ASSIGN_OR_RETURN(ptr, ReallocateChecked(cx, ptr, worst_case_size, 2, encoded.size()));
  }
  return StoredRange{ptr, (encoded.size() / 2) | Utf16Tag(cx.ptr_type())};
}

Result<StoredRange> StoreStringToLatin1OrUtf16(LiftLowerContext& cx, std::string_view src, uint64_t src_code_units) {
  CVM_ASSIGN_OR_RETURN(uint64_t ptr, AllocateChecked(cx, 2, src_code_units));
  std::vector<uint8_t> latin1;
  bool wide = false;
  for (size_t pos = 0; pos < src.size();) {
    const char32_t usv = DecodeUtf8(src, &pos).value_or(0);
    if ((wide = usv >= 0x100)) break;
    latin1.push_back(static_cast<uint8_t>(usv));
  }
  CVM_RETURN_IF_ERROR(Write(cx, ptr, latin1));
  if (wide) return StoreRestAsUtf16(cx, src, src_code_units, ptr, latin1.size());
  if (latin1.size() < src_code_units) {
    CVM_ASSIGN_OR_RETURN(ptr, ReallocateChecked(cx, ptr, src_code_units, 2, latin1.size()));
  }
  return StoredRange{ptr, latin1.size()};
}

Result<StoredRange> StoreProbablyUtf16ToLatin1OrUtf16(LiftLowerContext& cx, std::string_view src,
                                                      uint64_t src_code_units) {
  const uint64_t src_byte_length = 2 * src_code_units;
  CVM_ASSIGN_OR_RETURN(uint64_t ptr, AllocateChecked(cx, 2, src_byte_length));
  CVM_RETURN_IF_ERROR(Write(cx, ptr, EncodeUtf16(src)));
  if (!IsLatin1(src)) return StoredRange{ptr, src_code_units | Utf16Tag(cx.ptr_type())};
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  for (uint64_t i = 0; i < src_code_units; ++i) memory[ptr + i] = memory[ptr + 2 * i];
  CVM_ASSIGN_OR_RETURN(ptr, ReallocateChecked(cx, ptr, src_byte_length, 1, src_code_units));
  return StoredRange{ptr, src_code_units};
}

// The code units that the text had where it came from.
uint64_t SourceCodeUnits(const String& v) {
  if (v.source == StringSource::kUtf8) return v.text.size();
  return v.source == StringSource::kLatin1 ? CountCodePoints(v.text) : CountUtf16Units(v.text);
}

Result<StoredRange> StoreAsUtf8(LiftLowerContext& cx, const String& v, uint64_t units) {
  if (v.source == StringSource::kUtf8) return StoreStringCopy(cx, AsBytes(v.text), units, 1);
  return StoreStringToUtf8(cx, v.text, units, units * (v.source == StringSource::kLatin1 ? 2 : 3));
}

Result<StoredRange> StoreAsUtf16(LiftLowerContext& cx, const String& v, uint64_t units) {
  if (v.source == StringSource::kUtf8) return StoreUtf8ToUtf16(cx, v.text, units);
  return StoreStringCopy(cx, EncodeUtf16(v.text), units, 2);
}

Result<StoredRange> StoreAsLatin1Utf16(LiftLowerContext& cx, const String& v, uint64_t units) {
  switch (v.source) {
    case StringSource::kLatin1:
      return StoreStringCopy(cx, EncodeLatin1(v.text), units, 2);
    case StringSource::kTaggedUtf16:
      return StoreProbablyUtf16ToLatin1OrUtf16(cx, v.text, units);
    default:
      return StoreStringToLatin1OrUtf16(cx, v.text, units);
  }
}

}  // namespace

Result<void> StoreString(LiftLowerContext& cx, const String& v, uint64_t ptr) {
  CVM_ASSIGN_OR_RETURN(const StoredRange range, StoreStringIntoRange(cx, v));
  CVM_RETURN_IF_ERROR(StoreInt(cx, range.ptr, ptr, cx.ptr_size()));
  return StoreInt(cx, range.length, ptr + cx.ptr_size(), cx.ptr_size());
}

Result<StoredRange> StoreStringIntoRange(LiftLowerContext& cx, const String& v) {
  // Both hold for every string that was lifted; a host's may be anything.
  if (!IsValidUtf8(v.text)) return UsageError("value of type string is not well-formed UTF-8");
  if (v.source == StringSource::kLatin1 && !IsLatin1(v.text)) return UsageError("string is not Latin-1 as it says");
  const uint64_t units = SourceCodeUnits(v);
  const bool wide = v.source == StringSource::kUtf16 || v.source == StringSource::kTaggedUtf16;
  if (units > kMaxStringByteLength / (wide ? 2 : 1)) return LimitError("string is too long for the memory of a guest");
  switch (cx.opts.string_encoding) {
    case StringEncoding::kUtf8:
      return StoreAsUtf8(cx, v, units);
    case StringEncoding::kUtf16:
      return StoreAsUtf16(cx, v, units);
    default:
      return StoreAsLatin1Utf16(cx, v, units);
  }
}

}  // namespace cvm::abi
