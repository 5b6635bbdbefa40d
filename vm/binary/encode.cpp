#include "vm/binary/encode.hpp"

#include <algorithm>
#include <span>

#include "vm/binary/encode_types.hpp"
#include "vm/isa/instr.hpp"

namespace cvm {
namespace {

void WriteSection(Writer& out, uint8_t id, const Writer& contents) {
  out.U8(id);
  out.U64(contents.size());
  out.Raw(contents.bytes());
}

// A section that holds a vector; left out where that is empty.
template <class List, class Write>
void WriteVector(Writer& out, uint8_t id, const List& list, Write write) {
  if (list.empty()) return;
  Writer contents;
  contents.U64(list.size());
  for (const auto& item : list) write(contents, item);
  WriteSection(out, id, contents);
}

void WriteTypes(Writer& out, const ModuleData& module) {
  WriteVector(out, 1, module.rec_groups, [&](Writer& contents, const RecGroup& group) {
    binary::WriteRecGroup(contents, std::span(module.types).subspan(group.start, group.count));
  });
}

void WriteTable(Writer& out, const Table& table) {
  if (table.init) {
    out.U8(0x40);
    out.U8(0x00);
  }
  binary::WriteExternType(out, table.type);
  if (table.init) out.Raw(table.init->bytes);
}

template <class Type>
void WriteType(Writer& out, const Type& type) {
  binary::WriteExternType(out, type);
}

void WriteImport(Writer& out, const Import& import) {
  constexpr uint8_t kExactFunc = 0x20;
  out.Name(import.module);
  out.Name(import.name);
  out.U8(import.exact ? kExactFunc : static_cast<uint8_t>(import.kind()));
  binary::WriteExternType(out, import.type);
}

void WriteExport(Writer& out, const Export& exported) {
  out.Name(exported.name);
  out.U8(static_cast<uint8_t>(exported.kind));
  out.U32(exported.index);
}

// core/binary/modules#element-section: bit 0 not active, bit 1 declarative or an explicit table, bit 2 expressions.
void WriteElement(Writer& out, const ElementSegment& segment) {
  const bool expressions = std::holds_alternative<std::vector<Expr>>(segment.items);
  const bool active = segment.mode == SegmentMode::kActive;
  const bool short_form = active && segment.table.value == 0 && (!expressions || segment.type == ValType::FuncRef());
  uint32_t flags = expressions ? 4 : 0;
  if (!active) flags |= segment.mode == SegmentMode::kDeclarative ? 3 : 1;
  if (active && !short_form) flags |= 2;
  out.U32(flags);
  if (active) {
    if (!short_form) out.U32(segment.table.value);
    out.Raw(segment.offset.bytes);
  }
  if (!short_form) {
    if (expressions) {
      WriteValType(out, segment.type);
    } else {
      out.U8(0);  // element kind: func
    }
  }
  out.U64(segment.size());
  if (expressions) {
    for (const Expr& item : std::get<std::vector<Expr>>(segment.items)) out.Raw(item.bytes);
  } else {
    for (const FuncIndex item : std::get<std::vector<FuncIndex>>(segment.items)) out.U32(item.value);
  }
}

void WriteBody(Writer& out, const Function& function) {
  Writer body;
  body.U64(function.locals.size());
  for (const LocalRun& run : function.locals) {
    body.U32(run.count);
    WriteValType(body, run.type);
  }
  body.Raw(function.body.bytes);
  out.U64(body.size());
  out.Raw(body.bytes());
}

void WriteData(Writer& out, const DataSegment& segment) {
  const bool active = segment.mode == SegmentMode::kActive;
  out.U32(!active ? 1 : segment.memory.value == 0 ? 0 : 2);
  if (active) {
    if (segment.memory.value != 0) out.U32(segment.memory.value);
    out.Raw(segment.offset.bytes);
  }
  out.U64(segment.bytes.size());
  out.Raw(segment.bytes);
}

// --- custom sections

bool HasCustom(const ModuleData& module, std::string_view name) {
  return std::any_of(module.customs.begin(), module.customs.end(),
                     [&](const CustomSection& custom) { return custom.name == name; });
}

void WriteCustom(Writer& out, std::string_view name, Bytes bytes) {
  Writer contents;
  contents.Name(name);
  contents.Raw(bytes);
  WriteSection(out, 0, contents);
}

void WriteNameMap(Writer& out, const NameMap& map) {
  out.U64(map.entries.size());
  for (const auto& [index, name] : map.entries) {
    out.U32(index);
    out.Name(name);
  }
}

void WriteNames(Writer& out, uint8_t id, const NameMap& map) {
  if (map.entries.empty()) return;
  Writer contents;
  WriteNameMap(contents, map);
  WriteSection(out, id, contents);
}

void WriteIndirectNames(Writer& out, uint8_t id, const std::vector<std::pair<uint32_t, NameMap>>& maps) {
  WriteVector(out, id, maps, [](Writer& contents, const auto& entry) {
    contents.U32(entry.first);
    WriteNameMap(contents, entry.second);
  });
}

void WriteNameSection(Writer& out, const Names& names) {
  Writer contents;
  if (!names.module.empty()) {
    Writer module_name;
    module_name.Name(names.module);
    WriteSection(contents, 0, module_name);
  }
  WriteNames(contents, 1, names.funcs);
  WriteIndirectNames(contents, 2, names.locals);
  WriteIndirectNames(contents, 3, names.labels);
  WriteNames(contents, 4, names.types);
  WriteNames(contents, 5, names.tables);
  WriteNames(contents, 6, names.memories);
  WriteNames(contents, 7, names.globals);
  WriteNames(contents, 8, names.elems);
  WriteNames(contents, 9, names.datas);
  WriteIndirectNames(contents, 10, names.fields);
  WriteNames(contents, 11, names.tags);
  if (contents.size() != 0) WriteCustom(out, "name", contents.bytes());
}

constexpr std::string_view kBranchHintSection = "metadata.code.branch_hint";

// Hints come in the order of functions and offsets; one entry a function.
void WriteBranchHints(Writer& out, const ModuleData& module) {
  for (const CustomSection& custom : module.customs) {
    if (custom.name == kBranchHintSection) return WriteCustom(out, custom.name, custom.bytes);
  }
  std::vector<BranchHint> hints = module.branch_hints;
  if (hints.empty()) return;
  std::sort(hints.begin(), hints.end(), [](const BranchHint& a, const BranchHint& b) {
    return std::pair(a.func.value, a.offset) < std::pair(b.func.value, b.offset);
  });
  Writer functions;
  uint32_t function_count = 0;
  for (size_t i = 0; i < hints.size(); ++function_count) {
    size_t end = i;
    while (end < hints.size() && hints[end].func == hints[i].func) ++end;
    functions.U32(hints[i].func.value);
    functions.U64(end - i);
    for (; i < end; ++i) {
      functions.U32(hints[i].offset);
      functions.U32(1);
      functions.U8(hints[i].likely ? 1 : 0);
    }
  }
  Writer contents;
  contents.U32(function_count);
  contents.Raw(functions.bytes());
  WriteCustom(out, kBranchHintSection, contents.bytes());
}

void WriteFunctionTypes(Writer& out, const ModuleData& module) {
  WriteVector(out, 3, module.functions, [](Writer& contents, const Function& f) { contents.U32(f.type.value); });
}

void WriteU32Section(Writer& out, uint8_t id, uint32_t value) {
  Writer contents;
  contents.U32(value);
  WriteSection(out, id, contents);
}

}  // namespace

std::vector<uint8_t> EncodeModule(const ModuleData& module) {
  Writer out;
  for (const uint8_t byte : {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00}) out.U8(byte);  // "\0asm", version 1
  WriteTypes(out, module);
  WriteVector(out, 2, module.imports, WriteImport);
  WriteFunctionTypes(out, module);
  WriteVector(out, 4, module.tables, WriteTable);
  WriteVector(out, 5, module.memories, WriteType<MemoryType>);
  WriteVector(out, 13, module.tags, WriteType<TagType>);
  WriteVector(out, 6, module.globals, [](Writer& contents, const Global& global) {
    binary::WriteExternType(contents, global.type);
    contents.Raw(global.init.bytes);
  });
  WriteVector(out, 7, module.exports, WriteExport);
  if (module.start) WriteU32Section(out, 8, module.start->value);
  WriteVector(out, 9, module.elements, WriteElement);
  if (module.data_count) WriteU32Section(out, 12, *module.data_count);
  WriteBranchHints(out, module);
  WriteVector(out, 10, module.functions, WriteBody);
  WriteVector(out, 11, module.data, WriteData);
  if (!HasCustom(module, "name")) WriteNameSection(out, module.names);
  for (const CustomSection& custom : module.customs) {
    if (custom.name != kBranchHintSection) WriteCustom(out, custom.name, custom.bytes);
  }
  return out.Take();
}

}  // namespace cvm
