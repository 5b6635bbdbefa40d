// Pieces of binaries for tests of malformed and of very large modules; whatever text can say is written as text.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vm/base/reader.hpp"
#include "vm/binary/decode.hpp"

namespace cvm::testing {

using Raw = std::vector<uint8_t>;

inline Writer Header() {
  Writer out;
  for (const uint8_t byte : {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00}) out.U8(byte);
  return out;
}

inline void AddSection(Writer& out, uint8_t id, const Writer& contents) {
  out.U8(id);
  out.U64(contents.size());
  out.Raw(contents.bytes());
}

// A module of one section.
inline Raw OneSection(uint8_t id, const Writer& contents) {
  Writer out = Header();
  AddSection(out, id, contents);
  return out.Take();
}

// `count` times the same entry.
inline Writer Entries(uint64_t count, const Raw& entry) {
  Writer out;
  out.U64(count);
  for (uint64_t i = 0; i < count; ++i) out.Raw(entry);
  return out;
}

inline Result<std::shared_ptr<ModuleData>> Decode(Raw bytes, const LoadLimits& limits = {},
                                                  const Features& features = Features::All()) {
  return DecodeModule(std::make_shared<const Raw>(std::move(bytes)), features, limits);
}

inline std::string ErrorOf(Raw bytes, const LoadLimits& limits = {}, const Features& features = Features::All()) {
  auto module = Decode(std::move(bytes), limits, features);
  return module.ok() ? "" : module.error().message();
}

}  // namespace cvm::testing
