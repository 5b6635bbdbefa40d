// Loading of strings. definitions.py: load_string, load_string_from_range.
#include <string_view>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/transcode.hpp"
#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::abi {
namespace {

// What the three encodings make of a length.
struct Range {
  uint64_t byte_length;
  uint32_t alignment;
  StringSource encoding;
};

// The length is compared before it is doubled, so that no product wraps (security.md ABI-02): a count above the limit
// stays above it, whatever the unit.
Range RangeOf(StringEncoding encoding, uint64_t tagged_code_units, uint64_t tag) {
  const auto twice = [](uint64_t units) { return units > kMaxStringByteLength ? units : 2 * units; };
  switch (encoding) {
    case StringEncoding::kUtf8:
      return {tagged_code_units, 1, StringSource::kUtf8};
    case StringEncoding::kUtf16:
      return {twice(tagged_code_units), 2, StringSource::kUtf16};
    default:
      if ((tagged_code_units & tag) != 0) return {twice(tagged_code_units ^ tag), 2, StringSource::kTaggedUtf16};
      return {tagged_code_units, 2, StringSource::kLatin1};
  }
}

// The text is copied first and checked afterwards: what is checked is what the host keeps.
Result<Value> LoadUtf8(LiftLowerContext& cx, std::span<const uint8_t> bytes) {
  CVM_RETURN_IF_ERROR(cx.budget.Charge(bytes.size()));
  std::string text(bytes.begin(), bytes.end());
  if (!IsValidUtf8(text)) return TrapError(DescribeIllFormedUtf8(text));
  return Value::Str(std::move(text), StringSource::kUtf8);
}

Result<Value> LoadUtf16(LiftLowerContext& cx, std::span<const uint8_t> bytes, StringSource source) {
  const std::optional<size_t> length = Utf8LengthOfUtf16(bytes);
  if (!length.has_value()) return TrapError("unpaired surrogate found");
  CVM_RETURN_IF_ERROR(cx.budget.Charge(*length));
  std::optional<std::string> text = DecodeUtf16(bytes);
  if (!text.has_value()) return TrapError("unpaired surrogate found");
  return Value::Str(*std::move(text), source);
}

}  // namespace

Result<Value> LoadString(LiftLowerContext& cx, uint64_t ptr) {
  CVM_ASSIGN_OR_RETURN(const uint64_t begin, LoadInt(cx, ptr, cx.ptr_size()));
  CVM_ASSIGN_OR_RETURN(const uint64_t tagged_code_units, LoadInt(cx, ptr + cx.ptr_size(), cx.ptr_size()));
  return LoadStringFromRange(cx, begin, tagged_code_units);
}

Result<Value> LoadStringFromRange(LiftLowerContext& cx, uint64_t ptr, uint64_t tagged_code_units) {
  const Range range = RangeOf(cx.opts.string_encoding, tagged_code_units, Utf16Tag(cx.ptr_type()));
  if (range.byte_length > kMaxStringByteLength) return TrapError("string length exceeds maximum byte size");
  CVM_RETURN_IF_ERROR(
      cx.CheckRange(ptr, range.alignment, range.byte_length, Fault::kStringAlignment, Fault::kStringBounds));
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> memory, cx.Memory());
  const std::span<const uint8_t> bytes = memory.subspan(ptr, range.byte_length);
  switch (range.encoding) {
    case StringSource::kUtf8:
      return LoadUtf8(cx, bytes);
    case StringSource::kLatin1:
      CVM_RETURN_IF_ERROR(cx.budget.Charge(Utf8LengthOfLatin1(bytes)));
      return Value::Str(DecodeLatin1(bytes), StringSource::kLatin1);
    default:
      return LoadUtf16(cx, bytes, range.encoding);
  }
}

}  // namespace cvm::abi
