// Decoding a component from the binary format (component-model, Binary.md).
//
// The result is plain data that points into the bytes it came from, which it keeps alive. Decoding checks the grammar
// of everything but the bodies of core functions; what the definitions mean is checked by component/validate. Embedded
// core modules are decoded with vm/binary; offsets in errors and in definitions are those of the whole file.
//
// Work and memory are bounded: counts are checked against the limits of loading (index spaces with imports and aliases,
// of each component alone) and believed only as far as bytes are there to bear them, decoded definitions are charged to
// a budget, nested components are kept on a stack of their own and nested types are counted (security.md DEC-01,
// DEC-02, DEC-07). Functions without state; safe from any thread.
#pragma once

#include <memory>
#include <vector>

#include "component/model/component.hpp"
#include "vm/binary/decode.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm::component {

// What the first eight bytes of a file say that it is. Binary.md: preamble.
enum class BinaryLayer : uint8_t { kUnknown, kModule, kComponent };
BinaryLayer DetectLayer(Bytes header);
// True for the preamble of a component in the version that this decoder reads: "\0asm" 0d 00 01 00.
bool IsComponent(Bytes header);

Result<std::shared_ptr<const Component>> DecodeComponent(std::shared_ptr<const std::vector<uint8_t>> bytes,
                                                         const Features& features = Features(),
                                                         const LoadLimits& limits = LoadLimits());

}  // namespace cvm::component
