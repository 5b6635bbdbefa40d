#include "vm/module/module.hpp"

#include <algorithm>

namespace cvm {

std::string_view ExternKindName(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc: return "function";
    case ExternKind::kTable: return "table";
    case ExternKind::kMemory: return "memory";
    case ExternKind::kGlobal: return "global";
    case ExternKind::kTag: return "tag";
  }
  return "unknown";
}

std::string_view NameMap::Find(uint32_t index) const {
  const auto it = std::lower_bound(entries.begin(), entries.end(), index,
                                   [](const auto& entry, uint32_t wanted) { return entry.first < wanted; });
  return it != entries.end() && it->first == index ? it->second : std::string_view();
}

void FinishIndexSpaces(ModuleData* module) {
  ModuleData& m = *module;
  m.func_types.clear(), m.table_types.clear(), m.memory_types.clear(), m.global_types.clear(), m.tag_types.clear();
  for (const Import& import : m.imports) {
    switch (import.kind()) {
      case ExternKind::kFunc: m.func_types.push_back(std::get<0>(import.type)); break;
      case ExternKind::kTable: m.table_types.push_back(std::get<1>(import.type)); break;
      case ExternKind::kMemory: m.memory_types.push_back(std::get<2>(import.type)); break;
      case ExternKind::kGlobal: m.global_types.push_back(std::get<3>(import.type)); break;
      case ExternKind::kTag: m.tag_types.push_back(std::get<4>(import.type)); break;
    }
  }
  m.imported_funcs = static_cast<uint32_t>(m.func_types.size());
  m.imported_tables = static_cast<uint32_t>(m.table_types.size());
  m.imported_memories = static_cast<uint32_t>(m.memory_types.size());
  m.imported_globals = static_cast<uint32_t>(m.global_types.size());
  m.imported_tags = static_cast<uint32_t>(m.tag_types.size());
  for (const Function& f : m.functions) m.func_types.push_back(f.type);
  for (const Table& t : m.tables) m.table_types.push_back(t.type);
  for (const MemoryType& t : m.memories) m.memory_types.push_back(t);
  for (const Global& g : m.globals) m.global_types.push_back(g.type);
  for (const TagType& t : m.tags) m.tag_types.push_back(t);
}

}  // namespace cvm
