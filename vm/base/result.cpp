#include "cvm/result.hpp"

#include "vm/base/try.hpp"

namespace cvm {

std::string_view ErrorKindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed: return "malformed";
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kUnlinkable: return "unlinkable";
    case ErrorKind::kTrap: return "trap";
    case ErrorKind::kException: return "exception";
    case ErrorKind::kLimit: return "limit";
    case ErrorKind::kUnsupported: return "unsupported";
    case ErrorKind::kUsage: return "usage";
    case ErrorKind::kIo: return "io";
    case ErrorKind::kExit: return "exit";
    case ErrorKind::kBug: return "bug";
  }
  return "unknown";
}

std::string Error::ToString() const {
  std::string text;
  for (const std::string& outer : context_) text += outer + ": ";
  text += message_;
  if (line_ != 0) {
    text += " (line " + std::to_string(line_) + ", column " + std::to_string(column_) + ")";
  } else if (offset_.has_value()) {
    text += " (at byte " + std::to_string(*offset_) + ")";
  }
  return text;
}

Error LimitReached(std::string_view words, uint64_t found, uint64_t limit, std::string_view key) {
  return LimitError(std::string(words) + ": " + std::to_string(found) + ", the limit is " + std::to_string(limit) +
                    " (-W " + std::string(key) + ")");
}

}  // namespace cvm
