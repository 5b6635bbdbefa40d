// Text to definitions to binary and back: printing, parsing, encoding and decoding agree on every component at hand.
#include <filesystem>

#include "test/component/support/script.hpp"
#include "test/component/text/support.hpp"

namespace cvm::component::test {
namespace {

namespace fs = std::filesystem;
using cvm::text::TokenCursor;
using cvm::text::TokenList;

constexpr EncodeOptions kAnew = {.reencode_modules = true};

// What was printed parses to the same definitions, which encode to the same bytes; decoding those gives them again.
void CheckRoundTrip(const Component& component) {
  const std::string printed = Print(component);
  const ComponentPtr parsed = Parse(printed);
  CHECK(Print(*parsed) == printed);
  const std::vector<uint8_t> bytes = EncodeComponent(*parsed, kAnew);
  const ComponentPtr decoded = Decode(bytes);
  CHECK(Print(*decoded) == printed);
  CHECK(EncodeComponent(*decoded) == bytes);
  CHECK(EncodeComponent(*Parse(Print(*decoded)), kAnew) == bytes);
}

TEST_CASE("the components of tests, beside the binaries that wasm-tools made of them") {
  size_t count = 0;
  for (const auto& file : fs::directory_iterator(fs::path(CVM_SOURCE_DIR) / "test/component/data/run")) {
    if (file.path().extension() != ".wat") continue;
    INFO(file.path());
    const ComponentPtr parsed = Parse(ReadText(file.path()));
    CheckRoundTrip(*parsed);
    fs::path binary = file.path();
    binary.replace_extension(".wasm");
    const ComponentPtr other = Decode(*ReadShared(binary));
    CHECK(Print(*parsed) == Print(*other));
    ++count;
  }
  CHECK(count >= 10);
}

TEST_CASE("the repository's guests") {
  for (const fs::path& file : CommittedComponents(CVM_SOURCE_DIR)) {
    INFO(file);
    const ComponentPtr component = Decode(*ReadShared(file));
    CheckRoundTrip(*component);
    // Modules are copied as they stand, so that only sections of the component itself may differ.
    CHECK(Print(*Decode(EncodeComponent(*component))) == Print(*component));
  }
}

// Every `(component …)` of a script, at its top or within an assertion.
size_t CheckScript(const fs::path& file) {
  const std::string source = ReadText(file);
  const auto tokens = TokenList::Lex(source);
  REQUIRE(tokens.ok());
  size_t count = 0;
  TokenCursor cursor(*tokens);
  while (!cursor.AtEnd()) {
    const size_t begin = cursor.position();
    if (!cursor.AtOpen("component")) cursor.Seek(begin + 2);
    if (cursor.AtOpen("component")) {
      INFO(file << ":" << tokens->Locate(cursor.Peek()).line);
      const Result<ComponentForm> form = ParseComponentForm(cursor, Features::All());
      if (form.ok() && form->component != nullptr) {
        CheckRoundTrip(*form->component);
        ++count;
      } else if (form.ok() && form->kind == ComponentForm::Kind::kBinary) {
        const auto decoded = DecodeComponent(Share({form->bytes.begin(), form->bytes.end()}), Features::All());
        if (decoded.ok()) CheckRoundTrip(**decoded);
      }
    }
    cursor.Seek(begin);
    REQUIRE(cursor.SkipForm().ok());
  }
  return count;
}

TEST_CASE("every component of the official suite", "[suite]") {
  const fs::path suite = fs::path(CVM_SUITES_DIR) / "component";
  if (!fs::exists(suite)) return;
  size_t count = 0;
  for (const auto& file : fs::recursive_directory_iterator(suite)) {
    if (file.path().extension() == ".wast") count += CheckScript(file.path());
  }
  CHECK(count >= 600);
}

TEST_CASE("names that are no identifiers survive") {
  CheckRoundTrip(
      *Parse("(component $\"a b\" (type $\"x\\22y\" u8) (type (@name \"\") u8) (type (@name \"x\") u8)"
             " (core module $m (@name \"own\")) (core module $n (@name \"\")) (core module (@name \"k\"))"
             " (component $c (@name \"other\")) (@custom \"a\" \"\\00\\01\"))"));
  Component twice = *Parse("(component (type u8) (type (list 0)) (type (list 1)))");
  twice.names.Of(Sort::kType).entries = {{0, "t"}, {1, "t"}, {2, std::string_view("t")}};
  CheckRoundTrip(twice);
  const std::string long_name(5000, 'n');
  twice.names.Of(Sort::kType).entries = {{0, long_name}};
  CheckRoundTrip(twice);
  CHECK(Print(twice).size() < 2 * long_name.size());
}

TEST_CASE("a name section that cannot be read is as good as none") {
  // Sort 9 does not exist.
  const std::vector<uint8_t> bytes = {0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00, 0x00, 0x13,
                                      0x0e, 'c', 'o', 'm', 'p',  'o',  'n',  'e',  'n',  't',
                                      '-',  'n', 'a', 'm', 'e',  0x01, 0x02, 0x09, 0x00};
  const ComponentPtr component = Decode(bytes);
  CHECK(component->names.component.empty());
  CHECK(component->customs.size() == 1);
  CHECK(EncodeComponent(*component) == bytes);
}

}  // namespace
}  // namespace cvm::component::test
