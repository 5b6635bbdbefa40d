// Flattening: which core parameters and results stand for component ones. definitions.py: "Flattening".
//
// A type can flatten to hundreds of millions of values (a fixed-length list), so the number of flat values is known
// before any is listed: FlatCount is a look-up, and the functions that list them are only to be called below a limit.
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "canonical-abi/types/val_type.hpp"

namespace cvm::abi {

inline constexpr uint32_t kMaxFlatParams = 16;
inline constexpr uint32_t kMaxFlatAsyncParams = 4;
inline constexpr uint32_t kMaxFlatResults = 1;

// definitions.py: FuncType. Named parameters and at most one result.
struct FuncType {
  std::vector<std::pair<std::string, ValType>> params;
  std::optional<ValType> result;
  bool async = false;

  std::vector<ValType> ParamTypes() const;
  std::vector<ValType> ResultTypes() const;
  friend bool operator==(const FuncType&, const FuncType&) = default;
};

// definitions.py: CoreFuncType
struct CoreFuncType {
  std::vector<CoreType> params;
  std::vector<CoreType> results;
  friend bool operator==(const CoreFuncType&, const CoreFuncType&) = default;
};

// The canonical options that flattening depends on.
struct FlattenOptions {
  PtrType ptr_type = PtrType::kI32;
  bool async = false;
  bool callback = false;
};

enum class FlattenContext : uint8_t { kLift, kLower };

// definitions.py: flatten_functype
CoreFuncType FlattenFunctype(const FlattenOptions& opts, const FuncType& ft, FlattenContext context);

// The number of flat values of a type, or of several; saturated at 2^32 - 1.
uint32_t FlatCount(const ValType& type);
uint32_t FlatCount(std::span<const ValType> types);
// The same for a node whose parts are finished; for the constructors of types.
uint32_t CountFlat(const TypeNode& node);

// definitions.py: flatten_types, flatten_type, flatten_variant. The last begins with the discriminant.
// REQUIRES: FlatCount(…) is small; in this code, at most kMaxFlatParams.
std::vector<CoreType> FlattenTypes(std::span<const ValType> types, PtrType ptr_type);
std::vector<CoreType> FlattenType(const ValType& type, PtrType ptr_type);
std::vector<CoreType> FlattenVariant(const std::vector<CaseType>& cases, PtrType ptr_type);

// The fields of the tuple that parameters or results form when they are passed in memory. It is not a type that a
// component defines: the limits of types do not apply to it.
std::vector<FieldType> TupleFields(std::span<const ValType> types);

// definitions.py: join
CoreType Join(CoreType a, CoreType b);

}  // namespace cvm::abi
