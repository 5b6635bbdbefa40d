// What a body of preview 1 sees of linear memory: ranges that have been checked, typed places for answers, paths and
// lists of buffers. Nothing here allocates by a size that the guest chose, but for paths, which end at 4 KiB.
//
// All of it is valid during one call: the guest's memory cannot grow meanwhile, as the guest does not run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "wasi/p1/types.hpp"

namespace cvm::wasi::p1 {

using Bytes = std::span<uint8_t>;

// A linear memory. Every address of a guest is looked up here and nowhere else; what does not lie inside is EFAULT.
class GuestMemory {
 public:
  explicit GuestMemory(Bytes bytes) : bytes_(bytes) {}

  std::optional<Bytes> Range(uint32_t address, uint64_t size) const {
    if (address > bytes_.size() || size > bytes_.size() - address) return std::nullopt;
    return bytes_.subspan(address, size);
  }

 private:
  Bytes bytes_;
};

// The parameters of bodies that take more than a number from the guest's slots. Each says how many slots it takes and
// decodes itself before the body runs, so that a call with a bad address has no effect at all.

// Room for one answer, a number.
template <class T>
class Out {
 public:
  static constexpr size_t kSlots = 1;
  Errno Decode(const GuestMemory& memory, const uint64_t* slots) {
    const auto range = memory.Range(static_cast<uint32_t>(slots[0]), sizeof(T));
    if (!range) return Errno::kFault;
    place_ = range->data();
    return Errno::kSuccess;
  }
  void Set(T value) const {
    const auto record = Record<sizeof(T)>().Put(0, value);
    std::memcpy(place_, record.bytes().data(), sizeof(T));
  }

 private:
  uint8_t* place_ = nullptr;
};

// Room for one answer, a record.
template <size_t kSize>
class OutRecord {
 public:
  static constexpr size_t kSlots = 1;
  Errno Decode(const GuestMemory& memory, const uint64_t* slots) {
    const auto range = memory.Range(static_cast<uint32_t>(slots[0]), kSize);
    if (!range) return Errno::kFault;
    place_ = range->data();
    return Errno::kSuccess;
  }
  void Set(const Record<kSize>& record) const { std::memcpy(place_, record.bytes().data(), kSize); }

 private:
  uint8_t* place_ = nullptr;
};

// An address and a length: a buffer.
class Buffer {
 public:
  static constexpr size_t kSlots = 2;
  Errno Decode(const GuestMemory& memory, const uint64_t* slots) {
    const auto range = memory.Range(static_cast<uint32_t>(slots[0]), static_cast<uint32_t>(slots[1]));
    if (!range) return Errno::kFault;
    bytes_ = *range;
    return Errno::kSuccess;
  }
  Bytes bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// An address and a length: a path. A copy, so that what is checked is what is used, whatever other threads write.
class Path {
 public:
  static constexpr size_t kSlots = 2;
  // ENAMETOOLONG beyond what any path can be.
  Errno Decode(const GuestMemory& memory, const uint64_t* slots);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// An address whose extent the body works out itself.
class Address {
 public:
  static constexpr size_t kSlots = 1;
  Errno Decode(const GuestMemory& memory, const uint64_t* slots) {
    memory_ = &memory;
    address_ = static_cast<uint32_t>(slots[0]);
    return Errno::kSuccess;
  }
  std::optional<Bytes> Range(uint64_t size) const { return memory_->Range(address_, size); }
  uint32_t value() const { return address_; }

 private:
  const GuestMemory* memory_ = nullptr;
  uint32_t address_ = 0;
};

// An address and a count: a list of `iovec` or `ciovec`.
class Iovecs {
 public:
  static constexpr size_t kSlots = 2;
  // Buffers that one call goes through at most; a call may do less than it is asked to. Empty ones count, so that a
  // list of nothing but those costs bounded time.
  static constexpr uint32_t kMost = 1024;

  // EFAULT if any of them is out of bounds.
  Errno Decode(const GuestMemory& memory, const uint64_t* slots);

  // Calls `transfer(Bytes)`, which answers OsResult<size_t>, for one non-empty buffer after the other, until one is not
  // used up, there is an error, or (`only_first`) one has been dealt with. The sum goes to `total`; an error after the
  // first bytes is left for the next call to find.
  template <class Transfer>
  Errno ForEach(bool only_first, uint32_t* total, Transfer transfer) const {
    *total = 0;
    bool all_empty = true;
    for (uint32_t i = 0; i < count_; ++i) {
      Bytes buffer = At(i).value_or(Bytes());
      if (buffer.empty()) continue;
      all_empty = false;
      buffer = buffer.first(std::min<size_t>(buffer.size(), kMostBytes - *total));
      if (buffer.empty()) break;
      const OsResult<size_t> done = transfer(buffer);
      if (!done.ok()) return *total == 0 ? ErrnoFrom(done.error()) : Errno::kSuccess;
      *total += static_cast<uint32_t>(*done);
      if (only_first || *done < buffer.size()) break;
    }
    // No bytes would say that the end of the file has come.
    return all_empty && cut_ ? Errno::kInval : Errno::kSuccess;
  }

 private:
  // As much as Linux moves at once.
  static constexpr uint32_t kMostBytes = 0x7ffff000;

  std::optional<Bytes> At(uint32_t index) const;

  const GuestMemory* memory_ = nullptr;
  Bytes list_;
  uint32_t count_ = 0;
  bool cut_ = false;  // the guest's list is longer than kMost
};

}  // namespace cvm::wasi::p1
