// What each simple instruction computes: pure functions without stack, frame or dispatch. The interpreter, the constant
// folder of the compiler and the tests call the same one.
//
// Semantics<op>::Eval takes the operands as uint32_t (i32), uint64_t (i64), float, double, V128 — and a lane number last
// where the instruction has one — and returns the result in the same form; one that may trap returns OrTrap<T>. Floats are
// moved bit-exactly; arithmetic results may carry any NaN payload that the specification allows.
//
// Families: integer.hpp, float.hpp, convert.hpp, simd_*.hpp. Included together by this header.
#pragma once

#include <cstdint>
#include <cstring>

#include "cvm/trap.hpp"
#include "vm/isa/opcode.hpp"

namespace cvm {

// 128 bits; lanes little-endian as in memory. A vector type, so that it travels in one register.
typedef uint8_t V128 __attribute__((vector_size(16)));

template <class T>
struct OrTrap {
  T value;
  TrapKind trap;  // kNone: `value` holds

  constexpr OrTrap(T v) : value(v), trap(TrapKind::kNone) {}           // NOLINT: implicit by design
  constexpr OrTrap(TrapKind kind) : value(), trap(kind) {}             // NOLINT: implicit by design
};

// Specialised for every instruction whose signature is not "*" and that touches neither memory nor table.
template <Opcode kOp>
struct Semantics;

template <Opcode kOp>
concept HasSemantics = requires { &Semantics<kOp>::Eval; };

}  // namespace cvm

#include "vm/semantics/convert.hpp"    // IWYU pragma: export
#include "vm/semantics/float.hpp"      // IWYU pragma: export
#include "vm/semantics/integer.hpp"    // IWYU pragma: export
#include "vm/semantics/simd.hpp"       // IWYU pragma: export
