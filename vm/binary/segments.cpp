// Element, data count and data sections (core/binary/modules#element-section).
#include "vm/binary/sections.hpp"

namespace cvm::binary {
namespace {

// Bits of an element segment's flags; of a data segment's only the first two values.
constexpr uint32_t kPassiveOrDeclarative = 0x1;
constexpr uint32_t kExplicitIndexOrDeclarative = 0x2;
constexpr uint32_t kExpressions = 0x4;

SegmentMode ElementMode(uint32_t flags) {
  if (!(flags & kPassiveOrDeclarative)) return SegmentMode::kActive;
  return flags & kExplicitIndexOrDeclarative ? SegmentMode::kDeclarative : SegmentMode::kPassive;
}

Result<void> ReadElementKind(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const uint8_t kind, in.U8());
  if (kind != 0) return MalformedError(in.offset() - 1, "malformed element kind");
  return {};
}

// The type of a segment: given, except in the two short forms. A segment of plain indices never holds null.
Result<void> ReadElementType(Reader& in, DecodeContext& cx, uint32_t flags, ElementSegment* segment) {
  const bool is_short = !(flags & (kPassiveOrDeclarative | kExplicitIndexOrDeclarative));
  segment->type = ValType::FuncRef();
  if (!(flags & kExpressions)) {
    segment->type.nullable = false;
    return is_short ? Result<void>() : ReadElementKind(in);
  }
  if (is_short) return {};
  CVM_ASSIGN_OR_RETURN(segment->type, ReadRefType(in, cx.features));
  return {};
}

Result<void> ReadElementItems(Reader& in, DecodeContext& cx, uint32_t flags, ElementSegment* segment) {
  const bool expressions = flags & kExpressions;
  CVM_ASSIGN_OR_RETURN(const uint32_t count,
                       LimitedCount(in, cx, expressions ? 2 : 1, &LoadLimits::element_entries));
  if (expressions) {
    auto& items = segment->items.emplace<std::vector<Expr>>();
    items.reserve(count);
    for (uint32_t i = 0; i < count; ++i) {
      CVM_ASSIGN_OR_RETURN(const Expr expr, ReadExpr(in, cx.features));
      items.push_back(expr);
    }
    return {};
  }
  auto& items = segment->items.emplace<std::vector<FuncIndex>>(count);
  for (FuncIndex& item : items) {
    CVM_ASSIGN_OR_RETURN(item.value, in.U32());
  }
  return {};
}

Result<ElementSegment> ReadElementSegment(Reader& in, DecodeContext& cx) {
  ElementSegment segment;
  segment.at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t flags, in.U32());
  const bool bulk = cx.features.Has(Feature::kBulkMemory) || cx.features.Has(Feature::kReferenceTypes);
  if (flags > 7 || (flags != 0 && !bulk)) return MalformedError(segment.at, "malformed elements segment kind");
  segment.mode = ElementMode(flags);
  if (segment.mode == SegmentMode::kActive) {
    if (flags & kExplicitIndexOrDeclarative) {
      CVM_ASSIGN_OR_RETURN(segment.table.value, in.U32());
    }
    CVM_ASSIGN_OR_RETURN(segment.offset, ReadExpr(in, cx.features));
  }
  CVM_RETURN_IF_ERROR(ReadElementType(in, cx, flags, &segment));
  CVM_RETURN_IF_ERROR(ReadElementItems(in, cx, flags, &segment));
  return segment;
}

Result<DataSegment> ReadDataSegment(Reader& in, DecodeContext& cx) {
  DataSegment segment;
  segment.at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t flags, in.U32());
  if (flags > 2 || (flags != 0 && !cx.features.Has(Feature::kBulkMemory))) {
    return MalformedError(segment.at, "malformed data segment kind");
  }
  if (flags != kPassiveOrDeclarative) {
    segment.mode = SegmentMode::kActive;
    if (flags == kExplicitIndexOrDeclarative) {
      CVM_ASSIGN_OR_RETURN(segment.memory.value, in.U32());
    }
    CVM_ASSIGN_OR_RETURN(segment.offset, ReadExpr(in, cx.features));
  }
  CVM_ASSIGN_OR_RETURN(const uint32_t size, in.U32());
  CVM_ASSIGN_OR_RETURN(segment.bytes, in.Take(size));
  return segment;
}

}  // namespace

Result<void> DecodeElements(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 2, &LoadLimits::element_segments));
  cx.module.elements.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(ElementSegment segment, ReadElementSegment(in, cx));
    cx.module.elements.push_back(std::move(segment));
  }
  return {};
}

Result<void> DecodeDataCount(Reader& in, DecodeContext& cx) {
  const uint64_t at = in.offset();
  if (!cx.features.Has(Feature::kBulkMemory)) return MalformedError(at, "malformed section id");
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.U32());
  CVM_RETURN_IF_ERROR(CheckLimit(cx, &LoadLimits::data_segments, count, at));
  cx.module.data_count = count;
  return {};
}

Result<void> DecodeData(Reader& in, DecodeContext& cx) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 2, &LoadLimits::data_segments));
  if (cx.module.data_count && *cx.module.data_count != count) {
    return MalformedError(at, "data count and data section have inconsistent lengths");
  }
  cx.module.data.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const DataSegment segment, ReadDataSegment(in, cx));
    cx.module.data.push_back(segment);
  }
  return {};
}

}  // namespace cvm::binary
