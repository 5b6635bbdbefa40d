// Handles in both directions. definitions.py: lift_error_context, lift_own … lift_async_value, lower_error_context,
// lower_own … lower_future.
//
// definitions.py removes a handle and then checks it; here the checks come first. A failed check is a trap either way,
// after which the instance is never entered again, so that nobody can see the difference; but a table stays whole this
// way.
#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "canonical-abi/values/check.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

Result<std::shared_ptr<SharedBase>> LiftAsyncValue(LiftLowerContext& cx, HandleKind kind, uint32_t i,
                                                   const ValType& t) {
  CVM_ASSIGN_OR_RETURN(const std::shared_ptr<HandleObject> e, cx.inst.handles().GetObject(i, kind));
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<SharedBase> shared, e->TakeShared(t.node().element, cx.inst));
  CVM_RETURN_IF_ERROR(cx.inst.handles().Remove(i));
  return shared;
}

Result<uint32_t> LowerAsyncValue(LiftLowerContext& cx, const std::shared_ptr<SharedBase>& shared, const ValType& t) {
  std::shared_ptr<HandleObject> end = shared->NewReadableEnd(shared, t.node().element, cx.inst);
  if (end == nullptr) return CVM_BUG("a readable end could not be made");
  return cx.inst.handles().Add(std::move(end));
}

// What a host's handle refers to; its type has to be the one that the function names in this instance.
Result<uint64_t> RepOf(const Value& v, const ValType& t, const ResourceType* rt) {
  const ResourceType* type = nullptr;
  uint64_t rep = 0;
  if (const OwnHandle* own = v.As<OwnHandle>()) {
    type = own->type, rep = own->rep;
  } else if (const BorrowHandle* borrow = v.As<BorrowHandle>(); borrow != nullptr && t.kind() == TypeKind::kBorrow) {
    type = borrow->type, rep = borrow->rep;
  } else {
    return WrongValue(v, t);
  }
  if (type != rt) return UsageError("resource types are not the same");
  return rep;
}

}  // namespace

Result<Value> LiftErrorContext(LiftLowerContext& cx, uint32_t i) {
  CVM_ASSIGN_OR_RETURN(ErrorContextRef errctx, cx.inst.handles().GetErrorContext(i));
  return Value(std::move(errctx));
}

Result<Value> LiftOwn(LiftLowerContext& cx, uint32_t i, const ValType& t) {
  CVM_ASSIGN_OR_RETURN(const ResourceType* rt, cx.inst.Resolve(t.node().resource));
  CVM_ASSIGN_OR_RETURN(const ResourceHandle* h, cx.inst.handles().GetResource(i, rt));
  if (h->num_lends != 0) return TrapError("cannot remove owned resource while borrowed");
  if (!h->own) return TrapError("cannot lift own resource from a borrow");
  const uint64_t rep = h->rep;
  CVM_RETURN_IF_ERROR(cx.inst.handles().Remove(i));
  if (OwnsInTransit* transit = cx.inst.transit()) transit->Add(*rt, rep);
  return Value::Own(rt, rep);
}

Result<Value> LiftBorrow(LiftLowerContext& cx, uint32_t i, const ValType& t) {
  if (cx.borrow_scope.subtask == nullptr) return CVM_BUG("a borrow is lifted outside of a call");
  CVM_ASSIGN_OR_RETURN(const ResourceType* rt, cx.inst.Resolve(t.node().resource));
  CVM_ASSIGN_OR_RETURN(const ResourceHandle* h, cx.inst.handles().GetResource(i, rt));
  CVM_RETURN_IF_ERROR(cx.budget.Charge(2 * sizeof(void*)));  // the lender that is remembered
  CVM_RETURN_IF_ERROR(cx.borrow_scope.subtask->AddLender(cx.inst.handles(), i));
  return Value::Borrow(rt, h->rep);
}

Result<Value> LiftStream(LiftLowerContext& cx, uint32_t i, const ValType& t) {
  CVM_ASSIGN_OR_RETURN(auto shared, LiftAsyncValue(cx, HandleKind::kReadableStreamEnd, i, t));
  return Value(StreamHandle{std::move(shared)});
}

Result<Value> LiftFuture(LiftLowerContext& cx, uint32_t i, const ValType& t) {
  CVM_ASSIGN_OR_RETURN(auto shared, LiftAsyncValue(cx, HandleKind::kReadableFutureEnd, i, t));
  return Value(FutureHandle{std::move(shared)});
}

Result<Value> LiftHandle(LiftLowerContext& cx, uint32_t i, const ValType& t) {
  switch (t.kind()) {
    case TypeKind::kOwn:
      return LiftOwn(cx, i, t);
    case TypeKind::kBorrow:
      return LiftBorrow(cx, i, t);
    case TypeKind::kStream:
      return LiftStream(cx, i, t);
    case TypeKind::kFuture:
      return LiftFuture(cx, i, t);
    default:
      return LiftErrorContext(cx, i);
  }
}

Result<uint32_t> LowerErrorContext(LiftLowerContext& cx, const Value& v) {
  const ErrorContextRef* errctx = v.As<ErrorContextRef>();
  if (errctx == nullptr || *errctx == nullptr) return WrongValue(v, ErrorContextType());
  return cx.inst.handles().Add(*errctx);
}

Result<uint32_t> LowerOwn(LiftLowerContext& cx, const Value& v, const ValType& t) {
  CVM_ASSIGN_OR_RETURN(const ResourceType* rt, cx.inst.Resolve(t.node().resource));
  CVM_ASSIGN_OR_RETURN(const uint64_t rep, RepOf(v, t, rt));
  CVM_ASSIGN_OR_RETURN(const uint32_t i, cx.inst.handles().Add(ResourceHandle{.rt = rt, .rep = rep, .own = true}));
  if (OwnsInTransit* transit = cx.inst.transit()) transit->Remove(*rt, rep);
  return i;
}

Result<uint32_t> LowerBorrow(LiftLowerContext& cx, const Value& v, const ValType& t) {
  if (cx.borrow_scope.task == nullptr) return CVM_BUG("a borrow is lowered outside of a call");
  CVM_ASSIGN_OR_RETURN(const ResourceType* rt, cx.inst.Resolve(t.node().resource));
  CVM_ASSIGN_OR_RETURN(const uint64_t rep, RepOf(v, t, rt));
  if (&cx.inst == rt->impl()) {
    // The implementer gets the representation itself, in the i32 that every handle flattens to.
    if (rep > UINT32_MAX) return TrapError("representation of a borrowed resource does not fit i32");
    return static_cast<uint32_t>(rep);
  }
  ResourceHandle h{.rt = rt, .rep = rep, .borrow_scope = cx.borrow_scope.task, .own = false};
  CVM_ASSIGN_OR_RETURN(const uint32_t i, cx.inst.handles().Add(h));
  cx.borrow_scope.task->AddBorrow();
  return i;
}

Result<uint32_t> LowerStream(LiftLowerContext& cx, const Value& v, const ValType& t) {
  const StreamHandle* stream = v.As<StreamHandle>();
  if (stream == nullptr || stream->shared == nullptr) return WrongValue(v, t);
  return LowerAsyncValue(cx, stream->shared, t);
}

Result<uint32_t> LowerFuture(LiftLowerContext& cx, const Value& v, const ValType& t) {
  const FutureHandle* future = v.As<FutureHandle>();
  if (future == nullptr || future->shared == nullptr) return WrongValue(v, t);
  return LowerAsyncValue(cx, future->shared, t);
}

Result<uint32_t> LowerHandle(LiftLowerContext& cx, const Value& v, const ValType& t) {
  switch (t.kind()) {
    case TypeKind::kOwn:
      return LowerOwn(cx, v, t);
    case TypeKind::kBorrow:
      return LowerBorrow(cx, v, t);
    case TypeKind::kStream:
      return LowerStream(cx, v, t);
    case TypeKind::kFuture:
      return LowerFuture(cx, v, t);
    default:
      return LowerErrorContext(cx, v);
  }
}

}  // namespace cvm::abi
