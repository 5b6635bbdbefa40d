// Private to component/binary: the encoders of single definitions, the inverses of what sections.hpp reads.
#pragma once

#include "component/model/component.hpp"

namespace cvm::component::binary {

// encode_definitions.cpp
void WriteSort(Writer& out, Sort sort);
void WriteCoreInstance(Writer& out, const CoreInstanceDef& def);
void WriteInstance(Writer& out, const InstanceDef& def);
void WriteAlias(Writer& out, const AliasDef& def);
void WriteCanon(Writer& out, const CanonDef& def);
void WriteStart(Writer& out, const StartDef& def);
void WriteImport(Writer& out, const ImportDef& def);
void WriteExport(Writer& out, const ExportDef& def);
void WriteValue(Writer& out, const ValueDef& def);
void WriteExternName(Writer& out, const ExternNameText& name);
void WriteExternDesc(Writer& out, const ExternDesc& desc);

// encode_types.cpp
void WriteCoreType(Writer& out, const CoreTypeDef& def);
void WriteType(Writer& out, const TypeDef& def);
void WriteValTypeRef(Writer& out, const ValTypeRef& type);
// resultlist
void WriteResult(Writer& out, const std::optional<ValTypeRef>& type);

}  // namespace cvm::component::binary
