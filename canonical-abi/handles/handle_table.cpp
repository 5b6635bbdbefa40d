#include "canonical-abi/handles/handle_table.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "canonical-abi/handles/instance.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

std::string ResourceWords(const ResourceType* rt) {
  return rt != nullptr && rt->impl() == nullptr ? "host-defined resource" : "guest-defined resource";
}

Error WrongType(uint32_t i, const std::string& expected, const std::string& found) {
  return TrapError("handle index " + std::to_string(i) + " used with the wrong type, expected " + expected +
                   " but found " + found);
}

Error WrongKind(uint32_t i, const std::string& expected, const HandleTable::Entry& entry) {
  const ResourceHandle* h = std::get_if<ResourceHandle>(&entry);
  return WrongType(i, expected, h != nullptr ? ResourceWords(h->rt) : std::string(HandleKindName(KindOf(entry))));
}

}  // namespace

std::string_view HandleKindName(HandleKind kind) {
  constexpr std::string_view kNames[] = {
      "resource",
      "error-context",
      "subtask",
      "waitable-set",
      "readable stream end",
      "writable stream end",
      "readable future end",
      "writable future end",
  };
  return kNames[static_cast<size_t>(kind)];
}

Result<std::shared_ptr<SharedBase>> HandleObject::TakeShared(const std::optional<ValType>&, const ComponentInstance&) {
  return CVM_BUG("a handle of this kind has no shared state");
}

HandleKind KindOf(const HandleTable::Entry& entry) {
  if (std::holds_alternative<ResourceHandle>(entry)) return HandleKind::kResource;
  if (std::holds_alternative<ErrorContextRef>(entry)) return HandleKind::kErrorContext;
  return (*std::get_if<std::shared_ptr<HandleObject>>(&entry))->kind();
}

Result<HandleTable::Entry*> HandleTable::Get(uint32_t i) {
  if (i >= entries_.size() || std::holds_alternative<Free>(entries_[i])) {
    return TrapError("unknown handle index " + std::to_string(i));
  }
  return &entries_[i];
}

Result<void> HandleTable::CountOne() {
  if (limits_.total == nullptr || limits_.total->Take(1)) return {};
  return LimitReached("too many handles in all", limits_.total->With(1), limits_.total->limit(), "max-total-handles");
}

Result<uint32_t> HandleTable::AddEntry(Entry entry) {
  if (first_free_ != 0) {
    CVM_RETURN_IF_ERROR(CountOne());
    const uint32_t i = first_free_;
    first_free_ = std::get_if<Free>(&entries_[i])->next;
    --free_count_;
    entries_[i] = std::move(entry);
    return i;
  }
  const uint32_t i = length();
  if (i > kMaxLength) return TrapError("cannot allocate another handle: index overflow");
  if (i > limits_.max_handles) return LimitReached("too many handles", i, limits_.max_handles, "max-handles");
  CVM_RETURN_IF_ERROR(CountOne());
  entries_.push_back(std::move(entry));
  return i;
}

Result<HandleTable::Entry> HandleTable::Remove(uint32_t i) {
  CVM_ASSIGN_OR_RETURN(Entry * place, Get(i));
  Entry entry = std::move(*place);
  *place = Free{first_free_};
  first_free_ = i;
  ++free_count_;
  if (limits_.total != nullptr) limits_.total->GiveBack(1);
  return entry;
}

Result<ResourceHandle*> HandleTable::GetResource(uint32_t i, const ResourceType* rt) {
  CVM_ASSIGN_OR_RETURN(Entry * entry, Get(i));
  ResourceHandle* h = std::get_if<ResourceHandle>(entry);
  if (h == nullptr) return WrongKind(i, ResourceWords(rt), *entry);
  if (h->rt != rt) {
    const std::string expected = ResourceWords(rt);
    const std::string found = ResourceWords(h->rt);
    return WrongType(i, expected, expected == found ? "a different " + found : found);
  }
  return h;
}

Result<ErrorContextRef> HandleTable::GetErrorContext(uint32_t i) {
  CVM_ASSIGN_OR_RETURN(Entry * entry, Get(i));
  const ErrorContextRef* context = std::get_if<ErrorContextRef>(entry);
  if (context == nullptr) return WrongKind(i, "error-context", *entry);
  return *context;
}

Result<std::shared_ptr<HandleObject>> HandleTable::GetObject(uint32_t i, HandleKind kind) {
  CVM_ASSIGN_OR_RETURN(Entry * entry, Get(i));
  if (KindOf(*entry) != kind) return WrongKind(i, std::string(HandleKindName(kind)), *entry);
  return *std::get_if<std::shared_ptr<HandleObject>>(entry);
}

void OwnsInTransit::Remove(const ResourceType& rt, uint64_t rep) {
  for (size_t i = entries_.size(); i-- > 0;) {
    if (entries_[i].rt != &rt || entries_[i].rep != rep) continue;
    entries_.erase(entries_.begin() + static_cast<ptrdiff_t>(i));
    return;
  }
}

Result<void> TaskScope::CheckNoBorrows() const {
  if (num_borrows_ > 0) return TrapError("borrow handles still remain at the end of the call");
  return {};
}

Result<void> SubtaskScope::AddLender(HandleTable& table, uint32_t index) {
  if (resolve_delivered_) return CVM_BUG("a handle is lent to a subtask that is over");
  CVM_ASSIGN_OR_RETURN(HandleTable::Entry * entry, table.Get(index));
  ResourceHandle* h = std::get_if<ResourceHandle>(entry);
  if (h == nullptr) return CVM_BUG("a lender is no resource handle");
  if (h->num_lends == std::numeric_limits<uint32_t>::max()) return TrapError("resource is lent too many times");
  ++h->num_lends;
  lenders_.push_back({&table, index});
  return {};
}

void SubtaskScope::DeliverResolve() {
  for (const Lender& lender : lenders_) {
    const auto entry = lender.table->Get(lender.index);
    if (!entry.ok()) continue;  // not while num_lends > 0; a guard, not a case
    if (ResourceHandle* h = std::get_if<ResourceHandle>(*entry)) --h->num_lends;
  }
  lenders_.clear();
  lenders_.shrink_to_fit();
  resolve_delivered_ = true;
}

}  // namespace cvm::abi
