// Custom sections whose meaning is known: names (core/appendix/custom#name-section) and branch hints (core/appendix/
// custom of the branch-hinting proposal, `metadata.code.branch_hint`).
#include <algorithm>

#include "vm/binary/sections.hpp"

namespace cvm::binary {
namespace {

Result<NameMap> ReadNameMap(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count(2));
  NameMap map;
  map.entries.reserve(count);
  bool sorted = true;
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
    CVM_ASSIGN_OR_RETURN(const std::string_view name, in.Name());
    sorted = sorted && (map.entries.empty() || map.entries.back().first < index);
    map.entries.emplace_back(index, name);
  }
  // The section's convention asks for rising indices; some producers do not keep to it.
  if (!sorted) {
    std::sort(map.entries.begin(), map.entries.end());
  }
  return map;
}

using IndirectNameMap = std::vector<std::pair<uint32_t, NameMap>>;

Result<IndirectNameMap> ReadIndirectNameMap(Reader& in) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count(2));
  IndirectNameMap maps;
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
    CVM_ASSIGN_OR_RETURN(NameMap map, ReadNameMap(in));
    maps.emplace_back(index, std::move(map));
  }
  std::sort(maps.begin(), maps.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return maps;
}

struct MapSection {
  uint8_t id;
  NameMap Names::* map;
};
constexpr MapSection kMaps[] = {{1, &Names::funcs},   {4, &Names::types}, {5, &Names::tables}, {6, &Names::memories},
                                {7, &Names::globals}, {8, &Names::elems}, {9, &Names::datas},  {11, &Names::tags}};
struct IndirectMapSection {
  uint8_t id;
  IndirectNameMap Names::* maps;
};
constexpr IndirectMapSection kIndirectMaps[] = {{2, &Names::locals}, {3, &Names::labels}, {10, &Names::fields}};

Result<void> ReadNameSubsection(uint8_t id, Reader in, Names* names) {
  if (id == 0) {
    CVM_ASSIGN_OR_RETURN(names->module, in.Name());
    return {};
  }
  for (const MapSection& section : kMaps) {
    if (section.id != id) continue;
    CVM_ASSIGN_OR_RETURN(names->*section.map, ReadNameMap(in));
  }
  for (const IndirectMapSection& section : kIndirectMaps) {
    if (section.id != id) continue;
    CVM_ASSIGN_OR_RETURN(names->*section.maps, ReadIndirectNameMap(in));
  }
  return {};
}

Result<void> ReadNameSection(Reader& in, Names* names) {
  while (!in.AtEnd()) {
    CVM_ASSIGN_OR_RETURN(const uint8_t id, in.U8());
    CVM_ASSIGN_OR_RETURN(const uint32_t size, in.U32());
    CVM_ASSIGN_OR_RETURN(const Reader contents, in.Sub(size));
    CVM_RETURN_IF_ERROR(ReadNameSubsection(id, contents, names));
  }
  return {};
}

Result<std::vector<BranchHint>> ReadBranchHints(Reader& in) {
  std::vector<BranchHint> hints;
  CVM_ASSIGN_OR_RETURN(const uint32_t funcs, in.Count(2));
  for (uint32_t i = 0; i < funcs; ++i) {
    CVM_ASSIGN_OR_RETURN(const uint32_t func, in.U32());
    CVM_ASSIGN_OR_RETURN(const uint32_t count, in.Count(3));
    for (uint32_t k = 0; k < count; ++k) {
      CVM_ASSIGN_OR_RETURN(const uint32_t offset, in.U32());
      CVM_ASSIGN_OR_RETURN(const uint32_t size, in.U32());
      if (size != 1) return MalformedError(in.offset(), "malformed branch hint");
      CVM_ASSIGN_OR_RETURN(const uint8_t value, in.U8());
      if (value > 1) return MalformedError(in.offset(), "malformed branch hint");
      hints.push_back({FuncIndex(func), offset, value == 1});
    }
  }
  return hints;
}

}  // namespace

void DecodeNames(Reader in, Names* names) {
  Names read;
  if (ReadNameSection(in, &read).ok()) *names = std::move(read);
}

void DecodeBranchHints(Reader in, std::vector<BranchHint>* hints) {
  Result<std::vector<BranchHint>> read = ReadBranchHints(in);
  if (read.ok()) *hints = *std::move(read);
}

}  // namespace cvm::binary
