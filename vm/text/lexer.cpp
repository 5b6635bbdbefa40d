#include "vm/text/lexer.hpp"

#include <algorithm>
#include <array>

#include "vm/base/utf8.hpp"
#include "vm/text/literals.hpp"

namespace cvm::text {
namespace {

consteval std::array<bool, 256> MakeIdChars() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<size_t>(c)] = true;
  for (const char c : std::string_view("_+-*/\\^~=<>!?@#$%&|:`.'")) table[static_cast<uint8_t>(c)] = true;
  return table;
}
constexpr std::array<bool, 256> kIdChars = MakeIdChars();

Error ErrorIn(std::string_view text, size_t offset, std::string words) {
  const Place place = LocateIn(text, offset);
  return Error(ErrorKind::kMalformed, std::move(words)).AtLine(place.line, place.column);
}

bool IsFloatKeyword(std::string_view text) {
  return text == "inf" || text == "nan" ||
         (text.starts_with("nan:0x") && ClassifyNumber(text.substr(4)) == NumberKind::kNat);
}

}  // namespace

Place LocateIn(std::string_view text, size_t offset) {
  Place place;
  size_t line_start = 0;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    const bool crlf = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (text[i] != '\n' && (text[i] != '\r' || crlf)) continue;
    ++place.line;
    line_start = i + 1;
  }
  place.column = static_cast<uint32_t>(offset - line_start + 1);
  return place;
}

bool IsIdChar(char c) { return kIdChars[static_cast<uint8_t>(c)]; }

class Lexer {
 public:
  Lexer(std::string_view text, TokenList* list) : text_(text), list_(*list) {}

  Result<void> Run() {
    while (true) {
      CVM_RETURN_IF_ERROR(SkipSpace());
      if (pos_ == text_.size()) return {};
      if (AtAnnotation()) {
        CVM_RETURN_IF_ERROR(LexAnnotation());
        continue;
      }
      CVM_ASSIGN_OR_RETURN(const Token token, LexToken("misplaced control character", "misplaced unicode character"));
      list_.tokens_.push_back(token);
    }
  }

 private:
  char Look(size_t ahead = 0) const { return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0'; }
  bool AtAnnotation() const { return Look() == '(' && Look(1) == '@'; }
  Error Fail(size_t at, std::string words) const { return ErrorIn(text_, at, std::move(words)); }

  Result<void> SkipSpace() {
    while (pos_ < text_.size()) {
      const char c = text_[pos_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++pos_;
      } else if (c == ';' && Look(1) == ';') {
        while (pos_ < text_.size() && text_[pos_] != '\n' && text_[pos_] != '\r') ++pos_;
      } else if (c == '(' && Look(1) == ';') {
        CVM_RETURN_IF_ERROR(SkipBlockComment());
      } else {
        break;
      }
    }
    return {};
  }

  Result<void> SkipBlockComment() {
    const size_t start = pos_;
    size_t depth = 0;
    while (pos_ < text_.size()) {
      if (text_[pos_] == '(' && Look(1) == ';') {
        ++depth;
        pos_ += 2;
      } else if (text_[pos_] == ';' && Look(1) == ')') {
        pos_ += 2;
        if (--depth == 0) return {};
      } else {
        ++pos_;
      }
    }
    return Fail(start, "unclosed comment");
  }

  // Moves past the string at pos_. The escapes are checked here, so that decoding them later cannot fail.
  Result<void> SkipString() {
    const size_t start = pos_++;
    while (pos_ < text_.size()) {
      const char c = text_[pos_];
      if (c == '"') {
        ++pos_;
        return {};
      }
      if (c == '\n' || c == '\r') break;
      if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) return Fail(pos_, "illegal control character in string literal");
      if (c != '\\') {
        ++pos_;
        continue;
      }
      const size_t length = EscapeLength(text_.substr(pos_));
      if (length == 0) return Fail(pos_, "illegal escape");
      pos_ += length;
    }
    return Fail(start, "unclosed string literal");
  }

  Token Make(TokenKind kind, size_t start) const {
    return {kind, static_cast<uint32_t>(start), static_cast<uint32_t>(pos_ - start)};
  }

  // One token that is neither space nor annotation.
  Result<Token> LexToken(const char* control_words, const char* unicode_words) {
    const size_t start = pos_;
    const char c = text_[pos_];
    if (c == '(' || c == ')') {
      ++pos_;
      return Make(c == '(' ? TokenKind::kLParen : TokenKind::kRParen, start);
    }
    if (c == '$') return LexId();
    if (c == '"' || IsIdChar(c)) return LexRun();
    if (std::string_view(",;[]{}").find(c) != std::string_view::npos) {
      ++pos_;
      return Make(TokenKind::kReserved, start);
    }
    return Fail(start, static_cast<uint8_t>(c) < 0x80 ? control_words : unicode_words);
  }

  // A run of identifier characters and strings is one token, however it is put together.
  Result<Token> LexRun() {
    const size_t start = pos_;
    size_t strings = 0;
    while (pos_ < text_.size() && (IsIdChar(text_[pos_]) || text_[pos_] == '"')) {
      if (text_[pos_] == '"') {
        CVM_RETURN_IF_ERROR(SkipString());
        ++strings;
        if (strings == 1 && text_[start] == '"' && !IsIdChar(Look()) && Look() != '"') {
          return Make(TokenKind::kString, start);
        }
      } else {
        ++pos_;
      }
    }
    return Make(strings == 0 ? Classify(text_.substr(start, pos_ - start)) : TokenKind::kReserved, start);
  }

  static TokenKind Classify(std::string_view run) {
    const char c = run[0];
    if (c >= 'a' && c <= 'z') return IsFloatKeyword(run) ? TokenKind::kFloat : TokenKind::kKeyword;
    if ((c < '0' || c > '9') && c != '+' && c != '-') return TokenKind::kReserved;
    switch (ClassifyNumber(run)) {
      case NumberKind::kNat:
        return TokenKind::kNat;
      case NumberKind::kInt:
        return TokenKind::kInt;
      case NumberKind::kFloat:
        return TokenKind::kFloat;
      case NumberKind::kNone:
        break;
    }
    return IsFloatKeyword(run.substr(1)) && (c == '+' || c == '-') ? TokenKind::kFloat : TokenKind::kReserved;
  }

  Result<Token> LexId() {
    const size_t start = pos_++;
    const bool quoted = Look() == '"';
    if (quoted) {
      if (!SkipString().ok()) return Fail(start, "empty identifier");
    }
    const size_t quoted_end = pos_;
    while (pos_ < text_.size() && (IsIdChar(text_[pos_]) || text_[pos_] == '"')) {
      if (text_[pos_] != '"') {
        ++pos_;
        continue;
      }
      CVM_RETURN_IF_ERROR(SkipString());
    }
    const std::string_view run = text_.substr(start, pos_ - start);
    if (quoted && pos_ == quoted_end) return LexQuotedId(start);
    if (run.size() == 1) return Fail(start, "empty identifier");
    return Make(run.find('"') == std::string_view::npos ? TokenKind::kId : TokenKind::kReserved, start);
  }

  Result<Token> LexQuotedId(size_t start) {
    std::string name = DecodeString(text_.substr(start + 1, pos_ - start - 1));
    if (name.empty()) return Fail(start, "empty identifier");
    if (!IsValidUtf8(name)) return Fail(start, "malformed UTF-8 encoding");
    list_.quoted_ids_.emplace(static_cast<uint32_t>(start), std::move(name));
    return Make(TokenKind::kId, start);
  }

  // The id after "(@".
  Result<std::string> LexAnnotationId() {
    const size_t start = pos_;
    pos_ += 2;
    if (Look() == '"') {
      const size_t at = pos_;
      if (!SkipString().ok()) return Fail(start, "empty annotation id");
      std::string id = DecodeString(text_.substr(at, pos_ - at));
      if (id.empty()) return Fail(start, "empty annotation id");
      if (!IsValidUtf8(id)) return Fail(start, "malformed UTF-8 encoding");
      return id;
    }
    const size_t at = pos_;
    while (IsIdChar(Look())) ++pos_;
    if (pos_ == at) return Fail(start, "empty annotation id");
    return std::string(text_.substr(at, pos_ - at));
  }

  // Contents are tokens with balanced parentheses; they need not mean anything.
  Result<void> LexAnnotation() {
    Annotation annotation;
    const size_t start = pos_;
    CVM_ASSIGN_OR_RETURN(annotation.id, LexAnnotationId());
    annotation.open = Make(TokenKind::kLParen, start);
    annotation.before = static_cast<uint32_t>(list_.tokens_.size());
    for (size_t depth = 1; depth != 0;) {
      CVM_RETURN_IF_ERROR(SkipSpace());
      if (pos_ == text_.size()) return Fail(start, "unclosed annotation");
      CVM_ASSIGN_OR_RETURN(const Token token, LexToken("illegal character", "illegal character"));
      if (token.kind == TokenKind::kLParen) ++depth;
      if (token.kind == TokenKind::kRParen && --depth == 0) break;
      annotation.tokens.push_back(token);
    }
    list_.annotations_.push_back(std::move(annotation));
    return {};
  }

  std::string_view text_;
  TokenList& list_;
  size_t pos_ = 0;
};

Result<TokenList> TokenList::Lex(std::string_view text) {
  if (text.size() >= UINT32_MAX) return LimitError("text too large");
  for (size_t pos = 0; pos < text.size();) {
    if (static_cast<uint8_t>(text[pos]) < 0x80) {
      ++pos;
    } else if (!DecodeUtf8(text, &pos)) {
      return ErrorIn(text, pos, "malformed UTF-8 encoding");
    }
  }
  TokenList list;
  list.text_ = text;
  list.end_ = {TokenKind::kEnd, static_cast<uint32_t>(text.size()), 0};
  list.tokens_.reserve(text.size() / 8);
  CVM_RETURN_IF_ERROR(Lexer(text, &list).Run());
  return list;
}

std::string_view TokenList::id(const Token& token) const {
  const std::string_view run = text(token);
  if (run.size() < 2 || run[1] != '"') return run.substr(1);
  return quoted_ids_.at(token.offset);
}

std::span<const Annotation> TokenList::annotations_before(size_t index) const {
  const auto first = std::lower_bound(annotations_.begin(), annotations_.end(), index,
                                      [](const Annotation& a, size_t position) { return a.before < position; });
  const auto last =
      std::find_if(first, annotations_.end(), [&](const Annotation& a) { return a.before != index; });
  return {first, last};
}

Place TokenList::Locate(const Token& token) const { return LocateIn(text_, token.offset); }

Error TokenList::ErrorAt(const Token& token, std::string words) const {
  return ErrorIn(text_, token.offset, std::move(words));
}

}  // namespace cvm::text
