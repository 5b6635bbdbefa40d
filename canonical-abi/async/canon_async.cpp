#include "canonical-abi/async/canon_async.hpp"

#include "canonical-abi/memory/store.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

Result<std::shared_ptr<CopyEnd>> GetEnd(const CopySite& site, uint32_t i) {
  CVM_RETURN_IF_ERROR(site.inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<HandleObject> object, site.inst.handles().GetObject(i, site.end));
  auto end = std::static_pointer_cast<CopyEnd>(std::move(object));
  CVM_RETURN_IF_ERROR(end->CheckType(i, site.element));
  return end;
}

CopyOutcome OutcomeOf(std::shared_ptr<CopyEnd> end) {
  if (!end->HasPendingEvent()) return {std::move(end), std::nullopt};
  const uint32_t payload = end->GetPendingEvent().p2;
  return {std::move(end), payload};
}

// The two ends of a pair are added one after the other; if there is room for one only, none is.
Result<uint64_t> AddEnds(ComponentInstance& inst, const std::shared_ptr<SharedCopy>& shared,
                         const std::optional<ValType>& element) {
  const bool future = shared->is_future();
  const HandleKind readable = future ? HandleKind::kReadableFutureEnd : HandleKind::kReadableStreamEnd;
  const HandleKind writable = future ? HandleKind::kWritableFutureEnd : HandleKind::kWritableStreamEnd;
  CVM_ASSIGN_OR_RETURN(const uint32_t ri,
                       inst.handles().Add(std::make_shared<CopyEnd>(readable, shared, element, inst)));
  Result<uint32_t> wi = inst.handles().Add(std::make_shared<CopyEnd>(writable, shared, element, inst));
  if (!wi.ok()) {
    CVM_RETURN_IF_ERROR(inst.handles().Remove(ri));
    return std::move(wi).error();
  }
  return ri | (uint64_t{*wi} << 32);
}

}  // namespace

Result<uint32_t> CanonWaitableSetNew(ComponentInstance& inst) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  return inst.handles().Add(std::shared_ptr<HandleObject>(std::make_shared<WaitableSet>()));
}

Result<std::shared_ptr<WaitableSet>> GetWaitableSet(ComponentInstance& inst, uint32_t si) {
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<HandleObject> object, inst.handles().GetObject(si, HandleKind::kWaitableSet));
  return std::static_pointer_cast<WaitableSet>(std::move(object));
}

Result<void> CanonWaitableSetDrop(ComponentInstance& inst, uint32_t i) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<WaitableSet> set, GetWaitableSet(inst, i));
  CVM_RETURN_IF_ERROR(set->CheckDrop());
  CVM_RETURN_IF_ERROR(inst.handles().Remove(i));
  return {};
}

Result<void> CanonWaitableJoin(ComponentInstance& inst, uint32_t wi, uint32_t si) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(HandleTable::Entry * entry, inst.handles().Get(wi));
  auto* object = std::get_if<std::shared_ptr<HandleObject>>(entry);
  if (object == nullptr || (*object)->kind() == HandleKind::kWaitableSet) {
    return TrapError("handle index " + std::to_string(wi) +
                     " used with the wrong type, expected a waitable but found " +
                     std::string(HandleKindName(KindOf(*entry))));
  }
  const std::shared_ptr<HandleObject> waitable = *object;
  std::shared_ptr<WaitableSet> set;
  if (static_cast<Waitable&>(*waitable).has_sync_waiter()) return static_cast<Waitable&>(*waitable).Join(nullptr);
  if (si != 0) {
    CVM_ASSIGN_OR_RETURN(set, GetWaitableSet(inst, si));
  }
  return static_cast<Waitable&>(*waitable).Join(set.get());
}

Result<uint32_t> UnpackEvent(LiftLowerContext& cx, uint64_t ptr, const Event& event) {
  CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, 4, 8, Fault::kPointerAlignment, Fault::kPointerBounds));
  CVM_RETURN_IF_ERROR(StoreInt(cx, event.p1, ptr, 4));
  CVM_RETURN_IF_ERROR(StoreInt(cx, event.p2, ptr + 4, 4));
  return static_cast<uint32_t>(event.code);
}

Result<std::shared_ptr<Subtask>> GetSubtask(ComponentInstance& inst, uint32_t i) {
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<HandleObject> object, inst.handles().GetObject(i, HandleKind::kSubtask));
  return std::static_pointer_cast<Subtask>(std::move(object));
}

Result<void> CanonSubtaskDrop(ComponentInstance& inst, uint32_t i) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<Subtask> subtask, GetSubtask(inst, i));
  CVM_RETURN_IF_ERROR(subtask->CheckDrop());
  CVM_RETURN_IF_ERROR(inst.handles().Remove(i));
  return subtask->Join(nullptr);
}

Result<uint64_t> CanonStreamNew(ComponentInstance& inst, AsyncAccount& account, const std::optional<ValType>& element) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<SharedStream> shared, SharedStream::Create(account, element));
  return AddEnds(inst, shared, element);
}

Result<uint64_t> CanonFutureNew(ComponentInstance& inst, AsyncAccount& account, const std::optional<ValType>& element) {
  CVM_RETURN_IF_ERROR(inst.CheckMayLeave());
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<SharedFuture> shared, SharedFuture::Create(account, element));
  return AddEnds(inst, shared, element);
}

Result<CopyOutcome> CanonCopy(const CopySite& site, const LiftLowerOptions& opts, uint32_t i, uint64_t ptr,
                              uint64_t n) {
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<CopyEnd> end, GetEnd(site, i));
  CVM_RETURN_IF_ERROR(end->Copy(site.inst, opts, site.async, i, ptr, n));
  return OutcomeOf(std::move(end));
}

Result<CopyOutcome> CanonCancelCopy(const CopySite& site, uint32_t i) {
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<CopyEnd> end, GetEnd(site, i));
  CVM_RETURN_IF_ERROR(end->CancelCopy(site.async));
  return OutcomeOf(std::move(end));
}

Result<void> CanonDropEnd(const CopySite& site, uint32_t i) {
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<CopyEnd> end, GetEnd(site, i));
  CVM_RETURN_IF_ERROR(end->Drop());
  CVM_RETURN_IF_ERROR(site.inst.handles().Remove(i));
  return {};
}

}  // namespace cvm::abi
