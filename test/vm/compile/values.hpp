// Values and single instructions for the two machines that the compiler's tests compare: what an instruction computes
// comes from vm/semantics, what an access moves from the interpreter's own table.
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "vm/interp/handlers/access.hpp"

namespace cvm {

struct Value {
  alignas(16) uint8_t bytes[16] = {};

  template <class T>
  static Value Of(T v) {
    Value out;
    std::memcpy(out.bytes, &v, sizeof(T));
    return out;
  }
  template <class T>
  T As() const {
    T v;
    std::memcpy(&v, bytes, sizeof(T));
    return v;
  }
};

struct InstrTable {
  // `operands` values and a lane to a result; a trap other than kNone voids it.
  TrapKind (*eval)(const Value* in, uint8_t lane, Value* out) = nullptr;
  void (*load)(const uint8_t* from, Value* out) = nullptr;
  void (*store)(uint8_t* to, const Value& value) = nullptr;
  uint32_t access_bytes = 0;
};

template <Opcode kOp, class R, class... A, size_t... kIs>
TrapKind EvalWith(R (*eval)(A...), std::index_sequence<kIs...>, const Value* in, uint8_t lane, Value* out) {
  const auto arg = [&]<class T>(size_t i) -> T {
    if constexpr (std::is_same_v<T, uint8_t>) return (void)i, lane;
    if constexpr (!std::is_same_v<T, uint8_t>) return in[i].template As<T>();
  };
  const R result = eval(arg.template operator()<A>(kIs)...);
  if constexpr (UnwrapOrTrap<R>::kTraps) {
    *out = Value::Of(result.value);
    return result.trap;
  } else {
    *out = Value::Of(result);
    return TrapKind::kNone;
  }
}

template <class R, class... A>
constexpr auto IndicesOf(R (*)(A...)) {
  return std::index_sequence_for<A...>();
}

template <Opcode kOp>
InstrTable MakeInstr() {
  InstrTable t;
  if constexpr (HasSemantics<kOp>) {
    t.eval = [](const Value* in, uint8_t lane, Value* out) {
      return EvalWith<kOp>(&Semantics<kOp>::Eval, IndicesOf(&Semantics<kOp>::Eval), in, lane, out);
    };
  }
  if constexpr (IsLoad<kOp>) {
    t.access_bytes = Access<kOp>::kBytes;
    t.load = [](const uint8_t* from, Value* out) { *out = Value::Of(Access<kOp>::Load(from)); };
  }
  if constexpr (IsStore<kOp>) {
    t.access_bytes = Access<kOp>::kBytes;
    t.store = [](uint8_t* to, const Value& v) { Access<kOp>::Store(to, v.As<typename Access<kOp>::Type>()); };
  }
  return t;
}

template <size_t... kOps>
std::array<InstrTable, kOpcodeCount> MakeInstrs(std::index_sequence<kOps...>) {
  return {MakeInstr<static_cast<Opcode>(kOps)>()...};
}

inline const InstrTable& InstrOf(Opcode op) {
  static const auto table = MakeInstrs(std::make_index_sequence<kOpcodeCount>());
  return table[static_cast<size_t>(op)];
}

// What both machines run against: memory 0, own globals, table 0 (function index + 1; 0: null).
struct World {
  std::vector<uint8_t> memory = std::vector<uint8_t>(65536);
  std::vector<Value> globals;
  std::vector<uint64_t> table;
};

inline constexpr uint64_t kMaxSteps = 200'000;

}  // namespace cvm
