#include "vm/types/types.hpp"

namespace cvm {
namespace {

const char* AbstractName(HeapKind kind) {
  switch (kind) {
    case HeapKind::kNoExn: return "noexn";
    case HeapKind::kNoFunc: return "nofunc";
    case HeapKind::kNoExtern: return "noextern";
    case HeapKind::kNone: return "none";
    case HeapKind::kFunc: return "func";
    case HeapKind::kExtern: return "extern";
    case HeapKind::kAny: return "any";
    case HeapKind::kEq: return "eq";
    case HeapKind::kI31: return "i31";
    case HeapKind::kStruct: return "struct";
    case HeapKind::kArray: return "array";
    case HeapKind::kExn: return "exn";
    case HeapKind::kConcrete: return "concrete";
    case HeapKind::kBottom: return "bot";
  }
  return "unknown";
}

// The text format's short form of a nullable abstract reference: "funcref", "nullref", …
const char* ShortName(HeapKind kind) {
  switch (kind) {
    case HeapKind::kNoExn: return "nullexnref";
    case HeapKind::kNoFunc: return "nullfuncref";
    case HeapKind::kNoExtern: return "nullexternref";
    case HeapKind::kNone: return "nullref";
    case HeapKind::kFunc: return "funcref";
    case HeapKind::kExtern: return "externref";
    case HeapKind::kAny: return "anyref";
    case HeapKind::kEq: return "eqref";
    case HeapKind::kI31: return "i31ref";
    case HeapKind::kStruct: return "structref";
    case HeapKind::kArray: return "arrayref";
    case HeapKind::kExn: return "exnref";
    default: return nullptr;
  }
}

}  // namespace

std::string ToString(HeapType type) {
  if (!type.is_concrete()) return AbstractName(type.kind);
  const std::string index = std::to_string(type.index);
  return type.exact ? "(exact " + index + ")" : index;
}

std::string ToString(ValType type) {
  switch (type.kind) {
    case ValKind::kI32: return "i32";
    case ValKind::kI64: return "i64";
    case ValKind::kF32: return "f32";
    case ValKind::kF64: return "f64";
    case ValKind::kV128: return "v128";
    case ValKind::kBottom: return "bot";
    case ValKind::kRef: break;
  }
  if (const char* name = type.nullable ? ShortName(type.heap.kind) : nullptr) return name;
  return std::string(type.nullable ? "(ref null " : "(ref ") + ToString(type.heap) + ")";
}

std::string ToString(const FuncType& type) {
  std::string text;
  const auto list = [&text](const char* keyword, const ResultType& types) {
    if (types.empty()) return;
    text += text.empty() ? "(" : " (";
    text += keyword;
    for (const ValType& t : types) text.append(" ").append(ToString(t));
    text += ")";
  };
  list("param", type.params);
  list("result", type.results);
  return text;
}

std::string ToString(const Limits& limits) {
  std::string text = limits.addr == AddrKind::kI64 ? "i64 " : "";
  text += std::to_string(limits.min);
  if (limits.max.has_value()) text.append(" ").append(std::to_string(*limits.max));
  if (limits.shared) text += " shared";
  return text;
}

}  // namespace cvm
