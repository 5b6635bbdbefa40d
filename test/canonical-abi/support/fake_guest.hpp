// A guest without a VM: a memory in a vector, a realloc that hands out its end and writes down what it was asked for.
//
// The memory moves to another address at every realloc, so that a pointer kept across one is caught by the sanitizer.
#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/layout.hpp"
#include "vm/base/try.hpp"

namespace cvm::abi {

class FakeMemory final : public GuestMemory {
 public:
  FakeMemory(PtrType ptr_type, std::vector<uint8_t> bytes) : GuestMemory(ptr_type) { Replace(std::move(bytes)); }

  std::span<uint8_t> bytes() override { return {data_.get(), size_}; }
  // The same or other bytes, at another address.
  void Replace(std::vector<uint8_t> bytes) {
    auto fresh = std::make_unique<uint8_t[]>(bytes.size());
    if (!bytes.empty()) std::memcpy(fresh.get(), bytes.data(), bytes.size());
    data_ = std::move(fresh);
    size_ = bytes.size();
  }
  std::vector<uint8_t> Copy() { return {data_.get(), data_.get() + size_}; }

 private:
  std::unique_ptr<uint8_t[]> data_;
  size_t size_ = 0;
};

struct ReallocCall {
  uint64_t old_ptr, old_size;
  uint32_t alignment;
  uint64_t new_size;
  friend bool operator==(const ReallocCall&, const ReallocCall&) = default;
};

class FakeGuest {
 public:
  explicit FakeGuest(size_t size, PtrType ptr_type = PtrType::kI32, StringEncoding encoding = StringEncoding::kUtf8)
      : FakeGuest(std::vector<uint8_t>(size), ptr_type, encoding) {}
  explicit FakeGuest(std::vector<uint8_t> bytes, PtrType ptr_type = PtrType::kI32,
                     StringEncoding encoding = StringEncoding::kUtf8)
      : memory(ptr_type, std::move(bytes)) {
    opts.memory = &memory;
    opts.string_encoding = encoding;
    opts.realloc = [this](uint64_t old_ptr, uint64_t old_size, uint32_t alignment, uint64_t new_size) {
      return Reallocate({old_ptr, old_size, alignment, new_size});
    };
  }
  FakeGuest(const FakeGuest&) = delete;

  LiftLowerContext Cx(BorrowScope scope = {}, Boundary boundary = Boundary::kHost) {
    return LiftLowerContext(opts, inst, budget, scope, boundary);
  }

  FakeMemory memory;
  ComponentInstance inst;
  HostBudget budget;
  LiftLowerOptions opts;
  std::vector<ReallocCall> calls;
  uint64_t last_alloc = 0;
  // The n-th call of realloc (from 0) answers this instead.
  std::optional<std::pair<size_t, uint64_t>> lie;

 private:
  Result<uint64_t> Reallocate(ReallocCall call) {
    calls.push_back(call);
    std::vector<uint8_t> bytes = memory.Copy();
    if (lie.has_value() && lie->first == calls.size() - 1) {
      memory.Replace(std::move(bytes));
      return lie->second;
    }
    if (call.old_ptr != 0 && call.new_size < call.old_size) {
      memory.Replace(std::move(bytes));
      return AlignTo(call.old_ptr, call.alignment);
    }
    const uint64_t ptr = AlignTo(last_alloc, call.alignment);
    last_alloc = ptr + call.new_size;
    if (last_alloc > bytes.size()) return TrapError("unreachable");
    if (call.old_size > 0) std::memmove(&bytes[ptr], &bytes[call.old_ptr], call.old_size);
    memory.Replace(std::move(bytes));
    return ptr;
  }
};

}  // namespace cvm::abi
