// Tokens of WIT text (WIT.md, "Lexical structure").
//
// A Lexer reads one source that outlives it; copying it saves a place to come back to. Tokens hold views of the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "component/wit/model.hpp"
#include "component/wit/source.hpp"
#include "cvm/result.hpp"

namespace cvm::wit {

enum class TokenKind : uint8_t { kEnd, kId, kInteger, kString, kPunctuation, kArrow, kUnderscore };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // an identifier without its '%'; punctuation as written
  bool escaped = false;   // an identifier written with '%': never a keyword
  Span span;
  std::string docs;  // the documentation comments before the token
  size_t begin = 0;  // where the token and what follows it begin in the text
  size_t end = 0;

  bool IsPunctuation(char c) const { return kind == TokenKind::kPunctuation && text[0] == c; }
  bool IsKeyword(std::string_view word) const { return kind == TokenKind::kId && !escaped && text == word; }
};

// True for words that cannot stand for an identifier without '%'.
bool IsKeyword(std::string_view word);
// True for code points that must not stand in WIT text: controls, bidirectional overrides, discouraged ones.
bool IsForbidden(char32_t c);
// The identifier as it has to be written: with '%' where it is a keyword.
std::string EscapeId(std::string_view name);

class Lexer {
 public:
  // `sources.at(file)` is read; Check() first.
  Lexer(const SourceMap& sources, uint32_t file) : sources_(&sources), file_(file), text_(sources.at(file).text) {}

  // The text is UTF-8 without control codes, bidirectional overrides and code points that Unicode discourages.
  Result<void> Check() const;

  // The next token, left in place.
  Result<Token> Peek();
  Result<Token> Next();
  // The semantic version that follows, after white space. It ends before a '.' that opens `.{`.
  Result<Version> NextVersion();
  // Decodes a string literal token (the core text format's escapes; the value is UTF-8).
  Result<std::string> DecodeString(const Token& token) const;

  const SourceMap& sources() const { return *sources_; }

 private:
  Result<std::string> SkipSpace();
  Result<size_t> BlockCommentEnd() const;
  Result<Token> Lex();
  Result<void> LexWord(Token& token);
  Result<void> LexString(Token& token);
  void Advance(size_t end);
  char At(size_t pos) const { return pos < text_.size() ? text_[pos] : '\0'; }
  Error ErrorHere(std::string what, const std::string& mend = "") const;

  const SourceMap* sources_;
  uint32_t file_;
  std::string_view text_;
  size_t pos_ = 0;
  uint32_t line_ = 1;
  uint32_t column_ = 1;
  std::optional<Token> peeked_;
};

}  // namespace cvm::wit
