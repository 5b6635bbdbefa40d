// Evaluation of constant expressions (core/valid/instructions#constant-expressions).
#pragma once

#include <array>
#include <optional>

#include "vm/module/module.hpp"
#include "vm/runtime/instance.hpp"

namespace cvm {

// A value as it lies in slots: 8 bytes (i32 zero-extended), or 16 for v128.
struct ConstValue {
  alignas(16) std::array<uint64_t, 2> bits = {};
};

// REQUIRES: valid; the globals and functions it names exist in `instance`.
Result<ConstValue> EvaluateConst(rt::Instance& instance, const Expr& expr);

// The value of an expression that is one i32.const or i64.const (zero-extended); nullopt otherwise.
std::optional<uint64_t> ConstantOffset(const Expr& expr);

}  // namespace cvm
