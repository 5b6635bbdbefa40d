// Buffers: where a copy of a stream or future reads from or writes to. definitions.py: "Buffer State".
//
// A buffer of a guest is a range of its memory, checked once, when the copy begins: memories do not shrink. Elements
// pass in pieces of at most kMaxChunk, whatever the guests ask for, so that the host never holds more than a piece; and
// numbers pass as bytes, from memory to memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "canonical-abi/memory/context.hpp"
#include "canonical-abi/types/val_type.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// definitions.py: Buffer
class Buffer {
 public:
  static constexpr uint64_t kMaxLength = (uint64_t{1} << 28) - 1;
  // Elements that the host holds at once.
  static constexpr uint32_t kMaxChunk = 1024;

  virtual ~Buffer() = default;
  virtual uint64_t remain() const = 0;
  virtual bool is_zero_length() const = 0;
};

class ReadableBuffer : public Buffer {
 public:
  // The next `n` elements; where there is no element type, `n` values of no meaning. REQUIRES: n <= remain(),
  // n <= kMaxChunk.
  virtual Result<std::vector<Value>> Read(uint32_t n) = 0;
  // The same as the bytes that a guest's memory has of them, good until the next call of anything. REQUIRES: the
  // elements are numbers, n <= remain().
  virtual Result<std::span<const uint8_t>> ReadNumbers(uint64_t n) = 0;
  // `n` elements without a type pass.
  virtual void Skip(uint64_t n) = 0;
};

class WritableBuffer : public Buffer {
 public:
  // REQUIRES: values.size() <= remain().
  virtual Result<void> Write(std::vector<Value> values) = 0;
  virtual Result<void> WriteNumbers(uint64_t n, std::span<const uint8_t> bytes) = 0;
  virtual void Skip(uint64_t n) = 0;
};

// definitions.py: none_or_number_type
bool NoneOrNumberType(const std::optional<ValType>& t);

// definitions.py: BufferGuestImpl. The options and the instance outlive it.
class GuestRange {
 public:
  // Traps if the range is too long, not aligned, or not in memory.
  static Result<GuestRange> Make(const std::optional<ValType>& t, const LiftLowerOptions& opts, ComponentInstance& inst,
                                 uint64_t ptr, uint64_t length);

  const std::optional<ValType>* t = nullptr;  // outlives it
  const LiftLowerOptions* opts = nullptr;
  ComponentInstance* inst = nullptr;
  uint64_t ptr = 0;
  uint64_t progress = 0;
  uint64_t length = 0;

  uint64_t remain() const { return length - progress; }
  uint64_t elem_size() const;
  void Advance(uint64_t n) { ptr += n * elem_size(), progress += n; }
  // The bytes of the next `n` elements.
  Result<std::span<uint8_t>> Bytes(uint64_t n) const;
};

class ReadableGuestBuffer final : public ReadableBuffer {
 public:
  explicit ReadableGuestBuffer(const GuestRange& range) : range_(range) {}
  uint64_t remain() const override { return range_.remain(); }
  bool is_zero_length() const override { return range_.length == 0; }
  uint64_t progress() const { return range_.progress; }
  Result<std::vector<Value>> Read(uint32_t n) override;
  Result<std::span<const uint8_t>> ReadNumbers(uint64_t n) override;
  void Skip(uint64_t n) override { range_.progress += n; }

 private:
  GuestRange range_;
};

class WritableGuestBuffer final : public WritableBuffer {
 public:
  explicit WritableGuestBuffer(const GuestRange& range) : range_(range) {}
  uint64_t remain() const override { return range_.remain(); }
  bool is_zero_length() const override { return range_.length == 0; }
  uint64_t progress() const { return range_.progress; }
  Result<void> Write(std::vector<Value> values) override;
  Result<void> WriteNumbers(uint64_t n, std::span<const uint8_t> bytes) override;
  void Skip(uint64_t n) override { range_.progress += n; }

 private:
  GuestRange range_;
};

// Copies `n` elements of type `t`. REQUIRES: n <= remain() of both.
Result<void> CopyElements(const std::optional<ValType>& t, ReadableBuffer& from, WritableBuffer& to, uint64_t n);

}  // namespace cvm::abi
