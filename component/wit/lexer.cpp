#include "component/wit/lexer.hpp"

#include <algorithm>
#include <iterator>

#include "component/names/extern_name.hpp"
#include "vm/base/try.hpp"
#include "vm/base/utf8.hpp"

namespace cvm::wit {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsWordChar(char c) { return IsDigit(c) || IsLetter(c) || c == '-'; }
constexpr bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// WIT.md, "Keywords"; sorted.
constexpr std::string_view kKeywords[] = {
    "as",  "async",  "bool",   "borrow",  "char",   "constructor", "enum",    "export",    "f32",
    "f64", "flags",  "from",   "func",    "future", "import",      "include", "interface", "list",
    "map", "option", "own",    "package", "record", "resource",    "result",  "s16",       "s32",
    "s64", "s8",     "static", "stream",  "string", "tuple",       "type",    "u16",       "u32",
    "u64", "u8",     "use",    "variant", "with",   "world",
};

static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords)));

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

void AddLine(std::string& docs, bool& first, std::string_view line) {
  while (!line.empty() && IsSpace(line.back())) line.remove_suffix(1);
  if (!first) docs += '\n';
  first = false;
  docs += line;
}

// The text of a `/** … */` comment, without the stars that begin its lines and without empty lines at its ends.
std::string BlockDocs(std::string_view body) {
  std::string docs;
  bool first = true;
  body = Trim(body);
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = Trim(body.substr(0, end));
    if (!line.empty() && line.front() == '*') line = line.substr(line.substr(1, 1) == " " ? 2 : 1);
    AddLine(docs, first, line);
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return docs;
}

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// One escape of a string literal; `pos` is behind the backslash and is moved past the escape. False if malformed.
bool AppendEscape(std::string_view body, size_t& pos, std::string& out) {
  constexpr std::string_view kNames = "tnr\"'\\";
  constexpr std::string_view kValues = "\t\n\r\"'\\";
  const char c = body[pos];
  if (const size_t named = kNames.find(c); named != std::string_view::npos) {
    out += kValues[named];
    ++pos;
    return true;
  }
  if (c != 'u') {
    if (pos + 1 >= body.size() || HexValue(c) < 0 || HexValue(body[pos + 1]) < 0) return false;
    out += static_cast<char>(HexValue(c) * 16 + HexValue(body[pos + 1]));
    pos += 2;
    return true;
  }
  const size_t close = body.find('}', pos);
  if (pos + 2 >= body.size() || body[pos + 1] != '{' || close == std::string_view::npos || close == pos + 2)
    return false;
  char32_t value = 0;
  for (char digit : body.substr(pos + 2, close - pos - 2)) {
    if (HexValue(digit) < 0) return false;
    value = value * 16 + static_cast<char32_t>(HexValue(digit));
    if (value > 0x10ffff) return false;
  }
  if (value >= 0xd800 && value <= 0xdfff) return false;
  AppendUtf8(&out, value);
  pos = close + 1;
  return true;
}

}  // namespace

bool IsForbidden(char32_t c) {
  if (c < 0x20) return c != '\n' && c != '\r' && c != '\t';
  if (c >= 0x7f && c <= 0x9f) return true;
  if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || (c >= 0x206a && c <= 0x206f)) return true;
  constexpr char32_t kDiscouraged[] = {0x149,  0x673,  0xf77,  0xf79,  0x17a3,  0x17a4,
                                       0x17b4, 0x17b5, 0x2329, 0x232a, 0xe0001, 0xe007f};
  return std::find(std::begin(kDiscouraged), std::end(kDiscouraged), c) != std::end(kDiscouraged);
}

bool IsKeyword(std::string_view word) { return std::binary_search(std::begin(kKeywords), std::end(kKeywords), word); }

std::string EscapeId(std::string_view name) {
  // `error-context` is a type where it stands for one; a declaration of that name has to be told apart.
  return (IsKeyword(name) || name == "error-context" ? "%" : "") + std::string(name);
}

Error Lexer::ErrorHere(std::string what, const std::string& mend) const {
  return sources_->ErrorAt(Span{file_, line_, column_}, std::move(what), mend, ErrorKind::kMalformed);
}

Result<void> Lexer::Check() const {
  Span span{file_, 1, 1};
  for (size_t pos = 0; pos < text_.size();) {
    const std::optional<char32_t> c = DecodeUtf8(text_, &pos);
    if (!c.has_value()) {
      return sources_->ErrorAt(span, "the text is not valid UTF-8", "save the file as UTF-8", ErrorKind::kMalformed);
    }
    if (IsForbidden(*c)) {
      constexpr char kHex[] = "0123456789abcdef";
      std::string name = "U+";
      for (int shift = 20; shift >= 0; shift -= 4) {
        if (shift <= 12 || (*c >> shift) != 0) name += kHex[(*c >> shift) & 15];
      }
      return sources_->ErrorAt(span, "the code point " + name + " must not stand in WIT text", "remove it",
                               ErrorKind::kMalformed);
    }
    span.column = *c == '\n' ? 1 : span.column + 1;
    span.line += *c == '\n' ? 1 : 0;
  }
  return {};
}

void Lexer::Advance(size_t end) {
  for (; pos_ < end; ++pos_) {
    if (text_[pos_] == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(text_[pos_]) & 0xc0) != 0x80) {
      ++column_;
    }
  }
}

// Where the block comment at pos_ ends. They nest and have to be balanced; nesting is counted, not recursed into.
Result<size_t> Lexer::BlockCommentEnd() const {
  size_t depth = 0;
  for (size_t i = pos_; i + 1 < text_.size();) {
    const std::string_view pair = text_.substr(i, 2);
    if (pair == "/*") ++depth;
    if (pair == "*/" && --depth == 0) return i + 2;
    i += pair == "/*" || pair == "*/" ? 2 : 1;
  }
  return ErrorHere("this block comment has no end", "close it with `*/`");
}

// Moves past white space and comments; the documentation among them is the answer.
Result<std::string> Lexer::SkipSpace() {
  std::string docs;
  bool first = true;
  while (pos_ < text_.size()) {
    const std::string_view rest = text_.substr(pos_);
    if (IsSpace(rest.front())) {
      Advance(pos_ + 1);
    } else if (rest.substr(0, 2) == "//") {
      const size_t end = std::min(text_.find('\n', pos_), text_.size());
      std::string_view line = text_.substr(pos_, end - pos_);
      if (line.substr(0, 3) == "///") {
        line.remove_prefix(line.substr(3, 1) == " " ? 4 : 3);
        AddLine(docs, first, line);
      }
      Advance(end);
    } else if (rest.substr(0, 2) == "/*") {
      CVM_ASSIGN_OR_RETURN(const size_t end, BlockCommentEnd());
      if (rest.substr(0, 3) == "/**" && end - pos_ > 4) {
        AddLine(docs, first, BlockDocs(text_.substr(pos_ + 3, end - pos_ - 5)));
      }
      Advance(end);
    } else {
      break;
    }
  }
  return docs;
}

Result<void> Lexer::LexWord(Token& token) {
  token.kind = TokenKind::kId;
  token.escaped = At(pos_) == '%';
  size_t end = pos_ + (token.escaped ? 1 : 0);
  const size_t begin = end;
  while (IsWordChar(At(end))) ++end;
  token.text = text_.substr(begin, end - begin);
  if (!component::IsLabel(token.text)) {
    return ErrorHere("`" + std::string(token.text) + "` is not in kebab case",
                     "write words of one case, joined by single hyphens, the first starting with a letter");
  }
  Advance(end);
  return {};
}

Result<void> Lexer::LexString(Token& token) {
  token.kind = TokenKind::kString;
  size_t end = pos_ + 1;
  while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
  if (At(end) != '"') return ErrorHere("this string has no end", "close it with `\"` on the same line");
  token.text = text_.substr(pos_ + 1, end - pos_ - 1);
  Advance(end + 1);
  return {};
}

Result<Token> Lexer::Lex() {
  Token token;
  CVM_ASSIGN_OR_RETURN(token.docs, SkipSpace());
  token.span = Span{file_, line_, column_};
  token.begin = pos_;
  const char c = At(pos_);
  constexpr std::string_view kOperators = "=,:;(){}<>*/.@[]";
  if (pos_ == text_.size()) {
    token.kind = TokenKind::kEnd;
  } else if (c == '%' || IsLetter(c)) {
    CVM_RETURN_IF_ERROR(LexWord(token));
  } else if (IsDigit(c)) {
    token.kind = TokenKind::kInteger;
    size_t end = pos_;
    while (IsDigit(At(end))) ++end;
    token.text = text_.substr(pos_, end - pos_);
    Advance(end);
  } else if (c == '"') {
    CVM_RETURN_IF_ERROR(LexString(token));
  } else if (text_.substr(pos_, 2) == "->") {
    token.kind = TokenKind::kArrow;
    token.text = text_.substr(pos_, 2);
    Advance(pos_ + 2);
  } else if (c == '_' || kOperators.find(c) != std::string_view::npos) {
    token.kind = c == '_' ? TokenKind::kUnderscore : TokenKind::kPunctuation;
    token.text = text_.substr(pos_, 1);
    Advance(pos_ + 1);
  } else {
    size_t end = pos_;
    DecodeUtf8(text_, &end);
    return ErrorHere("unexpected character `" + std::string(text_.substr(pos_, end - pos_)) + "`", "remove it");
  }
  token.end = pos_;
  return token;
}

Result<Token> Lexer::Peek() {
  if (!peeked_.has_value()) {
    const Lexer here = *this;
    CVM_ASSIGN_OR_RETURN(Token token, Lex());
    pos_ = here.pos_;
    line_ = here.line_;
    column_ = here.column_;
    peeked_ = std::move(token);
  }
  return *peeked_;
}

Result<Token> Lexer::Next() {
  CVM_ASSIGN_OR_RETURN(Token token, Peek());
  Advance(token.end);
  peeked_.reset();
  return token;
}

Result<Version> Lexer::NextVersion() {
  peeked_.reset();
  CVM_RETURN_IF_ERROR(SkipSpace());
  size_t end = pos_;
  // `+` and `.` belong to the version only where another identifier follows: `@1.0.0.{a}` ends before the third dot.
  while (IsWordChar(At(end)) || ((At(end) == '.' || At(end) == '+') && IsWordChar(At(end + 1)))) ++end;
  Result<Version> version = component::ParseVersion(text_.substr(pos_, end - pos_));
  if (!version.ok()) {
    return ErrorHere(
        "`" + std::string(text_.substr(pos_, end - pos_)) + "` is not a semantic version: " + version.error().message(),
        "write it as `1.2.3`");
  }
  Advance(end);
  return version;
}

Result<std::string> Lexer::DecodeString(const Token& token) const {
  std::string value;
  for (size_t pos = 0; pos < token.text.size();) {
    if (token.text[pos] != '\\') {
      value += token.text[pos++];
      continue;
    }
    ++pos;
    if (pos >= token.text.size() || !AppendEscape(token.text, pos, value)) {
      return sources_->ErrorAt(token.span, "invalid string escape",
                               "the escapes are \\t \\n \\r \\\" \\' \\\\ \\hh and \\u{h…}", ErrorKind::kMalformed);
    }
  }
  if (!IsValidUtf8(value)) {
    return sources_->ErrorAt(token.span, "malformed UTF-8 encoding", "check the \\hh escapes", ErrorKind::kMalformed);
  }
  return value;
}

}  // namespace cvm::wit
