// Decoding a core module from the binary format (core/binary/modules).
//
// The result is plain data that points into the bytes it came from, which it keeps alive. Decoding checks the grammar
// of everything but function bodies, whose instructions the walk of vm/validate reads; nothing is validated here. Work
// and memory are bounded by the size of the input: counts are checked against the limits of loading, and believed only as
// far as bytes are there to bear them.
//
// Functions without state; safe from any thread.
#pragma once

#include <memory>
#include <vector>

#include "vm/module/module.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm {

Result<std::shared_ptr<ModuleData>> DecodeModule(std::shared_ptr<const std::vector<uint8_t>> bytes,
                                             const Features& features = Features(),
                                             const LoadLimits& limits = LoadLimits());

// The same for a module that stands at [begin, begin + size) of a larger file (a component); offsets in errors and in
// the module are those of the file. REQUIRES: the range lies within the bytes.
Result<std::shared_ptr<ModuleData>> DecodeModuleAt(std::shared_ptr<const std::vector<uint8_t>> bytes, size_t begin,
                                               size_t size, const Features& features = Features(),
                                               const LoadLimits& limits = LoadLimits());

// Reads instructions up to the `end` that closes the sequence, checking only that each is well-formed and that blocks
// nest. For constant expressions, and for whoever wants the extent of a body without validating it.
Result<Expr> ReadExpr(Reader& in, const Features& features);

}  // namespace cvm
