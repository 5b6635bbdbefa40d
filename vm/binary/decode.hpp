// Decoding a core module from the binary format (core/binary/modules).
//
// The result is plain data that points into the bytes it came from, which it keeps alive. Decoding checks the grammar
// of everything but function bodies, whose instructions the walk of vm/validate reads; nothing is validated here. Work
// and memory are bounded by the size of the input: counts are believed only as far as bytes are there to bear them.
//
// Functions without state; safe from any thread.
#pragma once

#include <memory>
#include <vector>

#include "vm/module/module.hpp"
#include "vm/types/features.hpp"

namespace cvm {

// What a module may declare. Exceeding one is an error of kind kLimit. Defaults: the limits of the WebAssembly
// JavaScript interface where it has one, so that what loads in a browser loads here.
struct DecodeLimits {
  uint64_t module_bytes = 64u << 20;
  uint32_t types = 1'000'000;
  uint32_t rec_groups = 1'000'000;
  uint32_t rec_group_types = 1'000'000;
  uint32_t functions = 1'000'000;  // imported ones not included, as in the rows below
  uint32_t imports = 1'000'000;
  uint32_t exports = 1'000'000;
  uint32_t globals = 1'000'000;
  uint32_t tags = 1'000'000;
  uint32_t tables = 100;
  uint32_t memories = 100;
  uint32_t data_segments = 100'000;
  uint32_t element_segments = 100'000;
  uint32_t element_entries = 10'000'000;  // a segment
  uint32_t params = 1'000;
  uint32_t results = 1'000;
  uint32_t struct_fields = 10'000;
  uint32_t function_bytes = 7'654'321;
  uint32_t locals = 50'000;  // parameters included
  uint32_t name_bytes = 100'000;
};

Result<std::shared_ptr<ModuleData>> DecodeModule(std::shared_ptr<const std::vector<uint8_t>> bytes,
                                             const Features& features = Features(),
                                             const DecodeLimits& limits = DecodeLimits());

// The same for a module that stands at [begin, begin + size) of a larger file (a component); offsets in errors and in
// the module are those of the file. REQUIRES: the range lies within the bytes.
Result<std::shared_ptr<ModuleData>> DecodeModuleAt(std::shared_ptr<const std::vector<uint8_t>> bytes, size_t begin,
                                               size_t size, const Features& features = Features(),
                                               const DecodeLimits& limits = DecodeLimits());

// Reads instructions up to the `end` that closes the sequence, checking only that each is well-formed and that blocks
// nest. For constant expressions, and for whoever wants the extent of a body without validating it.
Result<Expr> ReadExpr(Reader& in, const Features& features);

}  // namespace cvm
