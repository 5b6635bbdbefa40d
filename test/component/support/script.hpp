// Scripts of components: the official suite's, and those of test/component/data. Each `(component …)`, bare or within
// assert_malformed and assert_invalid, is a case; a component in the text format is encoded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "component/binary/decode.hpp"
#include "component/binary/encode.hpp"
#include "component/text/parse.hpp"

namespace cvm::component::test {

struct ScriptCase {
  enum class Kind { kValid, kMalformed, kInvalid } kind = Kind::kValid;
  std::vector<uint8_t> bytes;
  std::string words;  // kMalformed, kInvalid
  size_t line = 0;
};

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

namespace internal {

// What the tests' own scripts hold can be read; anything else is an error of the test.
template <class T>
T Must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error("script: " + result.error().ToString());
  return *std::move(result);
}
inline void Must(const Result<void>& result) {
  if (!result.ok()) throw std::runtime_error("script: " + result.error().ToString());
}

inline std::vector<uint8_t> BytesOf(const ComponentForm& form) {
  if (form.component != nullptr) return EncodeComponent(*form.component);
  return {form.bytes.begin(), form.bytes.end()};
}

}  // namespace internal

inline std::vector<ScriptCase> ReadScript(const std::filesystem::path& path) {
  const std::string source = ReadText(path);
  const auto tokens = internal::Must(cvm::text::TokenList::Lex(source));
  std::vector<ScriptCase> cases;
  cvm::text::TokenCursor cursor(tokens);
  while (!cursor.AtEnd()) {
    ScriptCase one;
    one.line = tokens.Locate(cursor.Peek()).line;
    const bool malformed = cursor.AtOpen("assert_malformed");
    const bool assertion = malformed || cursor.AtOpen("assert_invalid");
    if (assertion) {
      one.kind = malformed ? ScriptCase::Kind::kMalformed : ScriptCase::Kind::kInvalid;
      cursor.Seek(cursor.position() + 2);
    }
    one.bytes = internal::BytesOf(internal::Must(ParseComponentForm(cursor, Features::All())));
    if (assertion) {
      one.words = internal::Must(cursor.String());
      internal::Must(cursor.Close());
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

inline std::shared_ptr<const std::vector<uint8_t>> Share(std::vector<uint8_t> bytes) {
  return std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
}

inline std::shared_ptr<const std::vector<uint8_t>> ReadShared(const std::filesystem::path& path) {
  const std::string text = ReadText(path);
  return Share(std::vector<uint8_t>(text.begin(), text.end()));
}

// The components among the repository's own guests.
inline std::vector<std::filesystem::path> CommittedComponents(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> found;
  for (const char* folder : {"test/guests/wasm", "examples/hello-dir"}) {
    for (const auto& file : std::filesystem::directory_iterator(root / folder)) {
      if (file.path().extension() == ".wasm" && IsComponent(*ReadShared(file.path()))) found.push_back(file.path());
    }
  }
  return found;
}

}  // namespace cvm::component::test
