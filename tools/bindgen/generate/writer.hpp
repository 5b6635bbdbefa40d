// Puts the text of a header together, line by line.
#pragma once

#include <algorithm>
#include <string>

namespace cvm::bindgen {

class Writer {
 public:
  void Line(const std::string& text) { out_ += std::string(2 * depth_, ' ') + text + '\n'; }
  // An empty line, unless one is there.
  void Gap() {
    const bool there = out_.size() >= 2 && out_.compare(out_.size() - 2, 2, "\n\n") == 0;
    if (!there) out_ += '\n';
  }
  void Open(const std::string& text) {
    Line(text);
    ++depth_;
  }
  void Close(const std::string& text) {
    --depth_;
    Line(text);
  }
  // Documentation as comments. A backslash at the end of a line would drag the next line into the comment.
  void Docs(const std::string& docs) {
    if (docs.empty()) return;
    for (size_t begin = 0; begin <= docs.size();) {
      const size_t end = std::min(docs.find('\n', begin), docs.size());
      std::string line = docs.substr(begin, end - begin);
      if (!line.empty() && line.back() == '\\') line += '.';
      Line(line.empty() ? "//" : "// " + line);
      begin = end + 1;
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
  size_t depth_ = 0;
};

// Text as a C++ string literal. Names in WIT are plain ASCII; documentation never gets here.
inline std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace cvm::bindgen
