// Private to component/binary: the decoders of the component's sections, and the context that they share.
//
// Each section decoder reads one definition from the reader that it is given. The driver in decode.cpp walks sections
// and nested components, and counts the index spaces.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "component/binary/decode.hpp"

namespace cvm::component::binary {

struct DecodeContext {
  const Features& features;
  const LoadLimits& limits;
  std::shared_ptr<const std::vector<uint8_t>> bytes;
  uint64_t decoded_bytes = 0;  // charged so far
  uint32_t type_depth = 0;     // component and instance types that are open
};

// "invalid leading byte (0x5) for alias", in the words of the official suite.
Error LeadingByteError(uint64_t at, uint8_t byte, const char* what);
Result<void> CheckLimit(const DecodeContext& cx, LoadLimit which, uint64_t found, uint64_t at,
                        std::string_view words = {});
// Adds to the memory that decoded definitions take.
Result<void> Charge(DecodeContext& cx, uint64_t bytes, uint64_t at);
// The count of a vector, checked against the limit, against the bytes left (each element takes at least one) and
// charged at so many bytes an element: after this the vector may be reserved.
Result<uint32_t> LimitedCount(Reader& in, DecodeContext& cx, LoadLimit which, size_t element_bytes);
Result<std::string_view> LimitedName(Reader& in, const DecodeContext& cx);
Result<bool> ReadFlag(Reader& in);

// Counts a nested type while it lives: one beyond the limit is refused.
class TypeLevel {
 public:
  explicit TypeLevel(DecodeContext& cx) : cx_(cx) { ++cx_.type_depth; }
  ~TypeLevel() { --cx_.type_depth; }
  TypeLevel(const TypeLevel&) = delete;
  TypeLevel& operator=(const TypeLevel&) = delete;
  Result<void> Check(uint64_t at) const;

 private:
  DecodeContext& cx_;
};

// A vector of T, each read by `read(in, cx, &element)`.
template <class T>
Result<std::vector<T>> ReadVec(Reader& in, DecodeContext& cx, LoadLimit which,
                               Result<void> (*read)(Reader&, DecodeContext&, T*)) {
  CVM_ASSIGN_OR_RETURN(const uint32_t count, LimitedCount(in, cx, which, sizeof(T)));
  std::vector<T> items(count);
  for (T& item : items) {
    CVM_RETURN_IF_ERROR(read(in, cx, &item));
  }
  return items;
}

// names.cpp: names with their attributes, sorts, extern descriptors
Result<void> ReadExternName(Reader& in, DecodeContext& cx, ExternNameText* name);
Result<Sort> ReadCoreSort(Reader& in);
Result<Sort> ReadSort(Reader& in);
Result<void> ReadSortIndex(Reader& in, SortIndex* what);
Result<void> ReadExternDesc(Reader& in, DecodeContext& cx, ExternDesc* desc);
Result<void> ReadImport(Reader& in, DecodeContext& cx, ImportDef* import);
Result<void> ReadExport(Reader& in, DecodeContext& cx, ExportDef* exported);
Result<void> ReadAlias(Reader& in, DecodeContext& cx, AliasDef* alias);

// instances.cpp
Result<void> ReadCoreInstance(Reader& in, DecodeContext& cx, CoreInstanceDef* instance);
Result<void> ReadInstance(Reader& in, DecodeContext& cx, InstanceDef* instance);

// core_types.cpp
Result<void> ReadCoreType(Reader& in, DecodeContext& cx, CoreTypeDef* type);

// types.cpp
Result<ValTypeRef> ReadValTypeRef(Reader& in);
Result<std::optional<ValTypeRef>> ReadResultList(Reader& in);
Result<void> ReadType(Reader& in, DecodeContext& cx, TypeDef* type);

// canons.cpp
Result<void> ReadCanon(Reader& in, DecodeContext& cx, CanonDef* canon);

// customs.cpp: what a name section says
inline constexpr std::string_view kNameSection = "component-name";
Result<void> ReadNames(Reader in, DecodeContext& cx, ComponentNames* names);

// values.cpp: start functions and values
Result<void> ReadStart(Reader& in, DecodeContext& cx, StartDef* start);
Result<void> ReadValue(Reader& in, DecodeContext& cx, ValueDef* value);

}  // namespace cvm::component::binary
