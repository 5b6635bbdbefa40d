// CheckValue: does a host's dynamic value fit a type? To be asked at the edge of the API, before a guest is entered.
#pragma once

#include "canonical-abi/types/val_type.hpp"
#include "canonical-abi/values/value.hpp"
#include "cvm/result.hpp"

namespace cvm::abi {

// An error of kind kUsage that names the first part that does not fit: wrong kind, wrong number of fields, no such
// case, no such flag, ill-formed UTF-8, a char that is no Unicode scalar value, a null handle. Which resource type a
// handle has is known only to the instance: that is checked when the value is lowered.
Result<void> CheckValue(const Value& value, const ValType& type);

// The error of kind kUsage for a value of the wrong kind.
Error WrongValue(const Value& value, const ValType& type);

}  // namespace cvm::abi
