// Tokens, places, annotations.
#include "vm/text/lexer.hpp"

#include <catch2/catch.hpp>

#include "vm/text/cursor.hpp"

namespace cvm::text {
namespace {

std::string Kinds(std::string_view source) {
  const auto tokens = TokenList::Lex(source);
  if (!tokens.ok()) return tokens.error().ToString();
  std::string kinds;
  for (size_t i = 0; i < tokens->size(); ++i) kinds += "()k$snif?"[static_cast<size_t>(tokens->at(i).kind)];
  return kinds;
}

TEST_CASE("kinds of tokens") {
  CHECK(Kinds("(module $m \"a\" 1 -1 1.5 i32.add)") == "(k$snifk)");
  CHECK(Kinds("0x1_0 0x1p3 inf -inf nan nan:0x7 +nan:0x7 1e5 1. 0x.8") == "nffffffff?");
  CHECK(Kinds("1__0 _1 1_ 0xg 1x .5 nan:1 nan:0x") == "??????kk");
  CHECK(Kinds("a\"b\" \"a\"\"b\" \"a\"b $x\"y\" , ; [ ] { }") == "??????????");
  CHECK(Kinds("@x #y +") == "???");
  CHECK(Kinds(";; line\n(; block (; nested ;) ;) ( ;; x\r )") == "()");
  CHECK(Kinds("").empty());
}

TEST_CASE("lexical errors have their words and their place") {
  CHECK(Kinds("\n  \"abc\n") == "unclosed string literal (line 2, column 3)");
  CHECK(Kinds("\"\\q\"") == "illegal escape (line 1, column 2)");
  CHECK(Kinds("\"\x01\"") == "illegal control character in string literal (line 1, column 2)");
  CHECK(Kinds("(; ( ;") == "unclosed comment (line 1, column 1)");
  CHECK(Kinds("a \x7f") == "misplaced control character (line 1, column 3)");
  CHECK(Kinds("a \xc3\xa9") == "misplaced unicode character (line 1, column 3)");
  CHECK(Kinds(";; \xc3\n") == "malformed UTF-8 encoding (line 1, column 4)");
  CHECK(Kinds("$") == "empty identifier (line 1, column 1)");
  CHECK(Kinds("$\"\"") == "empty identifier (line 1, column 1)");
  CHECK(Kinds("(@)") == "empty annotation id (line 1, column 1)");
  CHECK(Kinds("x\n(@a (b)") == "unclosed annotation (line 2, column 1)");
}

TEST_CASE("lines end in any of the three ways") {
  const std::string_view source = "a\nb\rc\r\nd";
  const auto tokens = TokenList::Lex(source).value();
  for (uint32_t i = 0; i < 4; ++i) {
    CHECK(tokens.Locate(tokens.at(i)).line == i + 1);
    CHECK(tokens.Locate(tokens.at(i)).column == 1);
  }
}

TEST_CASE("quoted identifiers are the same as plain ones") {
  const auto tokens = TokenList::Lex(R"($abc $"abc" $"a\62c" $"a b")").value();
  CHECK(tokens.id(tokens.at(0)) == "abc");
  CHECK(tokens.id(tokens.at(1)) == "abc");
  CHECK(tokens.id(tokens.at(2)) == "abc");
  CHECK(tokens.id(tokens.at(3)) == "a b");
}

TEST_CASE("annotations stand aside") {
  const auto tokens = TokenList::Lex("(@a) (module (@name \"x\" (y)) (func (@\"q r\")))").value();
  CHECK(tokens.size() == 6);
  REQUIRE(tokens.annotations().size() == 3);
  CHECK(tokens.annotations()[0].before == 0);
  CHECK(tokens.annotations()[1].id == "name");
  CHECK(tokens.annotations()[1].before == 2);
  CHECK(tokens.annotations()[1].tokens.size() == 4);
  CHECK(tokens.annotations()[2].id == "q r");
  CHECK(tokens.annotations()[2].before == 4);
}

TEST_CASE("a cursor takes what it is asked for") {
  const auto tokens = TokenList::Lex("(func $f (nested (x)) 7 \"a\\00\" \"b\") 4294967296 300").value();
  TokenCursor cursor(tokens);
  CHECK(cursor.AtOpen("func"));
  CHECK_FALSE(cursor.TakeOpen("table"));
  REQUIRE(cursor.TakeOpen("func"));
  CHECK(cursor.TakeId() == "f");
  CHECK_FALSE(cursor.TakeId().has_value());
  CHECK(cursor.SkipForm().ok());
  CHECK(cursor.U32().value() == 7);
  CHECK(cursor.Strings().value() == std::string("a\0b", 3));
  CHECK(cursor.Close().ok());
  CHECK(cursor.U32().error().message() == "i32 constant out of range");
  CHECK(cursor.U64().value() == 4294967296);
  CHECK(cursor.U8().error().message() == "i8 constant out of range");
  CHECK(cursor.U32().value() == 300);
  CHECK(cursor.AtEnd());
  CHECK(cursor.Unexpected().message() == "unexpected token");
  CHECK_FALSE(cursor.SkipForm().ok());
  cursor.Seek(0);
  CHECK(cursor.SkipForm().ok());
  CHECK(cursor.Peek().kind == TokenKind::kNat);
}

TEST_CASE("words of no grammar are told from misplaced ones") {
  for (const std::string_view known : {"func", "i32.add", "offset=8", "align=1", "v128", "pagesize", "any"}) {
    const auto tokens = TokenList::Lex(known).value();
    CHECK(TokenCursor(tokens).Unexpected().message() == "unexpected token");
  }
  for (const std::string_view unknown : {"get_local", "offset=", "align=x", "0$x", "i32.wrap/i64"}) {
    const auto tokens = TokenList::Lex(unknown).value();
    CHECK(TokenCursor(tokens).Unexpected().message() == "unknown operator " + std::string(unknown));
  }
}

}  // namespace
}  // namespace cvm::text
