// Helpers of the WIT tests.
#pragma once

#include <string>
#include <vector>

#include "component/wit/printer.hpp"
#include "component/wit/resolver.hpp"

namespace cvm::wit {

inline Result<Resolution> ResolveText(const std::string& text, const ResolveOptions& options = {}) {
  return ResolveSources({{Source{"test.wit", text}}}, options);
}

// The error as one line, "(fine)" where there is none.
inline std::string Failure(const std::string& text, const ResolveOptions& options = {}) {
  const Result<Resolution> result = ResolveText(text, options);
  return result.ok() ? "(fine)" : result.error().ToString();
}

}  // namespace cvm::wit
