// Encoding a component in the binary format (component-model, Binary.md): the inverse of DecodeComponent. For
// components that came from text, and for tools that put components together.
//
// Definitions stand in their order, neighbours of one kind in one section. Names are written as a section
// `component-name`, unless the component carries one among its custom sections, which stand last. Core modules of a
// binary file are copied as they stand there, so that what points into them (debug information) stays right.
//
// Decoding what was encoded gives the component again, but for offsets and for the places of custom sections. Recursion
// is bounded by the nesting of the component, which decoder and parser limit. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "component/model/component.hpp"

namespace cvm::component {

struct EncodeOptions {
  // Encode core modules anew, wherever they came from: two components that say the same are the same bytes then.
  bool reencode_modules = false;
};

std::vector<uint8_t> EncodeComponent(const Component& component, const EncodeOptions& options = EncodeOptions());

}  // namespace cvm::component
