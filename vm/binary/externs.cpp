// Sections of things that can be imported and exported (core/binary/modules).
#include "vm/binary/sections.hpp"

namespace cvm::binary {
namespace {

constexpr uint8_t kExactFuncByte = 0x20;  // custom-descriptors: (func (exact …))

bool HasTags(const Features& features) {
  return features.Has(Feature::kExceptions) || features.Has(Feature::kLegacyExceptions);
}

}  // namespace

// core/binary/types#binary-externtype
Result<void> ReadExternType(Reader& in, const DecodeContext& cx, Import* import) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(uint8_t kind, in.U8());
  if (kind == kExactFuncByte && cx.features.Has(Feature::kCustomDescriptors)) {
    import->exact = true;
    kind = 0;
  }
  switch (kind) {
    case 0: {
      CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
      import->type = TypeIndex(index);
      return {};
    }
    case 1: {
      CVM_ASSIGN_OR_RETURN(import->type, ReadTableType(in, cx.features));
      return {};
    }
    case 2: {
      CVM_ASSIGN_OR_RETURN(import->type, ReadMemoryType(in, cx.features));
      return {};
    }
    case 3: {
      CVM_ASSIGN_OR_RETURN(import->type, ReadGlobalType(in, cx.features));
      return {};
    }
    case 4:
      if (HasTags(cx.features)) {
        CVM_ASSIGN_OR_RETURN(import->type, ReadTagType(in));
        return {};
      }
      break;
    default:
      break;
  }
  return MalformedError(at, "malformed import kind");
}

Result<void> DecodeImports(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 3, &LoadLimits::imports));
  cx.module.imports.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    Import import;
    import.offset = in.offset();
    CVM_ASSIGN_OR_RETURN(import.module, LimitedName(in, cx));
    CVM_ASSIGN_OR_RETURN(import.name, LimitedName(in, cx));
    CVM_RETURN_IF_ERROR(ReadExternType(in, cx, &import));
    cx.module.imports.push_back(std::move(import));
  }
  return {};
}

Result<void> DecodeTables(Reader& in, DecodeContext& cx) {
  constexpr uint8_t kWithInitializer = 0x40;  // core/binary/modules#binary-table
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 2, &LoadLimits::tables));
  for (uint32_t i = 0; i < count; ++i) {
    Table table;
    const bool with_init = in.PeekOr(0) == kWithInitializer;
    if (with_init) {
      CVM_RETURN_IF_ERROR(in.U8());
      CVM_ASSIGN_OR_RETURN(const uint8_t zero, in.U8());
      if (zero != 0) return MalformedError(in.offset() - 1, "zero byte expected");
    }
    CVM_ASSIGN_OR_RETURN(table.type, ReadTableType(in, cx.features));
    if (with_init) {
      CVM_ASSIGN_OR_RETURN(table.init, ReadExpr(in, cx.features));
    }
    cx.module.tables.push_back(std::move(table));
  }
  return {};
}

Result<void> DecodeMemories(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 1, &LoadLimits::memories));
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const MemoryType type, ReadMemoryType(in, cx.features));
    cx.module.memories.push_back(type);
  }
  return {};
}

Result<void> DecodeTags(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 1, &LoadLimits::tags));
  cx.module.tags.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    CVM_ASSIGN_OR_RETURN(const TagType type, ReadTagType(in));
    cx.module.tags.push_back(type);
  }
  return {};
}

Result<void> DecodeGlobals(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 2, &LoadLimits::globals));
  cx.module.globals.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    Global global;
    CVM_ASSIGN_OR_RETURN(global.type, ReadGlobalType(in, cx.features));
    CVM_ASSIGN_OR_RETURN(global.init, ReadExpr(in, cx.features));
    cx.module.globals.push_back(global);
  }
  return {};
}

Result<void> DecodeExports(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 3, &LoadLimits::exports));
  cx.module.exports.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    Export exported;
    exported.offset = in.offset();
    CVM_ASSIGN_OR_RETURN(exported.name, LimitedName(in, cx));
    CVM_ASSIGN_OR_RETURN(const uint8_t kind, in.U8());
    if (kind > (HasTags(cx.features) ? 4 : 3)) return MalformedError(in.offset() - 1, "malformed export kind");
    exported.kind = static_cast<ExternKind>(kind);
    CVM_ASSIGN_OR_RETURN(exported.index, in.U32());
    cx.module.exports.push_back(exported);
  }
  return {};
}

Result<void> DecodeStart(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
  cx.module.start = FuncIndex(index);
  return {};
}

}  // namespace cvm::binary
