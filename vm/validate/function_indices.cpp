// FunctionValidator: the indices and types that instructions name, and what a constant expression may hold.
#include <algorithm>

#include "vm/types/heap_features.hpp"
#include "vm/validate/function_validator.hpp"

namespace cvm {
namespace {

// The gc proposal includes typed function references, and those include reference types.
bool HasFeature(const Features& features, Feature feature) {
  if (features.Has(feature)) return true;
  if (feature == Feature::kFunctionReferences) return features.Has(Feature::kGc);
  if (feature == Feature::kReferenceTypes) return HasFeature(features, Feature::kFunctionReferences);
  return false;
}

}  // namespace

Error DisabledError(Feature feature) {
  const std::string key(FeatureKey(feature));
  return UnsupportedError(key + " support is not enabled (-W " + key + ")");
}

std::optional<Error> CheckHeapTypeIn(HeapType type, size_t type_count, const Features& features) {
  if (type.is_concrete() && type.index >= type_count) {
    return Error(ErrorKind::kInvalid, "unknown type " + std::to_string(type.index));
  }
  const Feature feature = FeatureOf(type);
  if (!HasFeature(features, feature)) return DisabledError(feature);
  return std::nullopt;
}

std::optional<Error> CheckValTypeIn(ValType type, size_t type_count, const Features& features) {
  if (type.kind == ValKind::kV128 && !features.Has(Feature::kSimd)) return DisabledError(Feature::kSimd);
  if (!type.is_ref()) return std::nullopt;
  if (!type.nullable && !HasFeature(features, Feature::kFunctionReferences)) {
    return DisabledError(Feature::kFunctionReferences);
  }
  return CheckHeapTypeIn(type.heap, type_count, features);
}

bool FunctionValidator::CheckValType(ValType type) {
  if (type.is_num()) [[likely]]
    return true;
  auto error = CheckValTypeIn(type, module_.types.size(), features());
  return !error || Fail(*std::move(error));
}

bool FunctionValidator::CheckHeapType(HeapType type) {
  auto error = CheckHeapTypeIn(type, module_.types.size(), features());
  return !error || Fail(*std::move(error));
}

bool FunctionValidator::FuncTypeAt(uint32_t type) {
  if (type >= module_.types.size()) return Unknown("type", type);
  return module_.types[type].kind == CompositeKind::kFunc || Invalid("non-function type " + std::to_string(type));
}

bool FunctionValidator::StructTypeAt(uint32_t type, const SubType** out) {
  if (type >= module_.types.size()) return Unknown("type", type);
  *out = &module_.types[type];
  return (*out)->kind == CompositeKind::kStruct || Invalid("non-structure type " + std::to_string(type));
}

bool FunctionValidator::ArrayTypeAt(uint32_t type, const FieldType** out) {
  if (type >= module_.types.size()) return Unknown("type", type);
  if (module_.types[type].kind != CompositeKind::kArray) return Invalid("non-array type " + std::to_string(type));
  *out = &module_.types[type].fields.front();
  return true;
}

bool FunctionValidator::TableAt(uint32_t index, const TableType** out) {
  if (index >= module_.table_types.size()) return Unknown("table", index);
  *out = &module_.table_types[index];
  return true;
}

bool FunctionValidator::MemoryAt(uint32_t index, AddrKind* addr) {
  if (index >= module_.memory_types.size()) return Unknown("memory", index);
  *addr = module_.memory_types[index].limits.addr;
  return true;
}

// binary/modules#data-count-section: in a binary, code may name data segments only if their count came before it.
bool FunctionValidator::DataAt(uint32_t index) {
  if (module_.bytes != nullptr && !module_.data_count) return Malformed("data count section required");
  return index < module_.data.size() || Unknown("data segment", index);
}

bool FunctionValidator::ElemAt(uint32_t index, const ElementSegment** out) {
  if (index >= module_.elements.size()) return Unknown("elem segment", index);
  *out = &module_.elements[index];
  return true;
}

bool FunctionValidator::ReferToFunc(uint32_t func) {
  if (func >= module_.func_types.size()) return Unknown("function", func);
  if (constant_) {
    (*declared_)[func] = true;
    return true;
  }
  return validated_.declared_funcs[func] || Invalid("undeclared function reference " + std::to_string(func));
}

// valid/instructions#constant-expressions. global.get has a rule of its own below; `end` closes the expression.
bool FunctionValidator::CheckConstant(const Instr& instr) {
  static constexpr Opcode kConstant[] = {Opcode::kEnd,
                                         Opcode::kI32Const,
                                         Opcode::kI64Const,
                                         Opcode::kF32Const,
                                         Opcode::kF64Const,
                                         Opcode::kV128Const,
                                         Opcode::kRefNull,
                                         Opcode::kRefFunc,
                                         Opcode::kRefI31,
                                         Opcode::kStructNew,
                                         Opcode::kArrayNew,
                                         Opcode::kStructNewDefault,
                                         Opcode::kGlobalGet,
                                         Opcode::kArrayNewDefault,
                                         Opcode::kArrayNewFixed,
                                         Opcode::kAnyConvertExtern,
                                         Opcode::kExternConvertAny,
                                         Opcode::kStructNewDesc,
                                         Opcode::kStructNewDefaultDesc};
  static constexpr Opcode kExtended[] = {Opcode::kI32Add, Opcode::kI32Sub, Opcode::kI32Mul,
                                         Opcode::kI64Add, Opcode::kI64Sub, Opcode::kI64Mul};
  if (instr.op == Opcode::kGlobalGet) {
    if (instr.index >= visible_globals_) return Unknown("global", instr.index);
    if (module_.global_types[instr.index].mutable_) return Invalid("constant expression required: global is mutable");
    // Globals of the module itself may be read since 3.0.
    if (instr.index >= module_.imported_globals && !features().Has(Feature::kGc)) {
      return Invalid("constant expression required: global.get of a global that is not imported needs -W gc");
    }
    return true;
  }
  if (std::find(std::begin(kConstant), std::end(kConstant), instr.op) != std::end(kConstant)) return true;
  const std::string words = "constant expression required: " + std::string(instr.info().text) + " is not constant";
  if (std::find(std::begin(kExtended), std::end(kExtended), instr.op) == std::end(kExtended)) return Invalid(words);
  return features().Has(Feature::kExtendedConst) || Invalid(words + " (enable with -W extended-const)");
}

}  // namespace cvm
