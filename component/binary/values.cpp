// Start functions and value definitions.
#include "component/binary/sections.hpp"

namespace cvm::component::binary {
namespace {

Result<void> ReadIndex(Reader& in, DecodeContext&, uint32_t* index) {
  CVM_ASSIGN_OR_RETURN(*index, in.U32());
  return {};
}

}  // namespace

Result<void> ReadStart(Reader& in, DecodeContext& cx, StartDef* start) {
  CVM_ASSIGN_OR_RETURN(start->func, in.U32());
  CVM_ASSIGN_OR_RETURN(start->args, ReadVec(in, cx, &LoadLimits::component_params, ReadIndex));
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(start->results, in.U32());
  return CheckLimit(cx, &LoadLimits::component_values, start->results, at);
}

// Binary.md: value. The encoded value is read once its type is known.
Result<void> ReadValue(Reader& in, DecodeContext&, ValueDef* value) {
  CVM_ASSIGN_OR_RETURN(value->type, ReadValTypeRef(in));
  CVM_ASSIGN_OR_RETURN(const uint32_t size, in.U32());
  CVM_ASSIGN_OR_RETURN(value->encoded, in.Take(size));
  return {};
}

}  // namespace cvm::component::binary
