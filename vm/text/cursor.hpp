// A place in a TokenList and the small steps that every parser over it takes: look, take, expect, decode a literal.
// Errors carry line and column, and the words of the official suite. A cursor is a value: copy it to look ahead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vm/text/lexer.hpp"

namespace cvm::text {

class TokenCursor {
 public:
  explicit TokenCursor(const TokenList& tokens) : tokens_(&tokens) {}

  const TokenList& tokens() const { return *tokens_; }
  size_t position() const { return position_; }
  void Seek(size_t position) { position_ = position; }
  bool AtEnd() const { return Peek().kind == TokenKind::kEnd; }

  const Token& Peek(size_t ahead = 0) const { return tokens_->at(position_ + ahead); }
  const Token& Next() { return tokens_->at(position_++); }
  std::string_view text(const Token& token) const { return tokens_->text(token); }

  bool At(TokenKind kind) const { return Peek().kind == kind; }
  bool AtKeyword(std::string_view keyword, size_t ahead = 0) const {
    return Peek(ahead).kind == TokenKind::kKeyword && text(Peek(ahead)) == keyword;
  }
  // At "(" and then the keyword.
  bool AtOpen(std::string_view keyword) const { return At(TokenKind::kLParen) && AtKeyword(keyword, 1); }
  // At something that can stand for an index: a number or an identifier.
  bool AtIndex(size_t ahead = 0) const {
    return Peek(ahead).kind == TokenKind::kNat || Peek(ahead).kind == TokenKind::kId;
  }

  // At a word that belongs to no grammar.
  bool AtUnknownWord() const;

  bool Take(TokenKind kind);
  bool TakeKeyword(std::string_view keyword);
  bool TakeOpen(std::string_view keyword);
  std::optional<std::string_view> TakeId();  // without its $

  Result<void> Expect(TokenKind kind);
  Result<void> ExpectKeyword(std::string_view keyword);
  Result<void> ExpectOpen(std::string_view keyword);
  Result<void> Close() { return Expect(TokenKind::kRParen); }

  Result<uint32_t> U32();
  Result<uint64_t> U64();
  Result<uint8_t> U8();
  Result<std::string> String();   // the bytes of one string
  Result<std::string> Strings();  // of any number of strings, joined
  Result<std::string> Name();     // a string in UTF-8

  // Skips what stands between here and the ")" that closes the form around it, which is not taken.
  Result<void> SkipToClose();
  // Skips one token or one whole form.
  Result<void> SkipForm();

  // "unexpected token", or "unknown operator …" where the token belongs to no grammar.
  Error Unexpected() const;
  Error ErrorHere(std::string words) const { return tokens_->ErrorAt(Peek(), std::move(words)); }

 private:
  const TokenList* tokens_;
  size_t position_ = 0;
};

// True of the words of the text grammar that are no instructions, script commands included.
bool IsGrammarKeyword(std::string_view word);

}  // namespace cvm::text
