// Sources of WIT text and places in them. A SourceMap owns the texts of one resolution; spans point into it by number.
//
// Errors of this room are made here, so that all have one shape: `file:line:column: what is wrong; how to mend it`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cvm/result.hpp"

namespace cvm::wit {

// One file of WIT text. The path is for messages only.
struct Source {
  std::string path;
  std::string text;
};

// A place in a source; lines and columns count from 1, columns in code points. Two syntax trees are equal wherever
// their texts stood, so that spans compare equal.
struct Span {
  uint32_t file = 0;
  uint32_t line = 0;
  uint32_t column = 0;

  bool operator==(const Span&) const { return true; }
};

class SourceMap {
 public:
  uint32_t Add(Source source) {
    sources_.push_back(std::move(source));
    return static_cast<uint32_t>(sources_.size() - 1);
  }
  const Source& at(uint32_t file) const { return sources_[file]; }

  std::string Place(Span span) const {
    return sources_[span.file].path + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
  }
  // An error at `span`; `mend` says what to do about it and may be empty.
  Error ErrorAt(Span span, std::string what, const std::string& mend = "", ErrorKind kind = ErrorKind::kInvalid) const {
    if (!mend.empty()) what += "; " + mend;
    Error error(kind, std::move(what));
    error.In(Place(span));
    return error;
  }

 private:
  std::vector<Source> sources_;
};

}  // namespace cvm::wit
