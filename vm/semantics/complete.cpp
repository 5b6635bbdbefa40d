// Proves at compile time that no instruction is forgotten: every row of opcodes.def that takes its operands from the
// stack alone has semantics, and their function type is the one that the row's signature asks for.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "vm/isa/opcode.hpp"
#include "vm/semantics/semantics.hpp"

namespace cvm {
namespace {

constexpr bool NeedsSemantics(ImmKind imm, std::string_view sig) {
  return sig != "*" && (imm == ImmKind::kNone || imm == ImmKind::kLane || imm == ImmKind::kShuffle);
}

// The letter of an operand type in a signature (OpcodeInfo::sig).
template <class T>
inline constexpr char kLetter = 0;
template <>
constexpr char kLetter<uint32_t> = 'i';
template <>
constexpr char kLetter<uint64_t> = 'l';
template <>
constexpr char kLetter<float> = 'f';
template <>
constexpr char kLetter<double> = 'd';
template <>
constexpr char kLetter<V128> = 'v';

template <class Result>
struct ResultOf {
  static constexpr std::array kLetters = {kLetter<Result>};
};
template <class T>
struct ResultOf<OrTrap<T>> : ResultOf<T> {};
template <>
struct ResultOf<I64Pair> {
  static constexpr std::array kLetters = {'l', 'l'};
};

// A lane number, or the lanes of a shuffle, come last and stand for the immediate.
template <class Result, class... Args>
constexpr bool Matches(Result (*)(Args...), ImmKind imm, std::string_view sig) {
  const std::array<char, sizeof...(Args)> args = {(std::is_same_v<Args, uint8_t> ? '#' : kLetter<Args>)...};
  size_t operands = args.size();
  if (imm == ImmKind::kLane && args[--operands] != '#') return false;
  if (imm == ImmKind::kShuffle && args[--operands] != 'v') return false;
  const std::string_view results(ResultOf<Result>::kLetters.data(), ResultOf<Result>::kLetters.size());
  return sig.substr(0, operands) == std::string_view(args.data(), operands) && sig.substr(operands, 1) == ":" &&
         sig.substr(operands + 1) == results;
}

template <Opcode kOp>
constexpr bool IsComplete(ImmKind imm, std::string_view sig) {
  if constexpr (HasSemantics<kOp>) {
    return NeedsSemantics(imm, sig) && Matches(&Semantics<kOp>::Eval, imm, sig);
  } else {
    return !NeedsSemantics(imm, sig);
  }
}

#define OP(id, prefix, code, text, imm, sig, feature) \
  static_assert(IsComplete<Opcode::k##id>(ImmKind::k##imm, sig), text ": semantics missing or of another type");
#include "vm/isa/opcodes.def"

}  // namespace
}  // namespace cvm
