#include "canonical-abi/async/buffer.hpp"

#include <algorithm>
#include <cstring>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/store.hpp"
#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {
namespace {

// Of one piece of a copy: what the host holds at once.
HostBudget PieceBudget() { return HostBudget(kDefaultHostBytesPerCall); }

}  // namespace

bool NoneOrNumberType(const std::optional<ValType>& t) {
  if (!t.has_value()) return true;
  return t->kind() >= TypeKind::kS8 && t->kind() <= TypeKind::kF64;
}

Result<GuestRange> GuestRange::Make(const std::optional<ValType>& t, const LiftLowerOptions& opts,
                                    ComponentInstance& inst, uint64_t ptr, uint64_t length) {
  if (length > Buffer::kMaxLength) return TrapError("stream read or write is too long");
  GuestRange range;
  range.t = &t;
  range.opts = &opts;
  range.inst = &inst;
  range.ptr = ptr;
  range.length = length;
  if (!t.has_value() || length == 0) return range;
  HostBudget none(0);
  const LiftLowerContext cx(opts, inst, none);
  CVM_RETURN_IF_ERROR(cx.CheckRange(ptr, Alignment(*t, opts.ptr_type()), length * range.elem_size(),
                                    Fault::kPointerAlignment, Fault::kPointerBounds));
  return range;
}

uint64_t GuestRange::elem_size() const { return t->has_value() ? ElemSize(**t, opts->ptr_type()) : 0; }

Result<std::span<uint8_t>> GuestRange::Bytes(uint64_t n) const {
  if (opts->memory == nullptr) return CVM_BUG("canonical option `memory` is required");
  const std::span<uint8_t> memory = opts->memory->bytes();
  const uint64_t size = n * elem_size();
  if (!InBounds(memory, ptr, size)) return CVM_BUG("a memory has become smaller");
  return memory.subspan(ptr, size);
}

Result<std::vector<Value>> ReadableGuestBuffer::Read(uint32_t n) {
  HostBudget budget = PieceBudget();
  LiftLowerContext cx(*range_.opts, *range_.inst, budget);
  CVM_ASSIGN_OR_RETURN(Value list, LoadListFromValidRange(cx, range_.ptr, n, **range_.t));
  range_.Advance(n);
  if (List* values = list.As<List>()) return std::move(values->elements);
  std::vector<Value> values;
  values.reserve(n);
  for (uint32_t i = 0; i < n; ++i) values.push_back(list.ListAt(i));
  return values;
}

Result<std::span<const uint8_t>> ReadableGuestBuffer::ReadNumbers(uint64_t n) {
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> bytes, range_.Bytes(n));
  range_.Advance(n);
  return std::span<const uint8_t>(bytes);
}

Result<void> WritableGuestBuffer::Write(std::vector<Value> values) {
  HostBudget budget = PieceBudget();
  LiftLowerContext cx(*range_.opts, *range_.inst, budget);
  const uint64_t n = values.size();
  CVM_RETURN_IF_ERROR(StoreListIntoValidRange(cx, Value::ListOf(std::move(values)), range_.ptr, **range_.t));
  range_.Advance(n);
  return {};
}

Result<void> WritableGuestBuffer::WriteNumbers(uint64_t n, std::span<const uint8_t> bytes) {
  CVM_ASSIGN_OR_RETURN(const std::span<uint8_t> to, range_.Bytes(n));
  if (to.size() != bytes.size()) return CVM_BUG("elements of a copy differ in size");
  // The two may be one memory, and overlap.
  if (!bytes.empty()) std::memmove(to.data(), bytes.data(), bytes.size());
  range_.Advance(n);
  return {};
}

Result<void> CopyElements(const std::optional<ValType>& t, ReadableBuffer& from, WritableBuffer& to, uint64_t n) {
  if (!t.has_value()) {
    from.Skip(n);
    to.Skip(n);
    return {};
  }
  if (NoneOrNumberType(t)) {
    CVM_ASSIGN_OR_RETURN(const std::span<const uint8_t> bytes, from.ReadNumbers(n));
    return to.WriteNumbers(n, bytes);
  }
  while (n > 0) {
    const uint32_t piece = static_cast<uint32_t>(std::min<uint64_t>(n, Buffer::kMaxChunk));
    CVM_ASSIGN_OR_RETURN(std::vector<Value> values, from.Read(piece));
    CVM_RETURN_IF_ERROR(to.Write(std::move(values)));
    n -= piece;
  }
  return {};
}

}  // namespace cvm::abi
