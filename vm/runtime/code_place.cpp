#include "vm/runtime/code_place.hpp"

#include "vm/runtime/instance.hpp"

namespace cvm::rt {

const CodePlace& PlaceCache::Fill(const ModuleCode& module, const uint8_t* ip) {
  if (entries_.empty()) entries_.resize(size_t{1} << kIndexBits);
  CodePlace& entry = entries_[IndexOf(ip)];
  entry = module.PlaceAt(ip);
  return entry;
}

}  // namespace cvm::rt
