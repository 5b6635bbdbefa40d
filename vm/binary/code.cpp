// The function and code sections, and expressions (core/binary/modules#code-section).
#include "vm/binary/sections.hpp"

namespace cvm {
namespace binary {
namespace {

uint64_t ParamCount(const ModuleData& module, TypeIndex type) {
  // An index out of range is validation's affair.
  return type.value < module.types.size() ? module.types[type.value].func.params.size() : 0;
}

// Runs are kept as they stand: a few bytes may declare billions of locals.
Result<void> ReadLocals(Reader& in, DecodeContext& cx, Function* function) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t runs, in.Count(2));
  function->locals.clear();
  function->locals.reserve(runs);
  uint64_t total = 0;
  for (uint32_t i = 0; i < runs; ++i) {
    CVM_ASSIGN_OR_RETURN(const uint32_t count, in.U32());
    CVM_ASSIGN_OR_RETURN(const ValType type, ReadValType(in, cx.features));
    total += count;  // at most 2³² runs of 2³² − 1: no wrap
    function->locals.push_back({count, type});
  }
  if (total > UINT32_MAX) return MalformedError(at, "too many locals");
  CVM_RETURN_IF_ERROR(CheckLimit(cx, &LoadLimits::locals, total + ParamCount(cx.module, function->type), at));
  function->local_count = static_cast<uint32_t>(total);
  return {};
}

}  // namespace

Result<void> DecodeFunctions(Reader& in, DecodeContext& cx) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, 1, &LoadLimits::functions));
  cx.declared_functions = count;
  cx.module.functions.resize(count);
  for (Function& function : cx.module.functions) {
    CVM_ASSIGN_OR_RETURN(function.type.value, in.U32());
  }
  return {};
}

namespace {

// Every body ends in an `end`. For one that does not, says what the reader would have met behind it.
Result<void> CheckFinalEnd(const Expr& body, const Reader& after, bool is_last) {
  if (!body.bytes.empty() && body.bytes.back() == static_cast<uint8_t>(Info(Opcode::kEnd).code)) return {};
  if (after.AtEnd()) return after.UnexpectedEnd();
  return MalformedError(after.offset(), is_last ? "section size mismatch" : "END opcode expected");
}

Result<void> DecodeBody(Reader& in, DecodeContext& cx, Function* function, bool is_last) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint32_t size, in.U32());
  CVM_RETURN_IF_ERROR(CheckLimit(cx, &LoadLimits::function_bytes, size, at));
  CVM_ASSIGN_OR_RETURN(Reader body, in.Sub(size));
  CVM_RETURN_IF_ERROR(ReadLocals(body, cx, function));
  function->body.offset = body.offset();
  CVM_ASSIGN_OR_RETURN(function->body.bytes, body.Take(body.remaining()));
  return CheckFinalEnd(function->body, in, is_last);
}

}  // namespace

Result<void> DecodeCode(Reader& in, DecodeContext& cx) {
  cx.module.code_offset = in.offset();
  CVM_ASSIGN_OR_RETURN(cx.bodies, LimitedCount(in, cx, 1, &LoadLimits::functions));
  Function surplus;  // a body without a declaration: an error, but a later one
  for (uint32_t i = 0; i < cx.bodies; ++i) {
    Function& function = i < cx.declared_functions ? cx.module.functions[i] : surplus;
    CVM_RETURN_IF_ERROR(DecodeBody(in, cx, &function, i + 1 == cx.bodies));
  }
  return {};
}

}  // namespace binary

Result<Expr> ReadExpr(Reader& in, const Features& features) {
  Expr expr;
  expr.offset = in.offset();
  const uint8_t* begin = in.pos();
  Instr instr;
  for (uint64_t depth = 1; depth != 0;) {
    CVM_RETURN_IF_ERROR(ReadInstr(in, features, &instr));
    switch (instr.op) {
      case Opcode::kBlock:
      case Opcode::kLoop:
      case Opcode::kIf:
      case Opcode::kTry:
      case Opcode::kTryTable:
        ++depth;
        break;
      case Opcode::kEnd:
      case Opcode::kDelegate:
        if (instr.op == Opcode::kDelegate && depth == 1)
          return MalformedError(instr.offset, "misplaced delegate opcode");
        --depth;
        break;
      default:
        break;
    }
  }
  expr.bytes = Bytes(begin, static_cast<size_t>(in.pos() - begin));
  return expr;
}

}  // namespace cvm
