// Scripts of the official suite that hold components in binary form only: (component binary "…"), bare or within
// assert_malformed and assert_invalid. That is binary/binary.wast of the suite, and the scripts of test/component/data,
// which are kept both as text and, by data/build.sh, in this form.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "component/binary/decode.hpp"

namespace cvm::component::test {

struct ScriptCase {
  enum class Kind { kValid, kMalformed, kInvalid } kind = Kind::kValid;
  std::vector<uint8_t> bytes;
  std::string words;  // kMalformed, kInvalid
  size_t line = 0;
};

class ScriptReader {
 public:
  explicit ScriptReader(std::string text) : text_(std::move(text)) {}

  std::vector<ScriptCase> Read() {
    std::vector<ScriptCase> cases;
    while (Skip(), pos_ < text_.size()) {
      ScriptCase one;
      one.line = line_;
      Expect('(');
      const std::string head = Word();
      if (head == "component") {
        ReadComponent(one.bytes);
      } else {
        one.kind = head == "assert_malformed" ? ScriptCase::Kind::kMalformed : ScriptCase::Kind::kInvalid;
        Expect('(');
        Word();
        ReadComponent(one.bytes);
        Skip();
        std::vector<uint8_t> words;
        String(words);
        one.words.assign(words.begin(), words.end());
        Expect(')');
      }
      cases.push_back(std::move(one));
    }
    return cases;
  }

 private:
  // Behind the keyword `component`: words, strings, and the closing parenthesis.
  void ReadComponent(std::vector<uint8_t>& bytes) {
    while (Skip(), text_.at(pos_) != ')') {
      if (text_[pos_] == '"') {
        String(bytes);
      } else {
        Word();
      }
    }
    ++pos_;
  }

  void Skip() {
    while (pos_ < text_.size()) {
      if (text_.compare(pos_, 2, ";;") == 0) {
        pos_ = std::min(text_.find('\n', pos_), text_.size());
      } else if (text_[pos_] == '\n') {
        ++line_, ++pos_;
      } else if (text_[pos_] == ' ') {
        ++pos_;
      } else {
        return;
      }
    }
  }
  void Expect(char c) {
    Skip();
    if (text_.at(pos_++) != c) throw std::runtime_error("script: unexpected character");
  }
  std::string Word() {
    Skip();
    const size_t end = text_.find_first_of(" \n()\"", pos_);
    const std::string word = text_.substr(pos_, end - pos_);
    pos_ = end;
    return word;
  }
  void String(std::vector<uint8_t>& out) {
    for (++pos_; text_.at(pos_) != '"'; ++pos_) {
      if (text_[pos_] != '\\') {
        out.push_back(static_cast<uint8_t>(text_[pos_]));
      } else if (std::isxdigit(static_cast<unsigned char>(text_[pos_ + 1])) != 0) {
        out.push_back(static_cast<uint8_t>(std::stoi(text_.substr(pos_ + 1, 2), nullptr, 16)));
        pos_ += 2;
      } else {
        out.push_back(static_cast<uint8_t>(text_[++pos_]));
      }
    }
    ++pos_;
  }

  std::string text_;
  size_t pos_ = 0;
  size_t line_ = 1;
};

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline std::vector<ScriptCase> ReadScript(const std::filesystem::path& path) {
  return ScriptReader(ReadText(path)).Read();
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
