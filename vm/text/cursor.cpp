#include "vm/text/cursor.hpp"

#include <algorithm>
#include <iterator>

#include "vm/base/utf8.hpp"
#include "vm/isa/opcode.hpp"
#include "vm/text/literals.hpp"

namespace cvm::text {
namespace {

// Sorted. Needed only to tell "unexpected token" from "unknown operator".
constexpr std::string_view kGrammarKeywords[] = {"any",
                                                 "anyref",
                                                 "array",
                                                 "arrayref",
                                                 "assert_exception",
                                                 "assert_exhaustion",
                                                 "assert_invalid",
                                                 "assert_invalid_custom",
                                                 "assert_malformed",
                                                 "assert_malformed_custom",
                                                 "assert_return",
                                                 "assert_trap",
                                                 "assert_unlinkable",
                                                 "binary",
                                                 "catch_all_ref",
                                                 "catch_ref",
                                                 "component",
                                                 "data",
                                                 "declare",
                                                 "definition",
                                                 "describes",
                                                 "descriptor",
                                                 "do",
                                                 "either",
                                                 "elem",
                                                 "eq",
                                                 "eqref",
                                                 "exact",
                                                 "exn",
                                                 "exnref",
                                                 "export",
                                                 "extern",
                                                 "externref",
                                                 "f32",
                                                 "f32x4",
                                                 "f64",
                                                 "f64x2",
                                                 "field",
                                                 "final",
                                                 "func",
                                                 "funcref",
                                                 "get",
                                                 "global",
                                                 "i16",
                                                 "i16x8",
                                                 "i31",
                                                 "i31ref",
                                                 "i32",
                                                 "i32x4",
                                                 "i64",
                                                 "i64x2",
                                                 "i8",
                                                 "i8x16",
                                                 "import",
                                                 "input",
                                                 "instance",
                                                 "invoke",
                                                 "item",
                                                 "local",
                                                 "memory",
                                                 "module",
                                                 "mut",
                                                 "nan:arithmetic",
                                                 "nan:canonical",
                                                 "noexn",
                                                 "noextern",
                                                 "nofunc",
                                                 "none",
                                                 "null",
                                                 "nullexnref",
                                                 "nullexternref",
                                                 "nullfuncref",
                                                 "nullref",
                                                 "offset",
                                                 "output",
                                                 "pagesize",
                                                 "param",
                                                 "quote",
                                                 "rec",
                                                 "ref",
                                                 "register",
                                                 "result",
                                                 "script",
                                                 "shared",
                                                 "start",
                                                 "struct",
                                                 "structref",
                                                 "sub",
                                                 "table",
                                                 "tag",
                                                 "then",
                                                 "type",
                                                 "v128"};

bool IsMemArgWord(std::string_view word) {
  for (const std::string_view key : {"offset=", "align="}) {
    if (word.starts_with(key)) return ClassifyNumber(word.substr(key.size())) == NumberKind::kNat;
  }
  return false;
}

}  // namespace

bool IsGrammarKeyword(std::string_view word) {
  return std::binary_search(std::begin(kGrammarKeywords), std::end(kGrammarKeywords), word) || IsMemArgWord(word);
}

bool TokenCursor::Take(TokenKind kind) {
  if (!At(kind)) return false;
  ++position_;
  return true;
}

bool TokenCursor::TakeKeyword(std::string_view keyword) {
  if (!AtKeyword(keyword)) return false;
  ++position_;
  return true;
}

bool TokenCursor::TakeOpen(std::string_view keyword) {
  if (!AtOpen(keyword)) return false;
  position_ += 2;
  return true;
}

std::optional<std::string_view> TokenCursor::TakeId() {
  if (!At(TokenKind::kId)) return std::nullopt;
  return tokens_->id(Next());
}

Result<void> TokenCursor::Expect(TokenKind kind) { return Take(kind) ? Result<void>() : Unexpected(); }
Result<void> TokenCursor::ExpectKeyword(std::string_view keyword) {
  return TakeKeyword(keyword) ? Result<void>() : Unexpected();
}
Result<void> TokenCursor::ExpectOpen(std::string_view keyword) {
  return TakeOpen(keyword) ? Result<void>() : Unexpected();
}

Result<uint32_t> TokenCursor::U32() {
  if (!At(TokenKind::kNat)) return Unexpected();
  const std::optional<uint32_t> value = ParseU32(text(Peek()));
  if (!value) return ErrorHere("i32 constant out of range");
  ++position_;
  return *value;
}

Result<uint64_t> TokenCursor::U64() {
  if (!At(TokenKind::kNat)) return Unexpected();
  const std::optional<uint64_t> value = ParseU64(text(Peek()));
  if (!value) return ErrorHere("i64 constant out of range");
  ++position_;
  return *value;
}

Result<uint8_t> TokenCursor::U8() {
  if (!At(TokenKind::kNat)) return Unexpected();
  const std::optional<uint8_t> value = ParseU8(text(Peek()));
  if (!value) return ErrorHere("i8 constant out of range");
  ++position_;
  return *value;
}

Result<std::string> TokenCursor::String() {
  if (!At(TokenKind::kString)) return Unexpected();
  return DecodeString(text(Next()));
}

Result<std::string> TokenCursor::Strings() {
  std::string all;
  while (At(TokenKind::kString)) all += DecodeString(text(Next()));
  return all;
}

Result<std::string> TokenCursor::Name() {
  const Token at = Peek();
  CVM_ASSIGN_OR_RETURN(std::string name, String());
  if (!IsValidUtf8(name)) return tokens_->ErrorAt(at, "malformed UTF-8 encoding");
  return name;
}

Result<void> TokenCursor::SkipToClose() {
  for (size_t depth = 0;; ++position_) {
    const TokenKind kind = Peek().kind;
    if (kind == TokenKind::kEnd) return Unexpected();
    if (kind == TokenKind::kLParen) ++depth;
    if (kind == TokenKind::kRParen && depth-- == 0) return {};
  }
}

Result<void> TokenCursor::SkipForm() {
  if (At(TokenKind::kEnd) || At(TokenKind::kRParen)) return Unexpected();
  if (Next().kind != TokenKind::kLParen) return {};
  CVM_RETURN_IF_ERROR(SkipToClose());
  return Close();
}

bool TokenCursor::AtUnknownWord() const {
  const std::string_view word = text(Peek());
  return At(TokenKind::kReserved) ||
         (At(TokenKind::kKeyword) && FindOpcode(word) == nullptr && !IsGrammarKeyword(word));
}

Error TokenCursor::Unexpected() const {
  return ErrorHere(AtUnknownWord() ? "unknown operator " + std::string(text(Peek())) : "unexpected token");
}

}  // namespace cvm::text
