// Encoding types: value types, functions, resources, and the types of components, instances and core modules.
#include "vm/binary/encode_types.hpp"
#include "component/binary/encode_definitions.hpp"
#include "component/model/forms.hpp"
#include "vm/isa/instr.hpp"

namespace cvm::component::binary {
namespace {

// ---- value types

void WriteOptional(Writer& out, const std::optional<ValTypeRef>& type) {
  out.U8(type ? 1 : 0);
  if (type) WriteValTypeRef(out, *type);
}

void WriteLabelled(Writer& out, const std::vector<LabelledType>& fields) {
  out.U64(fields.size());
  for (const LabelledType& field : fields) {
    out.Name(field.label);
    WriteValTypeRef(out, field.type);
  }
}

void WriteOperands(Writer& out, ValTypeOperands operands, const DefValType& type) {
  switch (operands) {
    case ValTypeOperands::kType:
      WriteValTypeRef(out, *type.first);
      break;
    case ValTypeOperands::kOptionalType:
      WriteOptional(out, type.first);
      break;
    case ValTypeOperands::kFixedList:
      WriteValTypeRef(out, *type.first);
      out.U32(*type.length);
      break;
    case ValTypeOperands::kMap:
      WriteValTypeRef(out, *type.first);
      WriteValTypeRef(out, *type.second);
      break;
    case ValTypeOperands::kResult:
      WriteOptional(out, type.first);
      WriteOptional(out, type.second);
      break;
    case ValTypeOperands::kFields:
      WriteLabelled(out, type.fields);
      break;
    case ValTypeOperands::kCases:
      out.U64(type.cases.size());
      for (const LabelledCase& c : type.cases) {
        out.Name(c.label);
        WriteOptional(out, c.type);
        out.U8(0);
      }
      break;
    case ValTypeOperands::kTypes:
      out.U64(type.types.size());
      for (const ValTypeRef& element : type.types) WriteValTypeRef(out, element);
      break;
    case ValTypeOperands::kLabels:
      out.U64(type.labels.size());
      for (const std::string_view label : type.labels) out.Name(label);
      break;
    case ValTypeOperands::kResource:
      out.U32(type.resource);
      break;
  }
}

const PrimitiveForm* FindPrimitive(abi::TypeKind kind) {
  for (const PrimitiveForm& form : kPrimitiveForms) {
    if (form.kind == kind) return &form;
  }
  return nullptr;
}

void WriteDefValType(Writer& out, const DefValType& type) {
  if (const PrimitiveForm* primitive = FindPrimitive(type.kind)) return out.U8(primitive->code);
  for (const ValTypeForm& form : kValTypeForms) {
    const bool fixed = form.operands == ValTypeOperands::kFixedList;
    if (form.kind != type.kind || (type.kind == abi::TypeKind::kList && fixed != type.length.has_value())) continue;
    out.U8(form.code);
    return WriteOperands(out, form.operands, type);
  }
}

// ---- component and instance types

struct DeclWriter {
  Writer& out;
  void operator()(const CoreTypeDef& def) const {
    out.U8(0x00);
    WriteCoreType(out, def);
  }
  void operator()(const TypeDef& def) const {
    out.U8(0x01);
    WriteType(out, def);
  }
  void operator()(const AliasDef& def) const {
    out.U8(0x02);
    WriteAlias(out, def);
  }
  void operator()(const ImportDef& def) const {
    out.U8(0x03);
    WriteImport(out, def);
  }
  void operator()(const ExportDef& def) const {
    out.U8(0x04);
    WriteExternName(out, def.name);
    WriteExternDesc(out, *def.ascribed);
  }
};

// ---- core types

// A type that is not final begins like a module type; it is set apart by a zero (Binary.md: core:deftype).
void WriteCoreRecGroup(Writer& out, const std::vector<SubType>& types) {
  if (types.size() == 1 && !types[0].final_) out.U8(0x00);
  cvm::binary::WriteRecGroup(out, types);
}

void WriteModuleDecl(Writer& out, const ModuleDecl& decl) {
  out.U8(static_cast<uint8_t>(decl.kind));
  if (decl.kind == ModuleDecl::Kind::kType) return WriteCoreType(out, decl.definition);
  if (decl.kind == ModuleDecl::Kind::kOuterAlias) {
    out.U8(FormOf(Sort::kCoreType).code);
    out.U8(0x01);  // outer
    out.U32(decl.outer_count);
    return out.U32(decl.outer_index);
  }
  if (decl.kind == ModuleDecl::Kind::kImport) out.Name(decl.module);
  out.Name(decl.name);
  out.U8(static_cast<uint8_t>(decl.type.index()));
  cvm::binary::WriteExternType(out, decl.type);
}

}  // namespace

// valtype
void WriteValTypeRef(Writer& out, const ValTypeRef& type) {
  if (const auto* kind = std::get_if<abi::TypeKind>(&type)) return out.U8(FindPrimitive(*kind)->code);
  out.S64(std::get<uint32_t>(type));
}

void WriteResult(Writer& out, const std::optional<ValTypeRef>& type) {
  out.U8(type ? 0 : 1);
  if (type) return WriteValTypeRef(out, *type);
  out.U8(0);
}

void WriteCoreType(Writer& out, const CoreTypeDef& def) {
  if (def.module == nullptr) return WriteCoreRecGroup(out, def.types);
  out.U8(0x50);
  out.U64(def.module->decls.size());
  for (const ModuleDecl& decl : def.module->decls) WriteModuleDecl(out, decl);
}

// deftype
void WriteType(Writer& out, const TypeDef& def) {
  switch (def.kind) {
    case TypeDef::Kind::kValue:
      return WriteDefValType(out, def.value);
    case TypeDef::Kind::kFunc:
      out.U8(def.func.async ? 0x43 : 0x40);
      WriteLabelled(out, def.func.params);
      return WriteResult(out, def.func.result);
    case TypeDef::Kind::kResource:
      out.U8(0x3f);
      WriteValType(out, def.resource.rep64 ? ValType::I64() : ValType::I32());
      out.U8(def.resource.destructor ? 1 : 0);
      if (def.resource.destructor) out.U32(*def.resource.destructor);
      return;
    case TypeDef::Kind::kComponent:
    case TypeDef::Kind::kInstance:
      break;
  }
  out.U8(def.kind == TypeDef::Kind::kComponent ? 0x41 : 0x42);
  out.U64(def.decls->decls.size());
  for (const ComponentTypeDef::Decl& decl : def.decls->decls) std::visit(DeclWriter{out}, decl.what);
}

}  // namespace cvm::component::binary
