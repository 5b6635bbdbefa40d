#include "component/runtime/builtins.hpp"

#include "vm/base/try.hpp"

namespace cvm::component {
namespace {

const BuiltinRow* Find(CanonKind kind) {
  for (const auto rows : {ResourceBuiltins(), TaskBuiltins(), CopyBuiltins(), ThreadBuiltins()}) {
    for (const BuiltinRow& row : rows) {
      if (row.kind == kind) return &row;
    }
  }
  return nullptr;
}

ValType CoreTypeOf(abi::CoreType type) {
  const ValType types[] = {ValType::I32(), ValType::I64(), ValType::F32(), ValType::F64()};
  return types[static_cast<size_t>(type)];
}

// task.return takes the result as its parameters, as if it were a function that is lowered.
FuncCode TaskReturnCode(const Builtin& builtin) {
  abi::FuncType type;
  if (builtin.type.has_value()) type.params.emplace_back("v", *builtin.type);
  FuncCode code;
  code.flat = abi::FlattenFunctype({builtin.options.ptr_type, false, false}, type, abi::FlattenContext::kLower);
  for (const abi::CoreType param : code.flat.params) code.core_type.params.push_back(CoreTypeOf(param));
  return code;
}

// The letters of BuiltinRow::type.
ValType TypeOf(char letter, const Builtin& builtin) {
  bool wide = letter == 'l';
  if (letter == 'a') wide = builtin.options.ptr_type == abi::PtrType::kI64;
  if (letter == 'r') wide = builtin.rep64;
  if (letter == 'c') wide = builtin.canon->i64;
  if (letter == 'e') wide = builtin.table64;
  if (letter == 's') wide = builtin.start64;
  return wide ? ValType::I64() : ValType::I32();
}

}  // namespace

BuiltinBody BodyOf(CanonKind kind) {
  const BuiltinRow* row = Find(kind);
  return row == nullptr ? nullptr : row->body;
}

Result<FuncCode> CodeOf(const Builtin& builtin) {
  const BuiltinRow* row = Find(builtin.canon->kind);
  if (row == nullptr) return CVM_BUG("a canonical built-in without a name");
  if (row->body == nullptr) return UnsupportedError("`" + std::string(row->name) + "` is not supported");
  if (builtin.canon->kind == CanonKind::kTaskReturn) return TaskReturnCode(builtin);
  FuncCode code;
  bool result = false;
  for (const char letter : row->type) {
    if (letter == ':') {
      result = true;
    } else {
      (result ? code.core_type.results : code.core_type.params).push_back(TypeOf(letter, builtin));
    }
  }
  return code;
}

}  // namespace cvm::component
