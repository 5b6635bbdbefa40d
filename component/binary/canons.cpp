// Canonical definitions: lift, lower and the built-ins, each a code and a list of operands.
#include "component/binary/sections.hpp"
#include "component/model/forms.hpp"
#include "vm/isa/instr.hpp"

namespace cvm::component::binary {
namespace {

using ReadOperand = Result<void> (*)(Reader&, DecodeContext&, CanonDef*);

// ---- options ----

Result<void> SetEncoding(CanonOptions* options, CanonOptions::Encoding encoding, uint64_t at) {
  if (options->encoding) return InvalidError(at, EncodingConflict(*options->encoding, encoding));
  options->encoding = encoding;
  return {};
}

// Binary.md: canonopt. That options neither repeat nor conflict is a rule of validation that only the decoder can
// check, as the model has one place for each.
Result<void> ReadOption(Reader& in, CanonOptions* options) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t code, in.U8());
  if (code < kEncodingKeywords.size()) return SetEncoding(options, static_cast<CanonOptions::Encoding>(code), at);
  if (code == kAsyncOptionCode) {
    if (options->async) return InvalidError(at, OptionTwice("async"));
    options->async = true;
    return {};
  }
  for (const IndexOptionForm& form : kIndexOptionForms) {
    if (form.code != code) continue;
    CVM_ASSIGN_OR_RETURN(const uint32_t index, in.U32());
    if ((options->*form.member).has_value()) return InvalidError(at, OptionTwice(form.keyword));
    options->*form.member = index;
    return {};
  }
  return LeadingByteError(at, code, "canonical option");
}

// ---- operands ----

Result<void> Options(Reader& in, DecodeContext& cx, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, &LoadLimits::canon_options, 0));
  for (uint32_t i = 0; i < count; ++i) {
    CVM_RETURN_IF_ERROR(ReadOption(in, &canon->options));
  }
  return {};
}
Result<void> IndexOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->index, in.U32());
  return {};
}
Result<void> TypeOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->type, in.U32());
  return {};
}
Result<void> TableOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->table, in.U32());
  return {};
}
Result<void> MemoryOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->options.memory, in.U32());
  return {};
}
Result<void> SlotOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->slot, in.U32());
  return {};
}
Result<void> CoreTypeOperand(Reader& in, DecodeContext& cx, CanonDef* canon) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const ValType type, ReadValType(in, cx.features));
  if (type.kind != ValKind::kI32 && type.kind != ValKind::kI64) {
    return InvalidError(at, "context storage can only hold `i32` or `i64`");
  }
  canon->i64 = type.kind == ValKind::kI64;
  return {};
}
Result<void> ResultOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->result, ReadResultList(in));
  return {};
}
Result<void> AsyncOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->async, ReadFlag(in));
  return {};
}
Result<void> CancelOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->cancellable, ReadFlag(in));
  return {};
}
Result<void> SharedOperand(Reader& in, DecodeContext&, CanonDef* canon) {
  CVM_ASSIGN_OR_RETURN(canon->shared, ReadFlag(in));
  return {};
}
// The sort byte in front of the functions of `lift` and `lower`.
Result<void> FuncSort(Reader& in, const char* what) {
  CVM_ASSIGN_OR_RETURN(const uint8_t sort, in.U8());
  if (sort != 0) return LeadingByteError(in.offset() - 1, sort, what);
  return {};
}
Result<void> LiftOperand(Reader& in, DecodeContext& cx, CanonDef* canon) {
  CVM_RETURN_IF_ERROR(FuncSort(in, "canonical function lift"));
  return IndexOperand(in, cx, canon);
}
Result<void> LowerOperand(Reader& in, DecodeContext& cx, CanonDef* canon) {
  CVM_RETURN_IF_ERROR(FuncSort(in, "canonical function lower"));
  return IndexOperand(in, cx, canon);
}

// By CanonOperand.
constexpr ReadOperand kReadOperand[] = {nullptr,     LiftOperand,   LowerOperand, IndexOperand,  Options,
                                        TypeOperand, TypeOperand,   TableOperand, MemoryOperand, CoreTypeOperand,
                                        SlotOperand, ResultOperand, AsyncOperand, CancelOperand, SharedOperand};

}  // namespace

Result<void> ReadCanon(Reader& in, DecodeContext& cx, CanonDef* canon) {
  const uint64_t at = in.offset();
  CVM_ASSIGN_OR_RETURN(const uint8_t code, in.U8());
  const CanonForm* form = CanonByCode(code);
  if (form == nullptr) return LeadingByteError(at, code, "canonical function");
  canon->kind = form->kind;
  for (const CanonOperand operand : form->operands) {
    if (operand == CanonOperand::kNone) break;
    CVM_RETURN_IF_ERROR(kReadOperand[static_cast<size_t>(operand)](in, cx, canon));
  }
  return {};
}

}  // namespace cvm::component::binary
