// Instance definitions, of core modules and of components: instantiations and bundles of inline exports.
#include "component/binary/sections.hpp"

namespace cvm::component::binary {
namespace {

constexpr uint8_t kInstanceSortByte = 0x12;

Result<void> ReadCoreArg(Reader& in, DecodeContext& cx, CoreInstantiation::Arg* arg) {
  CVM_ASSIGN_OR_RETURN(arg->name, LimitedName(in, cx));
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t sort, in.U8());
  if (sort != kInstanceSortByte) return LeadingByteError(at, sort, "instantiation arg kind");
  CVM_ASSIGN_OR_RETURN(arg->instance, in.U32());
  return {};
}

Result<void> ReadCoreInlineExport(Reader& in, DecodeContext& cx, CoreInlineExport* exported) {
  CVM_ASSIGN_OR_RETURN(exported->name, LimitedName(in, cx));
  CVM_ASSIGN_OR_RETURN(exported->what.sort, ReadCoreSort(in));
  CVM_ASSIGN_OR_RETURN(exported->what.index, in.U32());
  return {};
}

Result<void> ReadArg(Reader& in, DecodeContext& cx, InstanceArg* arg) {
  CVM_ASSIGN_OR_RETURN(arg->name, LimitedName(in, cx));
  return ReadSortIndex(in, &arg->what);
}

Result<void> ReadInlineExport(Reader& in, DecodeContext& cx, InlineExport* exported) {
  CVM_RETURN_IF_ERROR(ReadExternName(in, cx, &exported->name));
  return ReadSortIndex(in, &exported->what);
}

}  // namespace

Result<void> ReadCoreInstance(Reader& in, DecodeContext& cx, CoreInstanceDef* instance) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t form, in.U8());
  if (form > 1) return LeadingByteError(at, form, "core instance");
  if (form == 1) {
    CVM_ASSIGN_OR_RETURN(instance->how, ReadVec(in, cx, &LoadLimits::inline_exports, ReadCoreInlineExport));
    return {};
  }
  CoreInstantiation instantiation;
  CVM_ASSIGN_OR_RETURN(instantiation.module, in.U32());
  CVM_ASSIGN_OR_RETURN(instantiation.args, ReadVec(in, cx, &LoadLimits::instantiation_args, ReadCoreArg));
  instance->how = std::move(instantiation);
  return {};
}

Result<void> ReadInstance(Reader& in, DecodeContext& cx, InstanceDef* instance) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t form, in.U8());
  if (form > 1) return LeadingByteError(at, form, "instance");
  if (form == 1) {
    CVM_ASSIGN_OR_RETURN(instance->how, ReadVec(in, cx, &LoadLimits::inline_exports, ReadInlineExport));
    return {};
  }
  Instantiation instantiation;
  CVM_ASSIGN_OR_RETURN(instantiation.component, in.U32());
  CVM_ASSIGN_OR_RETURN(instantiation.args, ReadVec(in, cx, &LoadLimits::instantiation_args, ReadArg));
  instance->how = std::move(instantiation);
  return {};
}

}  // namespace cvm::component::binary
