// Private to vm/binary: one decoder a section. Each reads the section's contents, from the reader that it is given, and
// appends to the module; the driver in decode.cpp checks the order of sections and that each ends where its size says.
#pragma once

#include "vm/binary/decode.hpp"
#include "vm/isa/instr.hpp"

namespace cvm::binary {

struct DecodeContext {
  const Features& features;
  const LoadLimits& limits;
  ModuleData& module;
  uint32_t declared_functions = 0;  // entries of the function section
  uint32_t bodies = 0;              // entries of the code section
};

Result<void> CheckLimit(const DecodeContext& cx, LoadLimit which, uint64_t found, uint64_t at);
// The count of a vector, checked against the limit and against the bytes left: elements take at least so many bytes before
// anything in them can be found wrong.
Result<uint32_t> LimitedCount(Reader& in, const DecodeContext& cx, uint32_t min_element_bytes, LoadLimit which);
Result<std::string_view> LimitedName(Reader& in, const DecodeContext& cx);

// types.cpp
Result<void> DecodeTypes(Reader& in, DecodeContext& cx);
// One rec group, appended to the module's types; also for the core types of components.
Result<void> ReadRecGroup(Reader& in, DecodeContext& cx);
Result<ValType> ReadRefType(Reader& in, const Features& features);
Result<bool> ReadMutability(Reader& in);
Result<TableType> ReadTableType(Reader& in, const Features& features);
Result<MemoryType> ReadMemoryType(Reader& in, const Features& features);
Result<GlobalType> ReadGlobalType(Reader& in, const Features& features);
Result<TagType> ReadTagType(Reader& in);

// externs.cpp
// core/binary/types#binary-externtype, into the type of the import; also for the module types of components.
Result<void> ReadExternType(Reader& in, const DecodeContext& cx, Import* import);
Result<void> DecodeImports(Reader& in, DecodeContext& cx);
Result<void> DecodeTables(Reader& in, DecodeContext& cx);
Result<void> DecodeMemories(Reader& in, DecodeContext& cx);
Result<void> DecodeTags(Reader& in, DecodeContext& cx);
Result<void> DecodeGlobals(Reader& in, DecodeContext& cx);
Result<void> DecodeExports(Reader& in, DecodeContext& cx);
Result<void> DecodeStart(Reader& in, DecodeContext& cx);

// code.cpp
Result<void> DecodeFunctions(Reader& in, DecodeContext& cx);
Result<void> DecodeCode(Reader& in, DecodeContext& cx);

// segments.cpp
Result<void> DecodeElements(Reader& in, DecodeContext& cx);
Result<void> DecodeDataCount(Reader& in, DecodeContext& cx);
Result<void> DecodeData(Reader& in, DecodeContext& cx);

// customs.cpp: contents that do not follow their convention are passed over; custom sections never fail a module.
void DecodeNames(Reader in, Names* names);
void DecodeBranchHints(Reader in, std::vector<BranchHint>* hints);

}  // namespace cvm::binary
