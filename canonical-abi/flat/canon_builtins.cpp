#include "canonical-abi/flat/canon_builtins.hpp"

#include <memory>
#include <string>
#include <utility>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {

Result<uint32_t> CanonResourceNew(ComponentInstance& inst, const ResourceType& rt, uint64_t rep) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  return inst.handles().Add(ResourceHandle{.rt = &rt, .rep = rep, .own = true});
}

Result<std::optional<DestructorCall>> CanonResourceDrop(ComponentInstance& inst, const ResourceType& rt, uint32_t i) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(const ResourceHandle* place, inst.handles().GetResource(i, &rt));
  const ResourceHandle h = *place;
  if (h.num_lends != 0) return TrapError("cannot remove owned resource while borrowed");
  CVM_RETURN_IF_ERROR(inst.handles().Remove(i));
  if (h.own) return std::optional(DestructorCall{h.rt, h.rep});
  h.borrow_scope->DropBorrow();
  return std::optional<DestructorCall>();
}

Result<uint64_t> CanonResourceRep(ComponentInstance& inst, const ResourceType& rt, uint32_t i) {
  CVM_ASSIGN_OR_RETURN(const ResourceHandle* h, inst.handles().GetResource(i, &rt));
  return h->rep;
}

Result<uint32_t> CanonErrorContextNew(LiftLowerContext& cx, uint64_t ptr, uint64_t tagged_code_units) {
  CVM_RETURN_IF_ERROR(cx.inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(Value s, LoadStringFromRange(cx, ptr, tagged_code_units));
  String message = std::move(*s.As<String>());
  if (message.text.size() > kMaxDebugMessage) {
    // Cut before the sequence that crosses the limit: a continuation byte is never the first of one.
    size_t end = kMaxDebugMessage;
    while (end > 0 && (static_cast<uint8_t>(message.text[end]) & 0xc0) == 0x80) --end;
    message.text.resize(end);
    message.text.shrink_to_fit();
  }
  return cx.inst.handles().Add(std::make_shared<const ErrorContext>(ErrorContext{std::move(message)}));
}

Result<void> CanonErrorContextDebugMessage(LiftLowerContext& cx, uint32_t i, uint64_t ptr) {
  CVM_RETURN_IF_ERROR(cx.inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(const ErrorContextRef errctx, cx.inst.handles().GetErrorContext(i));
  CVM_RETURN_IF_ERROR(
      cx.CheckRange(ptr, cx.ptr_size(), 2 * cx.ptr_size(), Fault::kPointerAlignment, Fault::kPointerBounds));
  return StoreString(cx, errctx->debug_message, ptr);
}

Result<void> CanonErrorContextDrop(ComponentInstance& inst, uint32_t i) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  CVM_RETURN_IF_ERROR(inst.handles().GetErrorContext(i));
  CVM_RETURN_IF_ERROR(inst.handles().Remove(i));
  return {};
}

}  // namespace cvm::abi
