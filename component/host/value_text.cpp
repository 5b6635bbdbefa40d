// The parts of ComponentValue, and its text form.
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "component/host/value_text.hpp"
#include "cvm/component_value.hpp"

namespace cvm {

bool ComponentValue::operator==(const ComponentValue&) const = default;
bool ComponentValue::List::operator==(const List&) const = default;
bool ComponentValue::Record::operator==(const Record&) const = default;
bool ComponentValue::Tuple::operator==(const Tuple&) const = default;
bool ComponentValue::Variant::operator==(const Variant&) const = default;
bool ComponentValue::Option::operator==(const Option&) const = default;
bool ComponentValue::Expected::operator==(const Expected&) const = default;

namespace {

std::vector<ComponentValue> OneOrNone(std::optional<ComponentValue> value) {
  std::vector<ComponentValue> list;
  if (value.has_value()) list.push_back(*std::move(value));
  return list;
}

}  // namespace

ComponentValue ComponentValue::String(std::string_view text) { return ComponentValue(std::string(text)); }
ComponentValue ComponentValue::EnumOf(std::string_view name) { return ComponentValue(Enum{std::string(name)}); }
ComponentValue ComponentValue::FlagsOf(std::vector<std::string> names) {
  return ComponentValue(Flags{std::move(names)});
}
ComponentValue ComponentValue::ListOf(std::vector<ComponentValue> elements) {
  return ComponentValue(List{std::move(elements)});
}
ComponentValue ComponentValue::RecordOf(std::vector<Field> fields) {
  Record record;
  for (Field& field : fields) {
    record.names.push_back(std::move(field.name));
    record.values.push_back(std::move(field.value));
  }
  return ComponentValue(std::move(record));
}
ComponentValue ComponentValue::TupleOf(std::vector<ComponentValue> elements) {
  return ComponentValue(Tuple{std::move(elements)});
}
ComponentValue ComponentValue::Case(std::string_view name, std::optional<ComponentValue> payload) {
  return ComponentValue(Variant{std::string(name), OneOrNone(std::move(payload))});
}
ComponentValue ComponentValue::None() { return ComponentValue(Option{}); }
ComponentValue ComponentValue::Some(ComponentValue value) {
  return ComponentValue(Option{OneOrNone(std::move(value))});
}
ComponentValue ComponentValue::Ok(std::optional<ComponentValue> value) {
  return ComponentValue(Expected{true, OneOrNone(std::move(value))});
}
ComponentValue ComponentValue::Err(std::optional<ComponentValue> value) {
  return ComponentValue(Expected{false, OneOrNone(std::move(value))});
}

const ComponentValue* ComponentValue::Find(std::string_view field) const {
  const Record* record = As<Record>();
  if (record == nullptr) return nullptr;
  for (size_t i = 0; i < record->names.size(); ++i) {
    if (record->names[i] == field) return &record->values[i];
  }
  return nullptr;
}

namespace component {

bool IsWaveKeyword(std::string_view name) {
  for (const std::string_view word : {"true", "false", "some", "none", "ok", "err", "inf", "nan"}) {
    if (name == word) return true;
  }
  return false;
}

void AppendUtf8(char32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xc0 | c >> 6));
    out->push_back(static_cast<char>(0x80 | (c & 0x3f)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | c >> 12));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3f)));
  } else {
    out->push_back(static_cast<char>(0xf0 | c >> 18));
    out->push_back(static_cast<char>(0x80 | (c >> 12 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3f)));
  }
}

namespace {

void AppendEscaped(char32_t c, char quote, std::string* out) {
  switch (c) {
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      break;
  }
  if (c == '\\' || c == static_cast<char32_t>(quote)) {
    out->push_back('\\');
    out->push_back(static_cast<char>(c));
  } else if (c < 0x20 || c == 0x7f) {
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, "\\u{%x}", static_cast<unsigned>(c));
    out->append(buffer);
  } else {
    AppendUtf8(c, out);
  }
}

class TextWriter {
 public:
  void Write(const ComponentValue& value) { std::visit(*this, value.storage()); }
  std::string Take() { return std::move(text_); }

  void operator()(bool v) { text_ += v ? "true" : "false"; }
  void operator()(int8_t v) { text_ += std::to_string(v); }
  void operator()(uint8_t v) { text_ += std::to_string(v); }
  template <class T>
    requires(std::is_integral_v<T> && sizeof(T) > 1 && !std::is_same_v<T, char32_t>)
  void operator()(T v) {
    text_ += std::to_string(v);
  }
  void operator()(float v) {
    WriteFloat(v, [&](const char* text) { return std::strtof(text, nullptr) == v; });
  }
  void operator()(double v) {
    WriteFloat(v, [&](const char* text) { return std::strtod(text, nullptr) == v; });
  }
  void operator()(char32_t c) {
    text_ += '\'';
    AppendEscaped(c, '\'', &text_);
    text_ += '\'';
  }
  void operator()(const std::string& s) {
    text_ += '"';
    // Bytes above 0x7f are UTF-8 already.
    for (const char c : s) {
      if (static_cast<uint8_t>(c) < 0x80) {
        AppendEscaped(static_cast<char32_t>(c), '"', &text_);
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }
  void operator()(const ComponentValue::List& list) { WriteAll('[', list.elements, ']'); }
  void operator()(const ComponentValue::Tuple& tuple) { WriteAll('(', tuple.elements, ')'); }
  void operator()(const ComponentValue::Record& record) {
    text_ += '{';
    for (size_t i = 0; i < record.names.size(); ++i) {
      if (i != 0) text_ += ", ";
      text_ += record.names[i] + ": ";
      Write(record.values[i]);
    }
    text_ += '}';
  }
  void operator()(const ComponentValue::Variant& variant) { WriteCase(Name(variant.name), variant.payload); }
  void operator()(const ComponentValue::Enum& e) { text_ += Name(e.name); }
  void operator()(const ComponentValue::Option& option) {
    WriteCase(option.some.empty() ? "none" : "some", option.some);
  }
  void operator()(const ComponentValue::Expected& result) { WriteCase(result.ok ? "ok" : "err", result.payload); }
  void operator()(const ComponentValue::Flags& flags) {
    text_ += '{';
    for (size_t i = 0; i < flags.names.size(); ++i) text_ += (i != 0 ? ", " : "") + flags.names[i];
    text_ += '}';
  }
  void operator()(const ComponentResource& resource) { text_ += resource.owned() ? "<own>" : "<borrow>"; }
  void operator()(const ComponentStream&) { text_ += "<stream>"; }
  void operator()(const ComponentFuture&) { text_ += "<future>"; }
  void operator()(const ComponentErrorContext& context) {
    text_ += "<error-context ";
    (*this)(context.debug_message);
    text_ += '>';
  }

 private:
  static std::string Name(const std::string& name) { return IsWaveKeyword(name) ? "%" + name : name; }
  // The shortest text that reads back as the same number.
  template <class ReadsBack>
  void WriteFloat(double v, const ReadsBack& reads_back) {
    if (std::isnan(v)) {
      text_ += "nan";
    } else if (std::isinf(v)) {
      text_ += v < 0 ? "-inf" : "inf";
    } else {
      char buffer[40];
      for (int digits = 1; digits <= 17; ++digits) {
        std::snprintf(buffer, sizeof buffer, "%.*g", digits, v);
        if (reads_back(buffer)) break;
      }
      text_ += buffer;
    }
  }
  void WriteAll(char open, const std::vector<ComponentValue>& values, char close) {
    text_ += open;
    for (size_t i = 0; i < values.size(); ++i) {
      if (i != 0) text_ += ", ";
      Write(values[i]);
    }
    text_ += close;
  }
  void WriteCase(const std::string& name, const std::vector<ComponentValue>& payload) {
    text_ += name;
    if (!payload.empty()) WriteAll('(', payload, ')');
  }

  std::string text_;
};

}  // namespace
}  // namespace component

std::string ComponentValue::ToString() const {
  component::TextWriter writer;
  writer.Write(*this);
  return writer.Take();
}

}  // namespace cvm
