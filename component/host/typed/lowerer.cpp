#include "component/host/typed/lowerer.hpp"

#include <string>
#include <utility>

#include "canonical-abi/memory/load.hpp"
#include "canonical-abi/values/value.hpp"
#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::component::typed {

Lowerer::Lowerer(abi::LiftLowerContext& cx) : cx_(cx), wide_(cx.ptr_type() == abi::PtrType::kI64) { Refresh(); }

void Lowerer::Refresh() {
  if (cx_.opts.memory != nullptr && !failed()) memory_ = cx_.opts.memory->bytes();
}

void Lowerer::Fail(Error error) {
  if (!failed()) error_ = std::move(error);
  memory_ = {};
}

void Lowerer::FailBounds() { Fail(cx_.Trap(abi::Fault::kPointerBounds)); }

void Lowerer::FailValue(std::string_view what) { Fail(UsageError("a host function answered " + std::string(what))); }

void Lowerer::PutRange(uint64_t ptr, abi::StoredRange range) {
  if (wide_) {
    Put<uint64_t>(ptr, range.ptr);
    Put<uint64_t>(ptr + 8, range.length);
  } else {
    Put(ptr, static_cast<uint32_t>(range.ptr));
    Put(ptr + 4, static_cast<uint32_t>(range.length));
  }
}

void Lowerer::Copy(uint64_t ptr, const void* bytes, size_t length) {
  if (length == 0) return;
  if (!abi::InBounds(memory_, ptr, length)) return FailBounds();
  std::memcpy(memory_.data() + ptr, bytes, length);
}

bool Lowerer::CheckResult(uint64_t ptr, const TypeInfo& result) {
  const abi::Layout& layout = LayoutOf(result);
  Result<void> checked =
      cx_.CheckRange(ptr, layout.alignment, layout.size, abi::Fault::kPointerAlignment, abi::Fault::kPointerBounds);
  if (!checked.ok()) Fail(std::move(checked).error());
  return !failed();
}

abi::StoredRange Lowerer::Text(std::string_view text) {
  if (failed()) return {};
  Result<abi::StoredRange> stored = [&]() -> Result<abi::StoredRange> {
    if (cx_.opts.string_encoding != abi::StringEncoding::kUtf8) {
      return abi::StoreStringIntoRange(cx_, abi::String{std::string(text)});
    }
    if (!IsValidUtf8(text)) return UsageError("value of type string is not well-formed UTF-8");
    if (text.size() > abi::kMaxStringByteLength) return LimitError("string is too long for the memory of a guest");
    CVM_ASSIGN_OR_RETURN(const uint64_t ptr, cx_.Allocate(1, text.size()));
    CVM_RETURN_IF_ERROR(
        cx_.CheckRange(ptr, 1, text.size(), abi::Fault::kReallocAlignment, abi::Fault::kReallocStringBounds));
    return abi::StoredRange{ptr, text.size()};
  }();
  if (!stored.ok()) return Fail(std::move(stored).error()), abi::StoredRange{};
  Refresh();
  if (cx_.opts.string_encoding == abi::StringEncoding::kUtf8) Copy(stored->ptr, text.data(), text.size());
  return *stored;
}

abi::StoredRange Lowerer::Elements(uint64_t length, const TypeInfo& element) {
  if (failed()) return {};
  const abi::Layout& layout = LayoutOf(element);
  if (length > abi::kReallocI32Max / layout.size) {
    return Fail(LimitError("list is too long for the memory of a guest")), abi::StoredRange{};
  }
  const uint64_t bytes = length * layout.size;
  Result<uint64_t> ptr = cx_.Allocate(layout.alignment, bytes);
  if (!ptr.ok()) return Fail(std::move(ptr).error()), abi::StoredRange{};
  Result<void> checked =
      cx_.CheckRange(*ptr, layout.alignment, bytes, abi::Fault::kReallocAlignment, abi::Fault::kReallocListBounds);
  if (!checked.ok()) return Fail(std::move(checked).error()), abi::StoredRange{};
  Refresh();
  return {*ptr, length};
}

uint32_t Lowerer::GiveOwn(const abi::ResourceType& type, uint64_t rep) {
  if (failed()) return 0;
  Result<uint32_t> i = cx_.inst.handles().Add(abi::ResourceHandle{.rt = &type, .rep = rep, .own = true});
  if (!i.ok()) return Fail(std::move(i).error()), 0;
  return *i;
}

}  // namespace cvm::component::typed
