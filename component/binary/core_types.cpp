// Core types as they stand in components: rec groups, and the types of core modules.
#include "component/binary/sections.hpp"
#include "vm/binary/sections.hpp"

namespace cvm::component::binary {
namespace {

// In this place 0x50 opens a module type; a non-final sub type is written 0x00 0x50 (Binary.md: core:deftype).
constexpr uint8_t kModuleTypeByte = 0x50;
constexpr uint8_t kSubEscapeByte = 0x00;
constexpr uint8_t kTypeSortByte = 0x10;
constexpr uint8_t kOuterByte = 0x01;

// Binary.md: core:alias
Result<void> ReadCoreOuterAlias(Reader& in, ModuleDecl* decl) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t sort, in.U8());
  if (sort != kTypeSortByte) return LeadingByteError(at, sort, "outer alias kind");
  CVM_ASSIGN_OR_RETURN(const uint8_t target, in.U8());
  if (target != kOuterByte) return LeadingByteError(at + 1, target, "outer alias target");
  CVM_ASSIGN_OR_RETURN(decl->outer_count, in.U32());
  CVM_ASSIGN_OR_RETURN(decl->outer_index, in.U32());
  return {};
}

Result<ExternType> ReadCoreExternType(Reader& in, DecodeContext& cx) {
  ModuleData scratch;
  const cvm::binary::DecodeContext core{cx.features, cx.limits, scratch};
  Import import{{}, {}, TypeIndex(0)};
  CVM_RETURN_IF_ERROR(cvm::binary::ReadExternType(in, core, &import));
  return import.type;
}

Result<void> ReadModuleDecl(Reader& in, DecodeContext& cx, ModuleDecl* decl) {
  decl->offset = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t kind, in.U8());
  if (kind > 3) return LeadingByteError(decl->offset, kind, "type definition");
  decl->kind = static_cast<ModuleDecl::Kind>(kind);
  if (decl->kind == ModuleDecl::Kind::kType) {
    // Binary.md lets validation refuse this; refused here, module types do not recurse.
    if (in.PeekOr(0) == kModuleTypeByte) {
      return InvalidError(in.offset(),
                          "invalid leading byte (0x50) for a core type: module types cannot be nested in module types");
    }
    return ReadCoreType(in, cx, &decl->definition);
  }
  if (decl->kind == ModuleDecl::Kind::kOuterAlias) return ReadCoreOuterAlias(in, decl);
  if (decl->kind == ModuleDecl::Kind::kImport) {
    CVM_ASSIGN_OR_RETURN(decl->module, LimitedName(in, cx));
  }
  CVM_ASSIGN_OR_RETURN(decl->name, LimitedName(in, cx));
  CVM_ASSIGN_OR_RETURN(decl->type, ReadCoreExternType(in, cx));
  return {};
}

Result<void> ReadModuleType(Reader& in, DecodeContext& cx, CoreTypeDef* type) {
  auto module = std::make_shared<ModuleTypeDef>();
  CVM_ASSIGN_OR_RETURN(module->decls, ReadVec(in, cx, &LoadLimits::type_declarations, ReadModuleDecl));
  type->module = std::move(module);
  return {};
}

Result<void> ReadRecGroup(Reader& in, DecodeContext& cx, CoreTypeDef* type) {
  const uint64_t at = in.offset();
  ModuleData scratch;
  cvm::binary::DecodeContext core{cx.features, cx.limits, scratch};
  CVM_RETURN_IF_ERROR(cvm::binary::ReadRecGroup(in, core));
  CVM_RETURN_IF_ERROR(Charge(cx, scratch.types.size() * sizeof(SubType), at));
  type->types = std::move(scratch.types);
  return {};
}

}  // namespace

Result<void> ReadCoreType(Reader& in, DecodeContext& cx, CoreTypeDef* type) {
  const uint64_t at = in.offset();
  const uint8_t byte = in.PeekOr(0x60);
  if (byte == kModuleTypeByte) {
    CVM_RETURN_IF_ERROR(in.U8());
    return ReadModuleType(in, cx, type);
  }
  if (byte == kSubEscapeByte) {
    CVM_RETURN_IF_ERROR(in.U8());
    const uint8_t sub = in.PeekOr(0);
    if (sub != kModuleTypeByte) return LeadingByteError(at + 1, sub, "non-final sub type");
  }
  return ReadRecGroup(in, cx, type);
}

}  // namespace cvm::component::binary
