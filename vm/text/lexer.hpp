// The lexer of the text format (core/text/lexical), shared by modules, scripts (.wast) and component text.
//
// A text is lexed once and whole into a TokenList; parsers then walk it by index, which makes look-ahead, second passes
// and skipping of forms cheap. Annotations are kept aside, by the token that they stand before, so that a parser meets
// only those it asks for. The list refers to the text, which must outlive it. Immutable once made; no thread affinity.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vm/base/try.hpp"

namespace cvm::text {

enum class TokenKind : uint8_t {
  kLParen,
  kRParen,
  kKeyword,
  kId,  // $name or $"name"
  kString,
  kNat,       // unsigned integer
  kInt,       // integer with a sign
  kFloat,     // 1.5, 0x1p3, inf, nan:0x1 …
  kReserved,  // a run of characters that is no token of the grammar
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t offset = 0;
  uint32_t size = 0;
};

// (@id …), with the tokens between id and closing parenthesis.
struct Annotation {
  std::string id;
  uint32_t before = 0;  // index of the token that follows
  Token open;           // "(@id"
  std::vector<Token> tokens;
};

struct Place {
  uint32_t line = 1;
  uint32_t column = 1;  // in bytes
};
Place LocateIn(std::string_view text, size_t offset);

class TokenList {
 public:
  // Limits: a text of 4 GiB.
  static Result<TokenList> Lex(std::string_view text);

  size_t size() const { return tokens_.size(); }
  // The token at `index`; past the end, one of kind kEnd.
  const Token& at(size_t index) const { return index < tokens_.size() ? tokens_[index] : end_; }
  std::string_view text(const Token& token) const { return text_.substr(token.offset, token.size); }
  // Name of an identifier without its $, quoted or not. REQUIRES: kind kId.
  std::string_view id(const Token& token) const;
  // In the order of the text.
  const std::vector<Annotation>& annotations() const { return annotations_; }
  // Those that stand before the token at `index`.
  std::span<const Annotation> annotations_before(size_t index) const;
  Place Locate(const Token& token) const;
  // kMalformed, at the token's line and column.
  Error ErrorAt(const Token& token, std::string words) const;

 private:
  friend class Lexer;

  std::string_view text_;
  std::vector<Token> tokens_;
  Token end_;
  std::vector<Annotation> annotations_;
  std::unordered_map<uint32_t, std::string> quoted_ids_;  // by offset
};

// True of the characters of identifiers and keywords (core/text/values#text-idchar).
bool IsIdChar(char c);

}  // namespace cvm::text
