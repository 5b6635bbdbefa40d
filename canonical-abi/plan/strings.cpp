#include "canonical-abi/plan/strings.hpp"

#include <cstring>
#include <string_view>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/transcode.hpp"
#include "canonical-abi/plan/bytes.hpp"
#include "canonical-abi/plan/unicode.hpp"
#include "canonical-abi/types/layout.hpp"
#include "canonical-abi/values/value.hpp"
#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::abi {
namespace {

// A text in a memory: what its options and its length say it is.
struct Source {
  StringSource encoding;
  uint64_t units;
  uint64_t bytes;
  uint32_t alignment;
};

// A count above the limit stays above it when it is not doubled (security.md ABI-02).
Source SourceOf(const LiftLowerContext& cx, uint64_t tagged_code_units) {
  const auto wide = [](StringSource encoding, uint64_t units) {
    return Source{encoding, units, units > kMaxStringByteLength ? units : 2 * units, 2};
  };
  switch (cx.opts.string_encoding) {
    case StringEncoding::kUtf8:
      return {StringSource::kUtf8, tagged_code_units, tagged_code_units, 1};
    case StringEncoding::kUtf16:
      return wide(StringSource::kUtf16, tagged_code_units);
    default: {
      const uint64_t tag = Utf16Tag(cx.ptr_type());
      if ((tagged_code_units & tag) != 0) return wide(StringSource::kTaggedUtf16, tagged_code_units ^ tag);
      return {StringSource::kLatin1, tagged_code_units, tagged_code_units, 2};
    }
  }
}

std::string_view AsText(ByteSpan bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Where a text is written. Every answer of realloc is checked, and the memory looked up anew (security.md ABI-01).
class Target {
 public:
  explicit Target(LiftLowerContext& cx) : cx_(cx) {}

  Result<void> Reallocate(uint32_t alignment, uint64_t size) {
    CVM_ASSIGN_OR_RETURN(ptr_, cx_.Reallocate(ptr_, size_, alignment, size));
    if (!IsAligned(ptr_, alignment)) return cx_.Trap(Fault::kReallocAlignment);
    const std::span<uint8_t> memory = MemoryOf(cx_);
    if (!InBounds(memory, ptr_, size)) return cx_.Trap(Fault::kReallocStringBounds);
    size_ = size;
    bytes_ = memory.data() + ptr_;
    return {};
  }
  // Gives back what is not needed.
  Result<void> Shrink(uint32_t alignment, uint64_t size) {
    return size < size_ ? Reallocate(alignment, size) : Result<void>();
  }

  uint8_t* bytes() const { return bytes_; }
  uint64_t Length(const uint8_t* end) const { return static_cast<uint64_t>(end - bytes_); }
  StoredRange Stored(uint64_t units) const { return {ptr_, units}; }

 private:
  LiftLowerContext& cx_;
  uint64_t ptr_ = 0;
  uint64_t size_ = 0;
  uint8_t* bytes_ = nullptr;
};

void Copy(uint8_t* to, ByteSpan text) {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
}

Result<StoredRange> CopyText(Target& target, ByteSpan text, uint64_t units, uint32_t alignment) {
  CVM_RETURN_IF_ERROR(target.Reallocate(alignment, text.size()));
  Copy(target.bytes(), text);
  return target.Stored(units);
}

// store_utf16_to_utf8, store_latin1_to_utf8
Result<StoredRange> ToUtf8(Target& target, ByteSpan text, const Source& source) {
  const bool narrow = source.encoding == StringSource::kLatin1;
  CVM_RETURN_IF_ERROR(target.Reallocate(1, source.units));
  const size_t ascii = narrow ? AsciiPrefix(text) : AsciiPrefixOfUtf16(text);
  if (narrow) {
    Copy(target.bytes(), text.first(ascii));
  } else {
    NarrowUtf16(text.first(2 * ascii), target.bytes());
  }
  if (ascii == source.units) return target.Stored(source.units);
  CVM_RETURN_IF_ERROR(target.Reallocate(1, source.units * (narrow ? 2 : 3)));
  uint8_t* rest = target.bytes() + ascii;
  const uint8_t* end = narrow ? Latin1ToUtf8(text.subspan(ascii), rest) : Utf16ToUtf8(text.subspan(2 * ascii), rest);
  const uint64_t length = target.Length(end);
  CVM_RETURN_IF_ERROR(target.Shrink(1, length));
  return target.Stored(length);
}

// store_utf8_to_utf16
Result<StoredRange> Utf8IntoUtf16(Target& target, ByteSpan text) {
  CVM_RETURN_IF_ERROR(target.Reallocate(2, 2 * text.size()));
  const uint64_t length = target.Length(Utf8ToUtf16(text, target.bytes()));
  CVM_RETURN_IF_ERROR(target.Shrink(2, length));
  return target.Stored(length / 2);
}

Result<StoredRange> Latin1IntoUtf16(Target& target, ByteSpan text) {
  CVM_RETURN_IF_ERROR(target.Reallocate(2, 2 * text.size()));
  Latin1ToUtf16(text, target.bytes());
  return target.Stored(text.size());
}

// store_string_to_latin1_or_utf16
Result<StoredRange> ToLatin1OrUtf16(Target& target, ByteSpan text, const Source& source, uint64_t tag) {
  const bool utf8 = source.encoding == StringSource::kUtf8;
  CVM_RETURN_IF_ERROR(target.Reallocate(2, source.units));
  const Latin1Prefix prefix = utf8 ? Utf8ToLatin1(text, target.bytes()) : Utf16ToLatin1(text, target.bytes());
  if (prefix.read == text.size()) {
    CVM_RETURN_IF_ERROR(target.Shrink(2, prefix.written));
    return target.Stored(prefix.written);
  }
  CVM_RETURN_IF_ERROR(target.Reallocate(2, 2 * source.units));
  InflateLatin1(target.bytes(), prefix.written);
  uint8_t* rest = target.bytes() + 2 * prefix.written;
  const ByteSpan unread = text.subspan(prefix.read);
  if (!utf8) Copy(rest, unread);
  const uint64_t length = target.Length(utf8 ? Utf8ToUtf16(unread, rest) : rest + unread.size());
  CVM_RETURN_IF_ERROR(target.Shrink(2, length));
  return target.Stored((length / 2) | tag);
}

// store_probably_utf16_to_latin1_or_utf16
Result<StoredRange> ProbablyUtf16(Target& target, ByteSpan text, uint64_t units, uint64_t tag) {
  CVM_RETURN_IF_ERROR(target.Reallocate(2, text.size()));
  Copy(target.bytes(), text);
  if (!IsLatin1Utf16(text)) return target.Stored(units | tag);
  NarrowUtf16(text, target.bytes());
  CVM_RETURN_IF_ERROR(target.Reallocate(1, units));
  return target.Stored(units);
}

}  // namespace

Result<void> LiftString(LiftLowerContext& cx, ByteSpan memory, uint64_t ptr, uint64_t tagged_code_units) {
  const Source source = SourceOf(cx, tagged_code_units);
  if (source.bytes > kMaxStringByteLength) return TrapError("string length exceeds maximum byte size");
  if (!IsAligned(ptr, source.alignment)) return cx.Trap(Fault::kStringAlignment);
  if (!InBounds(memory, ptr, source.bytes)) return cx.Trap(Fault::kStringBounds);
  const ByteSpan text = memory.subspan(ptr, source.bytes);
  switch (source.encoding) {
    case StringSource::kUtf8:
      CVM_RETURN_IF_ERROR(cx.budget.Charge(text.size()));
      if (!IsValidUtf8(AsText(text))) return TrapError(DescribeIllFormedUtf8(AsText(text)));
      return {};
    case StringSource::kLatin1:
      return cx.budget.Charge(text.size() + CountNonAscii(text));
    default: {
      const std::optional<uint64_t> length = CheckUtf16(text);
      if (!length.has_value()) return TrapError("unpaired surrogate found");
      return cx.budget.Charge(*length);
    }
  }
}

Result<StoredRange> LowerString(LiftLowerContext& from, ByteSpan memory, LiftLowerContext& to, uint64_t ptr,
                                uint64_t tagged_code_units) {
  const Source source = SourceOf(from, tagged_code_units);
  if (!InBounds(memory, ptr, source.bytes)) return from.Trap(Fault::kStringBounds);
  const ByteSpan text = memory.subspan(ptr, source.bytes);
  Target target(to);
  const uint64_t tag = Utf16Tag(to.ptr_type());
  switch (to.opts.string_encoding) {
    case StringEncoding::kUtf8:
      if (source.encoding == StringSource::kUtf8) return CopyText(target, text, source.units, 1);
      return ToUtf8(target, text, source);
    case StringEncoding::kUtf16:
      if (source.encoding == StringSource::kUtf8) return Utf8IntoUtf16(target, text);
      if (source.encoding == StringSource::kLatin1) return Latin1IntoUtf16(target, text);
      return CopyText(target, text, source.units, 2);
    default:
      if (source.encoding == StringSource::kLatin1) return CopyText(target, text, source.units, 2);
      if (source.encoding == StringSource::kTaggedUtf16) return ProbablyUtf16(target, text, source.units, tag);
      return ToLatin1OrUtf16(target, text, source, tag);
  }
}

}  // namespace cvm::abi
