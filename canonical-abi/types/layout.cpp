// The size and alignment rules, in the order of definitions.py ("Alignment", "Element Size").
//
// No rule recurses: each asks its parts, whose layouts are already in their nodes. A part is smaller than 2^28 bytes
// and there are at most kMaxTypeSize of them, so 64-bit sums and products cannot wrap before the constructor compares
// the result with kMaxElemSize.
#include "canonical-abi/types/layout.hpp"

#include <algorithm>

namespace cvm::abi {
namespace {

// Sizes of the types without parts, which are their alignments too; the string's is per pointer.
constexpr uint32_t kPrimitiveSize[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, 0, 4};
static_assert(std::size(kPrimitiveSize) == static_cast<size_t>(TypeKind::kErrorContext) + 1);

uint32_t PrimitiveSize(const ValType& type) { return kPrimitiveSize[static_cast<size_t>(type.kind())]; }

const Layout& LayoutOf(const ValType& type, PtrType ptr_type) {
  return type.node().layout[static_cast<size_t>(ptr_type)];
}

}  // namespace

uint32_t Alignment(const ValType& type, PtrType ptr_type) {
  if (!type.primitive()) return LayoutOf(type, ptr_type).alignment;
  if (type.kind() == TypeKind::kString) return PtrSize(ptr_type);
  return PrimitiveSize(type);
}

uint32_t AlignmentList(const ValType& element, std::optional<uint32_t> length, PtrType ptr_type) {
  if (length.has_value()) return Alignment(element, ptr_type);
  return PtrSize(ptr_type);
}

uint32_t AlignmentRecord(const std::vector<FieldType>& fields, PtrType ptr_type) {
  uint32_t a = 1;
  for (const FieldType& f : fields) a = std::max(a, Alignment(f.type, ptr_type));
  return a;
}

uint32_t AlignmentVariant(const std::vector<CaseType>& cases, PtrType ptr_type) {
  return std::max(Alignment(DiscriminantType(cases), ptr_type), MaxCaseAlignment(cases, ptr_type));
}

ValType DiscriminantType(const std::vector<CaseType>& cases) {
  if (cases.size() <= 0x100) return U8Type();
  if (cases.size() <= 0x10000) return U16Type();
  return U32Type();
}

uint32_t MaxCaseAlignment(const std::vector<CaseType>& cases, PtrType ptr_type) {
  uint32_t a = 1;
  for (const CaseType& c : cases) {
    if (c.type.has_value()) a = std::max(a, Alignment(*c.type, ptr_type));
  }
  return a;
}

uint32_t AlignmentFlags(const std::vector<std::string>& labels) { return ElemSizeFlags(labels); }

uint32_t ElemSize(const ValType& type, PtrType ptr_type) {
  if (!type.primitive()) return LayoutOf(type, ptr_type).size;
  if (type.kind() == TypeKind::kString) return 2 * PtrSize(ptr_type);
  return PrimitiveSize(type);
}

uint64_t ElemSizeList(const ValType& element, std::optional<uint32_t> length, PtrType ptr_type) {
  if (length.has_value()) return uint64_t{*length} * ElemSize(element, ptr_type);
  return 2 * PtrSize(ptr_type);
}

uint64_t ElemSizeRecord(const std::vector<FieldType>& fields, PtrType ptr_type) {
  uint64_t s = 0;
  for (const FieldType& f : fields) {
    s = AlignTo(s, Alignment(f.type, ptr_type));
    s += ElemSize(f.type, ptr_type);
  }
  return AlignTo(s, AlignmentRecord(fields, ptr_type));
}

uint64_t ElemSizeVariant(const std::vector<CaseType>& cases, PtrType ptr_type) {
  uint64_t s = ElemSize(DiscriminantType(cases), ptr_type);
  s = AlignTo(s, MaxCaseAlignment(cases, ptr_type));
  uint64_t cs = 0;
  for (const CaseType& c : cases) {
    if (c.type.has_value()) cs = std::max<uint64_t>(cs, ElemSize(*c.type, ptr_type));
  }
  s += cs;
  return AlignTo(s, AlignmentVariant(cases, ptr_type));
}

uint32_t ElemSizeFlags(const std::vector<std::string>& labels) {
  const size_t n = labels.size();
  if (n <= 8) return 1;
  if (n <= 16) return 2;
  return 4;
}

}  // namespace cvm::abi
