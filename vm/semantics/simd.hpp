// v128.*, i8x16.* … f64x2.*: by family in the headers below (core/exec/numerics#vector-operations). Part of
// semantics.hpp. Pure functions; safe from any thread.
//
//   simd_lane.hpp     bits and lanes: splat, extract, replace, shuffle, swizzle, bitwise, tests
//   simd_int.hpp      integer lanes: arithmetic, comparisons, shifts, narrowing and widening
//   simd_float.hpp    float lanes
//   simd_convert.hpp  between integer and float lanes
//   simd_relaxed.hpp  the relaxed instructions
#pragma once

#include "vm/semantics/simd_convert.hpp"  // IWYU pragma: export
#include "vm/semantics/simd_float.hpp"    // IWYU pragma: export
#include "vm/semantics/simd_int.hpp"      // IWYU pragma: export
#include "vm/semantics/simd_lane.hpp"     // IWYU pragma: export
#include "vm/semantics/simd_relaxed.hpp"  // IWYU pragma: export
