// Parsing a module takes three passes over its fields: bind identifiers to indices, parse type definitions, parse the
// rest (core/text/modules: identifiers and types may be used before they are defined).
#include "vm/module/module_limits.hpp"
#include "vm/text/field_parser.hpp"
#include "vm/text/parse.hpp"

namespace cvm::text {
namespace {

class ModuleParser {
 public:
  ModuleParser(TokenCursor& in, const Features& features, const LoadLimits& limits, ModuleData& module)
      : in_(in), cx_(in, features, limits, module), fields_(cx_), begin_(in.position()) {}

  Result<void> Run(std::string_view name) {
    CVM_RETURN_IF_ERROR(Scan());
    in_.Seek(begin_);
    CVM_RETURN_IF_ERROR(cx_.TakeModuleName(name));
    CVM_RETURN_IF_ERROR(ParseTypes());
    cx_.IndexFuncTypes();
    CVM_RETURN_IF_ERROR(ParseFields());
    ModuleData& module = cx_.module;
    if (!module.data.empty() || cx_.uses_data) module.data_count = static_cast<uint32_t>(module.data.size());
    CVM_RETURN_IF_ERROR(cx_.CheckAnnotations(begin_, in_.position()));
    FinishIndexSpaces(&module);
    return CheckModuleLimits(module, cx_.limits);
  }

 private:
  bool AtFieldEnd() const { return in_.At(TokenKind::kRParen) || in_.AtEnd(); }

  // --- first pass

  struct Definable {
    std::string_view word;
    Space ModuleContext::* space;
    Space ModuleContext::* inline_space;  // of segments that a definition may bring along
    std::string_view inline_word;
  };
  static constexpr Definable kDefinables[] = {
      {"func", &ModuleContext::funcs, nullptr, ""},
      {"table", &ModuleContext::tables, &ModuleContext::elems, "elem"},
      {"memory", &ModuleContext::memories, &ModuleContext::datas, "data"},
      {"global", &ModuleContext::globals, nullptr, ""},
      {"tag", &ModuleContext::tags, nullptr, ""},
  };

  Result<void> Scan() {
    while (!AtFieldEnd()) {
      if (!in_.At(TokenKind::kLParen)) return in_.Unexpected();
      CVM_RETURN_IF_ERROR(ScanField());
    }
    return {};
  }

  Result<void> ScanField() {
    const Token open = in_.Next();
    if (!in_.At(TokenKind::kKeyword)) return in_.Unexpected();
    const Token keyword_token = in_.Peek();
    const std::string_view keyword = in_.text(keyword_token);
    in_.Next();
    if (keyword == "type") {
      CVM_RETURN_IF_ERROR(cx_.BindType());
    } else if (keyword == "rec") {
      CVM_RETURN_IF_ERROR(ScanRec());
    } else if (keyword == "import") {
      CVM_RETURN_IF_ERROR(ScanImport(open));
    } else if (keyword == "elem") {
      CVM_RETURN_IF_ERROR(cx_.Bind(cx_.elems));
    } else if (keyword == "data") {
      CVM_RETURN_IF_ERROR(cx_.Bind(cx_.datas));
    } else if (const Definable* definable = FindDefinable(keyword)) {
      CVM_RETURN_IF_ERROR(ScanDefinable(*definable, open));
    } else if (keyword != "export" && keyword != "start") {
      in_.Seek(in_.position() - 1);
      return in_.Unexpected();
    }
    CVM_RETURN_IF_ERROR(in_.SkipToClose());
    return in_.Close();
  }

  static const Definable* FindDefinable(std::string_view keyword) {
    for (const Definable& row : kDefinables) {
      if (row.word == keyword) return &row;
    }
    return nullptr;
  }

  Result<void> ScanRec() {
    while (in_.TakeOpen("type")) {
      CVM_RETURN_IF_ERROR(cx_.BindType());
      CVM_RETURN_IF_ERROR(in_.SkipToClose());
      CVM_RETURN_IF_ERROR(in_.Close());
    }
    return {};
  }

  Result<void> CheckImportOrder(const Token& open) const {
    if (first_definition_ == nullptr) return {};
    return in_.tokens().ErrorAt(open, "import after " + std::string(first_definition_));
  }

  // What does not look right is left to the third pass, which says it better.
  Result<void> ScanImport(const Token& open) {
    CVM_RETURN_IF_ERROR(CheckImportOrder(open));
    while (in_.Take(TokenKind::kString)) {
    }
    if (!in_.Take(TokenKind::kLParen) || !in_.At(TokenKind::kKeyword)) return in_.Unexpected();
    const Definable* definable = FindDefinable(in_.text(in_.Peek()));
    if (definable == nullptr) return in_.Unexpected();
    in_.Next();
    CVM_RETURN_IF_ERROR(cx_.Bind(cx_.*definable->space));
    CVM_RETURN_IF_ERROR(in_.SkipToClose());
    return in_.Close();
  }

  Result<void> ScanDefinable(const Definable& definable, const Token& open) {
    Space& space = cx_.*definable.space;
    CVM_RETURN_IF_ERROR(cx_.Bind(space));
    while (in_.AtOpen("export")) {
      CVM_RETURN_IF_ERROR(in_.SkipForm());
    }
    if (in_.AtOpen("import")) return CheckImportOrder(open);
    if (first_definition_ == nullptr) first_definition_ = space.what;
    if (definable.inline_space == nullptr) return {};
    while (!AtFieldEnd()) {
      if (in_.AtOpen(definable.inline_word)) ++(cx_.*definable.inline_space).count;
      CVM_RETURN_IF_ERROR(in_.SkipForm());
    }
    return {};
  }

  // --- second pass

  Result<void> ParseTypes() {
    while (!AtFieldEnd()) {
      if (in_.AtOpen("type") || in_.AtOpen("rec")) {
        CVM_RETURN_IF_ERROR(cx_.ParseTypeDefinition());
      } else {
        CVM_RETURN_IF_ERROR(in_.SkipForm());
      }
    }
    in_.Seek(begin_);
    return {};
  }

  // --- third pass

  struct Field {
    std::string_view word;
    Result<void> (FieldParser::*parse)();
  };
  static constexpr Field kFields[] = {
      {"func", &FieldParser::Func},     {"table", &FieldParser::Table}, {"memory", &FieldParser::Memory},
      {"global", &FieldParser::Global}, {"tag", &FieldParser::Tag},     {"import", &FieldParser::Import},
      {"export", &FieldParser::Export}, {"start", &FieldParser::Start}, {"elem", &FieldParser::Elem},
      {"data", &FieldParser::Data},
  };

  Result<void> ParseFields() {
    while (true) {
      CVM_RETURN_IF_ERROR(cx_.TakeCustoms());
      if (AtFieldEnd()) return {};
      if (in_.AtOpen("type") || in_.AtOpen("rec")) {
        CVM_RETURN_IF_ERROR(in_.SkipForm());
        continue;
      }
      for (const Field& field : kFields) {
        if (!in_.TakeOpen(field.word)) continue;
        CVM_RETURN_IF_ERROR((fields_.*field.parse)());
        break;
      }
    }
  }

  TokenCursor& in_;
  ModuleContext cx_;
  FieldParser fields_;
  size_t begin_;
  const char* first_definition_ = nullptr;  // what kind it is of; imports may not follow
};

}  // namespace

Result<std::shared_ptr<ModuleData>> ParseModuleFields(TokenCursor& cursor, const Features& features,
                                                      std::string_view name, const LoadLimits& limits) {
  auto module = std::make_shared<ModuleData>();
  CVM_RETURN_IF_ERROR(ModuleParser(cursor, features, limits, *module).Run(name));
  return module;
}

namespace {

Result<void> ParseInstanceForm(TokenCursor& cursor, ModuleForm* form) {
  form->kind = ModuleForm::Kind::kInstance;
  if (cursor.At(TokenKind::kId)) {
    const std::string first(*cursor.TakeId());
    if (cursor.At(TokenKind::kId)) {
      form->id = first;
      form->instance_of = std::string(*cursor.TakeId());
    } else {
      form->instance_of = first;
    }
  }
  return cursor.Close();
}

}  // namespace

Result<ModuleForm> ParseModuleForm(TokenCursor& cursor, const Features& features, const LoadLimits& limits) {
  ModuleForm form;
  form.at = cursor.Peek();
  CVM_RETURN_IF_ERROR(cursor.ExpectOpen("module"));
  if (cursor.TakeKeyword("instance")) {
    CVM_RETURN_IF_ERROR(ParseInstanceForm(cursor, &form));
    return form;
  }
  form.is_definition = cursor.TakeKeyword("definition");
  if (cursor.At(TokenKind::kId)) form.id = std::string(*cursor.TakeId());
  if (cursor.TakeKeyword("binary")) {
    form.kind = ModuleForm::Kind::kBinary;
    CVM_ASSIGN_OR_RETURN(form.bytes, cursor.Strings());
  } else if (cursor.TakeKeyword("quote")) {
    form.kind = ModuleForm::Kind::kQuote;
    CVM_ASSIGN_OR_RETURN(form.bytes, cursor.Strings());
  } else {
    const std::string_view name = form.id ? std::string_view(*form.id) : std::string_view();
    CVM_ASSIGN_OR_RETURN(form.module, ParseModuleFields(cursor, features, name, limits));
  }
  CVM_RETURN_IF_ERROR(cursor.Close());
  return form;
}

}  // namespace cvm::text

namespace cvm {

Result<std::shared_ptr<ModuleData>> ParseModule(std::string_view text, const Features& features,
                                                const LoadLimits& limits) {
  CVM_RETURN_IF_ERROR(CheckLimit(limits, &LoadLimits::module_bytes, text.size()));
  CVM_ASSIGN_OR_RETURN(const text::TokenList tokens, text::TokenList::Lex(text));
  text::TokenCursor cursor(tokens);
  const bool wrapped = cursor.TakeOpen("module");
  std::string_view name;
  if (wrapped) name = cursor.TakeId().value_or(std::string_view());
  CVM_ASSIGN_OR_RETURN(std::shared_ptr<ModuleData> module, text::ParseModuleFields(cursor, features, name, limits));
  if (wrapped) {
    CVM_RETURN_IF_ERROR(cursor.Close());
  }
  if (!cursor.AtEnd()) return cursor.Unexpected();
  return module;
}

}  // namespace cvm
