// ComponentValue: a value of any component-level type, for embedders who know types only at run time. (With types known
// beforehand, bindings from cvm-bindgen need no such values.)
//
// A value owns its parts and names them as WIT does: fields, cases and labels by name. ToString and Parse use the text
// form that `cvm-run --invoke` takes and prints (WAVE): `{name: "x", sizes: [1, 2]}`, `some(3)`, `err("no")`, `{a, b}`.
// No thread affinity, but for handles of resources, which belong to their store's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cvm/result.hpp"

namespace cvm {

// A resource that the host owns, or was lent for the duration of a call. Copies refer to the same handle. An owned
// resource that is not passed on is dropped with the last copy, which runs its destructor; not after its store is gone.
class ComponentResource {
 public:
  // False once it was passed on, dropped, or if it was lent and the call is over.
  bool valid() const;
  bool owned() const;
  // Drops it now; an Error if its destructor traps.
  Result<void> Drop();

  bool operator==(const ComponentResource&) const = default;

  struct Impl;
  explicit ComponentResource(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}  // for cvm's own layers
  const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

// The readable end of a stream or a future, on its way between guest and host: what a guest gave, or what
// ComponentStreamWriter::New and ComponentFutureWriter::New (cvm/component_stream.hpp) made to be given to one. Copies
// refer to the same end. One that is not passed on or read is dropped with the last copy.
class ComponentStream {
 public:
  // False once it was passed on.
  bool valid() const;
  bool operator==(const ComponentStream&) const = default;

  struct Impl;
  explicit ComponentStream(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}  // for cvm's own layers
  const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};
class ComponentFuture {
 public:
  bool valid() const;
  bool operator==(const ComponentFuture&) const = default;

  explicit ComponentFuture(std::shared_ptr<ComponentStream::Impl> impl) : impl_(std::move(impl)) {}
  const std::shared_ptr<ComponentStream::Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<ComponentStream::Impl> impl_;
};

// A value of type error-context.
struct ComponentErrorContext {
  std::string debug_message;
  bool operator==(const ComponentErrorContext&) const = default;
};

class ComponentValue {
 public:
  struct Field;
  struct List {
    std::vector<ComponentValue> elements;
    bool operator==(const List&) const;
  };
  // Fields in order: names[i] is the name of values[i].
  struct Record {
    std::vector<std::string> names;
    std::vector<ComponentValue> values;
    bool operator==(const Record&) const;
  };
  struct Tuple {
    std::vector<ComponentValue> elements;
    bool operator==(const Tuple&) const;
  };
  // A case and its payload: none or one element.
  struct Variant {
    std::string name;
    std::vector<ComponentValue> payload;
    bool operator==(const Variant&) const;
  };
  struct Enum {
    std::string name;
    bool operator==(const Enum&) const = default;
  };
  struct Option {
    std::vector<ComponentValue> some;
    bool operator==(const Option&) const;
  };
  struct Expected {
    bool ok = true;
    std::vector<ComponentValue> payload;
    bool operator==(const Expected&) const;
  };
  struct Flags {
    std::vector<std::string> names;
    bool operator==(const Flags&) const = default;
  };
  using Storage = std::variant<bool, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, float,
                               double, char32_t, std::string, List, Record, Tuple, Variant, Enum, Option, Expected,
                               Flags, ComponentResource, ComponentStream, ComponentFuture, ComponentErrorContext>;

  ComponentValue();  // false
  // From one of the alternatives, exactly typed: ComponentValue(uint8_t{1}), ComponentValue(std::string("x")).
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, ComponentValue>)
  explicit ComponentValue(T alternative);

  static ComponentValue String(std::string_view text);
  static ComponentValue ListOf(std::vector<ComponentValue> elements);
  static ComponentValue RecordOf(std::vector<Field> fields);
  static ComponentValue TupleOf(std::vector<ComponentValue> elements);
  static ComponentValue Case(std::string_view name, std::optional<ComponentValue> payload = std::nullopt);
  static ComponentValue EnumOf(std::string_view name);
  static ComponentValue None();
  static ComponentValue Some(ComponentValue value);
  static ComponentValue Ok(std::optional<ComponentValue> value = std::nullopt);
  static ComponentValue Err(std::optional<ComponentValue> value = std::nullopt);
  static ComponentValue FlagsOf(std::vector<std::string> names);

  // The alternative T, or null if the value is of another kind.
  template <class T>
  const T* As() const {
    return std::get_if<T>(&storage_);
  }
  template <class T>
  T* As() {
    return std::get_if<T>(&storage_);
  }
  // The field of a record, or null.
  const ComponentValue* Find(std::string_view field) const;
  const Storage& storage() const { return storage_; }

  bool operator==(const ComponentValue&) const;
  std::string ToString() const;

 private:
  Storage storage_;
};

struct ComponentValue::Field {
  std::string name;
  ComponentValue value;
  bool operator==(const Field&) const = default;
};

inline ComponentValue::ComponentValue() = default;

template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, ComponentValue>)
ComponentValue::ComponentValue(T alternative) : storage_(std::in_place_type<T>, std::move(alternative)) {}

}  // namespace cvm
