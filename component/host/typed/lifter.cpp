#include "component/host/typed/lifter.hpp"

#include <utility>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/memory/numbers.hpp"
#include "canonical-abi/memory/transcode.hpp"
#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::component::typed {

Lifter::Lifter(abi::LiftLowerContext& cx) : cx_(cx), wide_(cx.ptr_type() == abi::PtrType::kI64) {
  if (cx.opts.memory != nullptr) memory_ = cx.opts.memory->bytes();
}

void Lifter::Fail(Error error) {
  if (!error_.has_value()) error_ = std::move(error);
}

const uint8_t* Lifter::Range(uint64_t ptr, const abi::Layout& layout, abi::Fault misaligned, abi::Fault out_of_bounds) {
  // Not memory_.data(), which may be null: an empty list is a pointer too.
  static constexpr uint8_t kNothing = 0;
  if (failed()) return nullptr;
  if (cx_.opts.memory == nullptr) return Fail(CVM_BUG("canonical option `memory` is required")), nullptr;
  if (!abi::IsAligned(ptr, layout.alignment)) return Fail(cx_.Trap(misaligned)), nullptr;
  if (!abi::InBounds(memory_, ptr, layout.size)) return Fail(cx_.Trap(out_of_bounds)), nullptr;
  return layout.size == 0 ? &kNothing : memory_.data() + ptr;
}

const uint8_t* Lifter::Spilled(uint64_t ptr, const TypeInfo& tuple) {
  return Range(ptr, LayoutOf(tuple), abi::Fault::kPointerAlignment, abi::Fault::kPointerBounds);
}

const uint8_t* Lifter::Elements(uint64_t ptr, uint64_t length, const TypeInfo& element, size_t host_bytes) {
  if (failed()) return nullptr;
  const abi::Layout& layout = LayoutOf(element);
  // By division, since a 64-bit length times a size may wrap (security.md ABI-04).
  if (length > abi::kMaxListByteLength / layout.size) {
    return Fail(TrapError("list length exceeds maximum byte size")), nullptr;
  }
  const abi::Layout all = {static_cast<uint32_t>(length * layout.size), layout.alignment};
  const uint8_t* elements = Range(ptr, all, abi::Fault::kListAlignment, abi::Fault::kListBounds);
  if (elements == nullptr) return nullptr;
  if (Result<void> charged = cx_.budget.Charge(length, host_bytes); !charged.ok()) {
    return Fail(std::move(charged).error()), nullptr;
  }
  return elements;
}

// Text that is transcoded goes the way of the dynamic values; UTF-8 is checked where it lies.
TextArg Lifter::TextInPlace(uint64_t ptr, uint64_t tagged_code_units) {
  TextArg text;
  if (failed()) return text;
  if (cx_.opts.string_encoding != abi::StringEncoding::kUtf8) {
    text.copied = true;
    text.copy = Text(ptr, tagged_code_units);
    return text;
  }
  if (tagged_code_units > abi::kMaxStringByteLength) {
    return Fail(TrapError("string length exceeds maximum byte size")), text;
  }
  const uint8_t* bytes = Range(ptr, {static_cast<uint32_t>(tagged_code_units), 1}, abi::Fault::kStringAlignment,
                               abi::Fault::kStringBounds);
  if (bytes == nullptr) return text;
  const std::string_view view(reinterpret_cast<const char*>(bytes), tagged_code_units);
  if (!IsValidUtf8(view)) return Fail(TrapError(abi::DescribeIllFormedUtf8(view))), text;
  text.in_place = view;
  return text;
}

std::string Lifter::Text(uint64_t ptr, uint64_t tagged_code_units) {
  if (failed()) return {};
  if (cx_.opts.string_encoding != abi::StringEncoding::kUtf8) {
    Result<abi::Value> loaded = abi::LoadStringFromRange(cx_, ptr, tagged_code_units);
    if (!loaded.ok()) return Fail(std::move(loaded).error()), std::string();
    return std::move(loaded->As<abi::String>()->text);
  }
  const std::string_view view = TextInPlace(ptr, tagged_code_units).view();
  if (failed()) return {};
  if (Result<void> charged = cx_.budget.Charge(view.size()); !charged.ok()) {
    return Fail(std::move(charged).error()), std::string();
  }
  return std::string(view);
}

char32_t Lifter::Char(uint32_t i) {
  if (!abi::IsUnicodeScalarValue(i)) [[unlikely]]
    return Fail(TrapError("invalid `char` bit pattern")), char32_t{0};
  return static_cast<char32_t>(i);
}

uint32_t Lifter::Discriminant(uint32_t i, size_t count) {
  if (i >= count) [[unlikely]]
    return Fail(TrapError("invalid variant discriminant")), 0;
  return i;
}

uint64_t Lifter::TakeOwn(uint32_t i, const abi::ResourceType& type) {
  if (failed()) return 0;
  abi::HandleTable& handles = cx_.inst.handles();
  Result<abi::ResourceHandle*> h = handles.GetResource(i, &type);
  if (!h.ok()) return Fail(std::move(h).error()), 0;
  if ((*h)->num_lends != 0) return Fail(TrapError("cannot remove owned resource while borrowed")), 0;
  if (!(*h)->own) return Fail(TrapError("cannot lift own resource from a borrow")), 0;
  const uint64_t rep = (*h)->rep;
  if (auto removed = handles.Remove(i); !removed.ok()) return Fail(std::move(removed).error()), 0;
  return rep;
}

uint64_t Lifter::Lend(uint32_t i, const abi::ResourceType& type) {
  if (failed()) return 0;
  abi::SubtaskScope* subtask = cx_.borrow_scope.subtask;
  if (subtask == nullptr) return Fail(CVM_BUG("a borrow is lifted outside of a call")), 0;
  Result<abi::ResourceHandle*> h = cx_.inst.handles().GetResource(i, &type);
  if (!h.ok()) return Fail(std::move(h).error()), 0;
  const uint64_t rep = (*h)->rep;
  // The lender that is remembered.
  if (auto charged = cx_.budget.Charge(2 * sizeof(void*)); !charged.ok()) return Fail(std::move(charged).error()), 0;
  if (auto lent = subtask->AddLender(cx_.inst.handles(), i); !lent.ok()) return Fail(std::move(lent).error()), 0;
  return rep;
}

}  // namespace cvm::component::typed
