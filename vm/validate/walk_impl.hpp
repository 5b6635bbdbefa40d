// WalkFunction's body; included by walk.hpp alone. All checking is FunctionValidator's: an instance of the template is
// this loop and the sink's code.
#pragma once

#include "vm/base/try.hpp"
#include "vm/validate/function_validator.hpp"
#include "vm/validate/walk.hpp"

namespace cvm {

template <class Sink>
Result<void> WalkFunction(const ModuleData& module, const ValidatedModule& validated, FuncIndex func, Sink& sink) {
  FunctionValidator validator(module, validated);
  if (!validator.BeginFunction(func)) return validator.TakeError();
  Instr instr;
  while (!validator.done()) {
    if (!validator.Next(&instr)) [[unlikely]]
      return validator.TakeError();
    CVM_RETURN_IF_ERROR(sink.OnInstr(instr, validator.reachable()));
  }
  return {};
}

}  // namespace cvm
