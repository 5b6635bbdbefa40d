// Decoding a component from the binary format (component-model, Binary.md).
//
// The result is plain data that points into the bytes it came from, which it keeps alive. Decoding checks the grammar
// of everything but the bodies of core functions; what the definitions mean is checked by component/validate. Embedded
// core modules are decoded with vm/binary; offsets in errors and in definitions are those of the whole file.
//
// Work and memory are bounded: counts are believed only as far as bytes are there to bear them, decoded definitions are
// charged to a budget, nested components are kept on a stack of their own and nested types are counted (security.md
// DEC-01, DEC-02, DEC-07). Functions without state; safe from any thread.
#pragma once

#include <memory>
#include <vector>

#include "component/model/component.hpp"
#include "vm/binary/decode.hpp"
#include "vm/types/features.hpp"

namespace cvm::component {

// What a component may declare. Exceeding one is an error of kind kLimit. The defaults are those in force elsewhere, so
// that what other tools accept loads here. Index spaces are counted with imports and aliases, of each component alone.
struct ComponentDecodeLimits {
  uint64_t component_bytes = 256u << 20;
  uint64_t decoded_bytes = 256u << 20;  // of the decoded definitions of a file, embedded modules not included
  uint32_t component_depth = 100;       // components within components, the outermost included
  uint32_t type_depth = 100;            // component and instance types within each other
  uint32_t modules = 1'000;
  uint32_t components = 1'000;
  uint32_t instances = 1'000;  // core instances are counted by themselves
  uint32_t values = 1'000;
  uint32_t types = 1'000'000;  // core types are counted by themselves
  uint32_t functions = 1'000'000;
  uint32_t core_items = 1'000'000;  // core functions, tables, memories, globals and tags, each by themselves
  uint32_t imports = 1'000'000;
  uint32_t exports = 1'000'000;
  uint32_t type_declarations = 1'000'000;  // of a component, instance or module type
  uint32_t instantiation_args = 100'000;
  uint32_t inline_exports = 100'000;
  uint32_t params = 1'000;
  uint32_t record_fields = 10'000;
  uint32_t variant_cases = 10'000;  // and labels of an enum
  uint32_t tuple_types = 10'000;
  uint32_t flags = 10'000;  // more than 32 are a matter of validation
  uint32_t canon_options = 10;
  uint32_t name_bytes = 100'000;
  DecodeLimits module;  // of each embedded core module
};

// What the first eight bytes of a file say that it is. Binary.md: preamble.
enum class BinaryLayer : uint8_t { kUnknown, kModule, kComponent };
BinaryLayer DetectLayer(Bytes header);
// True for the preamble of a component in the version that this decoder reads: "\0asm" 0d 00 01 00.
bool IsComponent(Bytes header);

Result<std::shared_ptr<const Component>> DecodeComponent(std::shared_ptr<const std::vector<uint8_t>> bytes,
                                                         const Features& features = Features(),
                                                         const ComponentDecodeLimits& limits = ComponentDecodeLimits());

}  // namespace cvm::component
