// Functions: canonical definitions, in both orders, and the abbreviations of functions (Explainer.md, "Canonical
// Definitions").
#include "component/text/parser.hpp"
#include "vm/text/literals.hpp"

namespace cvm::component::text {

// --- options

// True if there was one. That options neither repeat nor conflict is a rule of validation that shows here, as the model
// has one place for each.
Result<bool> Parser::CanonOption(CanonOptions* options) {
  const Token at = in_.Peek();
  for (size_t i = 0; i < kEncodingKeywords.size(); ++i) {
    if (!in_.TakeKeyword(kEncodingKeywords[i])) continue;
    const auto encoding = static_cast<CanonOptions::Encoding>(i);
    if (options->encoding) return Invalid(at, EncodingConflict(*options->encoding, encoding));
    options->encoding = encoding;
    return true;
  }
  if (in_.TakeKeyword("async")) {
    if (options->async) return Invalid(at, OptionTwice("async"));
    options->async = true;
    return true;
  }
  for (const IndexOptionForm& form : kIndexOptionForms) {
    if (!in_.TakeOpen(form.keyword)) continue;
    std::optional<uint32_t>& option = options->*form.member;
    if (option) return Invalid(at, OptionTwice(form.keyword));
    CVM_ASSIGN_OR_RETURN(option, OptionIndex(form.sort));
    CVM_RETURN_IF_ERROR(in_.Close());
    return true;
  }
  return false;
}

// idx or (core sort idx name?), and the older `idx name`.
Result<uint32_t> Parser::OptionIndex(Sort sort) { return in_.AtIndex() ? PathTo(sort) : Ref(sort); }

Result<void> Parser::CanonOptionList(CanonOptions* options) {
  while (true) {
    CVM_ASSIGN_OR_RETURN(const bool more, CanonOption(options));
    if (!more) return {};
  }
}

// --- operands

// `i32` or `i64`; none in the older form without a type.
Result<void> Parser::SlotType(CanonDef* canon) {
  if (in_.At(TokenKind::kNat)) return {};
  const Token type = in_.Peek();
  CVM_RETURN_IF_ERROR(in_.SkipForm());
  if (in_.text(type) != "i32" && in_.text(type) != "i64") {
    return Invalid(type, "context storage can only hold `i32` or `i64`");
  }
  canon->i64 = in_.text(type) == "i64";
  return {};
}

Result<void> Parser::Operand(CanonOperand operand, CanonDef* canon) {
  switch (operand) {
    case CanonOperand::kNone:
    case CanonOperand::kFuncType:  // stands where the function is defined
      return {};
    case CanonOperand::kCoreFunc: {
      CVM_ASSIGN_OR_RETURN(canon->index, Ref(Sort::kCoreFunc));
      return {};
    }
    case CanonOperand::kFunc: {
      CVM_ASSIGN_OR_RETURN(canon->index, Ref(Sort::kFunc));
      return {};
    }
    case CanonOperand::kType: {
      CVM_ASSIGN_OR_RETURN(canon->index, Ref(Sort::kType));
      return {};
    }
    case CanonOperand::kOptions:
      return CanonOptionList(&canon->options);
    case CanonOperand::kCoreType: {
      CVM_ASSIGN_OR_RETURN(canon->type, Ref(Sort::kCoreType));
      return {};
    }
    case CanonOperand::kTable: {
      CVM_ASSIGN_OR_RETURN(canon->table, Ref(Sort::kCoreTable));
      return {};
    }
    case CanonOperand::kMemory: {
      if (!in_.TakeOpen("memory")) return Unexpected("`(memory …)`");
      CVM_ASSIGN_OR_RETURN(canon->options.memory, OptionIndex(Sort::kCoreMemory));
      return in_.Close();
    }
    case CanonOperand::kSlotType:
      return SlotType(canon);
    case CanonOperand::kSlot: {
      CVM_ASSIGN_OR_RETURN(canon->slot, in_.U32());
      return {};
    }
    case CanonOperand::kResult: {
      if (!in_.TakeOpen("result")) return {};
      CVM_ASSIGN_OR_RETURN(canon->result, ValType());
      return in_.Close();
    }
    case CanonOperand::kAsync:
      canon->async = in_.TakeKeyword("async");
      return {};
    case CanonOperand::kCancellable:
      canon->cancellable = in_.TakeKeyword("cancellable");
      return {};
    case CanonOperand::kShared:
      canon->shared = in_.TakeKeyword("shared");
      return {};
  }
  return {};
}

// Behind "canon": a keyword and its operands.
Result<CanonDef> Parser::CanonBody() {
  const CanonForm* form = in_.At(TokenKind::kKeyword) ? CanonByKeyword(in_.text(in_.Peek())) : nullptr;
  if (form == nullptr) return Unexpected("a canonical definition");
  in_.Next();
  CanonDef canon;
  canon.kind = form->kind;
  for (const CanonOperand operand : form->operands) {
    CVM_RETURN_IF_ERROR(Operand(operand, &canon));
  }
  return canon;
}

// --- definitions

// (canon lift … (func $id? type)) or (canon … (core func $id?))
Result<void> Parser::Canon() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("canon"));
  CVM_ASSIGN_OR_RETURN(CanonDef canon, CanonBody());
  const bool lift = canon.kind == CanonKind::kLift;
  const Sort sort = lift ? Sort::kFunc : Sort::kCoreFunc;
  if (TakeOpenSort() != sort) return Unexpected(lift ? "`(func …)`" : "`(core func …)`");
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  if (lift) {
    CVM_ASSIGN_OR_RETURN(canon.type, TypeUse(Sort::kFunc));
  }
  CVM_RETURN_IF_ERROR(Bind(sort, binder, Define(offset, sort, std::move(canon))));
  CVM_RETURN_IF_ERROR(in_.Close());
  return in_.Close();
}

// (func $id? export* …): imported, an alias, or lifted
Result<void> Parser::Func() {
  const uint32_t offset = Here();
  CVM_RETURN_IF_ERROR(in_.ExpectOpen("func"));
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  std::vector<ExternNameText> exports;
  CVM_RETURN_IF_ERROR(InlineExports(&exports));
  CVM_ASSIGN_OR_RETURN(std::optional<uint32_t> index, ImportOrAlias(offset, Sort::kFunc));
  if (!index) {
    CVM_ASSIGN_OR_RETURN(const uint32_t type, TypeUse(Sort::kFunc));
    if (!in_.TakeOpen("canon") || !in_.AtKeyword("lift")) return Unexpected("`(canon lift …)`");
    CVM_ASSIGN_OR_RETURN(CanonDef canon, CanonBody());
    canon.type = type;
    CVM_RETURN_IF_ERROR(in_.Close());
    index = Define(offset, Sort::kFunc, std::move(canon));
  }
  CVM_RETURN_IF_ERROR(Finish(offset, {Sort::kFunc, *index}, binder, exports));
  return in_.Close();
}

// (core func $id? (canon …)), (core func $id? (alias core export …)); of other core items, the alias only.
Result<void> Parser::CoreItem() {
  const uint32_t offset = Here();
  const std::optional<Sort> sort = TakeOpenSort();
  CVM_ASSIGN_OR_RETURN(const Binder binder, TakeBinder());
  CVM_ASSIGN_OR_RETURN(std::optional<uint32_t> index, InlineAlias(offset, *sort));
  if (!index) {
    if (*sort != Sort::kCoreFunc || !in_.TakeOpen("canon") || in_.AtKeyword("lift")) {
      return Unexpected("what defines a core item");
    }
    CVM_ASSIGN_OR_RETURN(CanonDef canon, CanonBody());
    CVM_RETURN_IF_ERROR(in_.Close());
    index = Define(offset, *sort, std::move(canon));
  }
  CVM_RETURN_IF_ERROR(Bind(*sort, binder, *index));
  return in_.Close();
}

}  // namespace cvm::component::text
