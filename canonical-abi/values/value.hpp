// Value: a dynamic component-level value, as a host holds it whose types are only known at run time.
//
// A Value owns all of its parts and is copied deeply. It does not know its type: fields of a record stand in the order
// of their declaration, cases and labels are indices, options and results are variants ("none" is case 0, "some" 1;
// "ok" 0, "error" 1), a map is a list of two-field records. That is the despecialized form in which definitions.py
// computes, without its dictionaries. CheckValue (check.hpp) says whether a value fits a type.
//
// Text is UTF-8 in a std::string whatever encoding it came from; String::source remembers which, because storing it
// again chooses its allocations by that (CanonicalABI.md#loading). A list<u8> is kept as bytes; both forms of a list
// compare equal.
//
// Handles: own and borrow hold the representation of the resource (`rep`) and the type that it has. They are plain
// data: whoever lifts an own handle is responsible for passing it on exactly once or for running its destructor; the
// typed handles of cvm/bind.hpp do that by construction.
//
// No thread affinity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cvm::abi {

class ResourceType;  // canonical-abi/handles/resource.hpp
class SharedBase;    // canonical-abi/values/shared_base.hpp
class Value;

// The encoding from which a string was loaded; the last two are the halves of latin1+utf16.
enum class StringSource : uint8_t { kUtf8, kUtf16, kLatin1, kTaggedUtf16 };

// definitions.py: String, the tuple of text, encoding and tagged code units (which follow from the other two).
struct String {
  std::string text;
  StringSource source = StringSource::kUtf8;

  friend bool operator==(const String& a, const String& b) { return a.text == b.text; }
};

struct List {
  std::vector<Value> elements;
};

// A list<u8>.
struct Bytes {
  std::vector<uint8_t> bytes;
};

// A record or tuple.
struct Record {
  std::vector<Value> fields;
};

// A variant, enum, option or result; `payload` has one element if the case has a type, else none.
struct Variant {
  uint32_t case_index = 0;
  std::vector<Value> payload;
};

// Bit i is label i.
struct Flags {
  uint32_t bits = 0;
  friend bool operator==(Flags, Flags) = default;
};

struct OwnHandle {
  const ResourceType* type = nullptr;
  uint64_t rep = 0;
  friend bool operator==(const OwnHandle&, const OwnHandle&) = default;
};

struct BorrowHandle {
  const ResourceType* type = nullptr;
  uint64_t rep = 0;
  friend bool operator==(const BorrowHandle&, const BorrowHandle&) = default;
};

// The readable end of a stream or a future; equal if it is the same one.
struct StreamHandle {
  std::shared_ptr<SharedBase> shared;
  friend bool operator==(const StreamHandle&, const StreamHandle&) = default;
};
struct FutureHandle {
  std::shared_ptr<SharedBase> shared;
  friend bool operator==(const FutureHandle&, const FutureHandle&) = default;
};

// definitions.py: ErrorContext
struct ErrorContext {
  String debug_message;
};
using ErrorContextRef = std::shared_ptr<const ErrorContext>;

// In the order of Value::Storage.
enum class ValueKind : uint8_t {
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kList,
  kBytes,
  kRecord,
  kVariant,
  kFlags,
  kOwn,
  kBorrow,
  kStream,
  kFuture,
  kErrorContext,
};

std::string_view ValueKindName(ValueKind kind);

class Value {
 public:
  using Storage = std::variant<bool, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, float,
                               double, char32_t, String, List, Bytes, Record, Variant, Flags, OwnHandle, BorrowHandle,
                               StreamHandle, FutureHandle, ErrorContextRef>;

  // `false`; so that containers of values can be resized.
  Value() = default;
  // From one of the alternatives, exactly typed: Value(uint8_t{1}), Value(List{…}).
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, Value>)
  explicit Value(T alternative) : storage_(std::in_place_type<T>, std::move(alternative)) {}

  static Value Bool(bool v) { return Value(v); }
  static Value S8(int8_t v) { return Value(v); }
  static Value U8(uint8_t v) { return Value(v); }
  static Value S16(int16_t v) { return Value(v); }
  static Value U16(uint16_t v) { return Value(v); }
  static Value S32(int32_t v) { return Value(v); }
  static Value U32(uint32_t v) { return Value(v); }
  static Value S64(int64_t v) { return Value(v); }
  static Value U64(uint64_t v) { return Value(v); }
  static Value F32(float v) { return Value(v); }
  static Value F64(double v) { return Value(v); }
  static Value Char(char32_t v) { return Value(v); }
  static Value Str(std::string text, StringSource source = StringSource::kUtf8);
  static Value ListOf(std::vector<Value> elements) { return Value(List{std::move(elements)}); }
  static Value BytesOf(std::vector<uint8_t> bytes) { return Value(Bytes{std::move(bytes)}); }
  static Value RecordOf(std::vector<Value> fields) { return Value(Record{std::move(fields)}); }
  static Value Case(uint32_t index, std::optional<Value> payload);
  static Value Enum(uint32_t index);
  static Value None();
  static Value Some(Value v);
  static Value Ok(std::optional<Value> v);
  static Value Err(std::optional<Value> v);
  static Value FlagBits(uint32_t bits) { return Value(Flags{bits}); }
  static Value Own(const ResourceType* type, uint64_t rep) { return Value(OwnHandle{type, rep}); }
  static Value Borrow(const ResourceType* type, uint64_t rep) { return Value(BorrowHandle{type, rep}); }

  ValueKind kind() const { return static_cast<ValueKind>(storage_.index()); }
  // The alternative T, or null if the value is of another kind.
  template <class T>
  const T* As() const {
    return std::get_if<T>(&storage_);
  }
  template <class T>
  T* As() {
    return std::get_if<T>(&storage_);
  }
  // The text of a string, or null.
  const std::string* AsString() const;
  // Lists of both forms: the number of elements (0 for any other kind) and a copy of one. REQUIRES: i < ListSize().
  bool is_list() const { return kind() == ValueKind::kList || kind() == ValueKind::kBytes; }
  size_t ListSize() const;
  Value ListAt(size_t i) const;

  // Equal kinds and parts. Floats are equal if their bits are, or if both are NaN; strings by their text alone; handles
  // if they are the same resource.
  friend bool operator==(const Value& a, const Value& b);

  // For messages and logs: `{1, "a", #1(2), [1, 2]}`; long values are cut.
  std::string DebugString() const;

 private:
  Storage storage_;
};

}  // namespace cvm::abi
