// Equality and text of dynamic values. Both recurse over a value, whose depth follows its type's (kMaxTypeDepth) where
// it came from a guest; a host that nests its own values deeper spends its own stack.
#include "canonical-abi/values/value.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "vm/base/utf8.hpp"

namespace cvm::abi {
namespace {

constexpr std::string_view kNames[] = {"bool",   "s8",     "u8",       "s16",    "u16",          "s32",
                                       "u32",    "s64",    "u64",      "f32",    "f64",          "char",
                                       "string", "list",   "list<u8>", "record", "variant",      "flags",
                                       "own",    "borrow", "stream",   "future", "error-context"};
static_assert(std::size(kNames) == std::variant_size_v<Value::Storage>);
static_assert(static_cast<size_t>(ValueKind::kErrorContext) + 1 == std::variant_size_v<Value::Storage>);

// A message has no use for more.
constexpr size_t kMaxText = 1024;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

bool SameFloat(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}
bool SameFloat(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

// The two forms of a list compare element by element.
bool SameList(const Value& a, const Value& b) {
  if (a.As<Bytes>() && b.As<Bytes>()) return a.As<Bytes>()->bytes == b.As<Bytes>()->bytes;
  if (a.As<List>() && b.As<List>()) return a.As<List>()->elements == b.As<List>()->elements;
  const size_t n = a.ListSize();
  if (n != b.ListSize()) return false;
  for (size_t i = 0; i < n; ++i) {
    if (!(a.ListAt(i) == b.ListAt(i))) return false;
  }
  return true;
}

class Writer {
 public:
  std::string Write(const Value& value) {
    Put(value);
    if (out_.size() > kMaxText) out_.resize(kMaxText), out_ += "…";
    return std::move(out_);
  }

 private:
  template <class T>
  void Number(T v) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, v).ptr;
    out_.append(text, end);
  }

  void Quoted(std::string_view text, char quote) {
    out_ += quote;
    for (const char c : text.substr(0, kMaxText)) {
      if (c == quote || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += quote;
  }

  template <class T>
  void Sequence(char open, const std::vector<T>& items, char close) {
    out_ += open;
    for (size_t i = 0; i < items.size() && out_.size() <= kMaxText; ++i) {
      if (i > 0) out_ += ", ";
      Put(items[i]);
    }
    out_ += close;
  }

  void Put(uint8_t byte) { Number(static_cast<unsigned>(byte)); }

  void Handle(std::string_view kind, uint64_t rep) {
    out_ += kind;
    out_ += '(';
    Number(rep);
    out_ += ')';
  }

  void Put(const Value& value) {
    if (out_.size() > kMaxText) return;
    switch (value.kind()) {
      case ValueKind::kBool:
        out_ += *value.As<bool>() ? "true" : "false";
        return;
      case ValueKind::kS8:
        return Number(static_cast<int>(*value.As<int8_t>()));
      case ValueKind::kU8:
        return Put(*value.As<uint8_t>());
      case ValueKind::kS16:
        return Number(*value.As<int16_t>());
      case ValueKind::kU16:
        return Number(*value.As<uint16_t>());
      case ValueKind::kS32:
        return Number(*value.As<int32_t>());
      case ValueKind::kU32:
        return Number(*value.As<uint32_t>());
      case ValueKind::kS64:
        return Number(*value.As<int64_t>());
      case ValueKind::kU64:
        return Number(*value.As<uint64_t>());
      case ValueKind::kF32:
        return Number(*value.As<float>());
      case ValueKind::kF64:
        return Number(*value.As<double>());
      default:
        return PutCompound(value);
    }
  }

  void PutCompound(const Value& value) {
    switch (value.kind()) {
      case ValueKind::kChar: {
        std::string text;
        AppendUtf8(&text, *value.As<char32_t>());
        return Quoted(text, '\'');
      }
      case ValueKind::kString:
        return Quoted(*value.AsString(), '"');
      case ValueKind::kList:
        return Sequence('[', value.As<List>()->elements, ']');
      case ValueKind::kBytes:
        return Sequence('[', value.As<Bytes>()->bytes, ']');
      case ValueKind::kRecord:
        return Sequence('{', value.As<Record>()->fields, '}');
      case ValueKind::kVariant:
        out_ += '#';
        Number(value.As<Variant>()->case_index);
        if (!value.As<Variant>()->payload.empty()) Sequence('(', value.As<Variant>()->payload, ')');
        return;
      case ValueKind::kFlags:
        return Handle("flags", value.As<Flags>()->bits);
      case ValueKind::kOwn:
        return Handle("own", value.As<OwnHandle>()->rep);
      case ValueKind::kBorrow:
        return Handle("borrow", value.As<BorrowHandle>()->rep);
      default:  // stream, future, error-context
        out_ += ValueKindName(value.kind());
    }
  }

  std::string out_;
};

}  // namespace

std::string_view ValueKindName(ValueKind kind) { return kNames[static_cast<size_t>(kind)]; }

Value Value::Str(std::string text, StringSource source) { return Value(String{std::move(text), source}); }

Value Value::Case(uint32_t index, std::optional<Value> payload) {
  Variant v{index, {}};
  if (payload.has_value()) v.payload.push_back(*std::move(payload));
  return Value(std::move(v));
}

Value Value::Enum(uint32_t index) { return Case(index, std::nullopt); }
Value Value::None() { return Case(0, std::nullopt); }
Value Value::Some(Value v) { return Case(1, std::move(v)); }
Value Value::Ok(std::optional<Value> v) { return Case(0, std::move(v)); }
Value Value::Err(std::optional<Value> v) { return Case(1, std::move(v)); }

const std::string* Value::AsString() const {
  const String* s = As<String>();
  return s == nullptr ? nullptr : &s->text;
}

size_t Value::ListSize() const {
  if (const List* list = As<List>()) return list->elements.size();
  if (const Bytes* bytes = As<Bytes>()) return bytes->bytes.size();
  return 0;
}

Value Value::ListAt(size_t i) const {
  if (const List* list = As<List>()) return list->elements[i];
  return U8(As<Bytes>()->bytes[i]);
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_list() && b.is_list()) return SameList(a, b);
  if (a.kind() != b.kind()) return false;
  const Overloaded same{
      [&](float x) { return SameFloat(x, *b.As<float>()); },
      [&](double x) { return SameFloat(x, *b.As<double>()); },
      [&](const List&) { return SameList(a, b); },
      [&](const Bytes&) { return SameList(a, b); },
      [&](const Record& x) { return x.fields == b.As<Record>()->fields; },
      [&](const Variant& x) {
        return x.case_index == b.As<Variant>()->case_index && x.payload == b.As<Variant>()->payload;
      },
      [&]<class T>(const T& x) { return x == *b.As<T>(); },
  };
  return std::visit(same, a.storage_);
}

std::string Value::DebugString() const { return Writer().Write(*this); }

}  // namespace cvm::abi
