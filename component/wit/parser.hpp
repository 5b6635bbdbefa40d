// WIT text to syntax trees: the whole grammar of WIT.md.
//
// A parser of recursive descent whose grammar does not nest but for types, and these wait on a stack of their own, so
// that hostile text cannot exhaust the thread's.
#pragma once

#include <cstdint>

#include "component/wit/ast.hpp"
#include "component/wit/source.hpp"
#include "cvm/result.hpp"

namespace cvm::wit {

// How deep types may nest, by text and by reference.
inline constexpr uint32_t kMaxTypeDepth = 100;

// Parses the source of that number. Errors are of kind kMalformed and say where and what to do.
Result<ast::File> ParseFile(const SourceMap& sources, uint32_t file);

}  // namespace cvm::wit
