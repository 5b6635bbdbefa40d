#include "vm/compile/fold.hpp"

#include <array>
#include <type_traits>
#include <utility>

#include "vm/semantics/semantics.hpp"

namespace cvm {
namespace {

using Folder = bool (*)(const uint64_t*, uint64_t*);

template <class T>
inline constexpr bool kIsInteger = std::is_same_v<T, uint32_t> || std::is_same_v<T, uint64_t>;

template <Opcode kOp, class R, class... A, size_t... kIndices>
consteval Folder MakeFolder(R (*)(A...), std::index_sequence<kIndices...>) {
  if constexpr (sizeof...(A) <= 2 && (kIsInteger<A> && ...)) {
    if constexpr (kIsInteger<R>) {
      return [](const uint64_t* in, uint64_t* out) {
        *out = Semantics<kOp>::Eval(static_cast<A>(in[kIndices])...);
        return true;
      };
    } else if constexpr (std::is_same_v<R, OrTrap<uint32_t>> || std::is_same_v<R, OrTrap<uint64_t>>) {
      return [](const uint64_t* in, uint64_t* out) {
        const R result = Semantics<kOp>::Eval(static_cast<A>(in[kIndices])...);
        *out = result.value;
        return result.trap == TrapKind::kNone;
      };
    }
  }
  return nullptr;
}

template <class R, class... A>
consteval std::index_sequence_for<A...> Indices(R (*)(A...)) {
  return {};
}

template <size_t kOp>
consteval Folder FolderOf() {
  constexpr auto op = static_cast<Opcode>(kOp);
  if constexpr (HasSemantics<op>) {
    return MakeFolder<op>(&Semantics<op>::Eval, Indices(&Semantics<op>::Eval));
  } else {
    return nullptr;
  }
}

template <size_t... kOps>
consteval std::array<Folder, sizeof...(kOps)> AllFolders(std::index_sequence<kOps...>) {
  return {FolderOf<kOps>()...};
}

constexpr auto kFolders = AllFolders(std::make_index_sequence<kOpcodeCount>());

}  // namespace

bool Fold(Opcode op, const uint64_t* operands, uint64_t* result) {
  const Folder folder = kFolders[static_cast<size_t>(op)];
  return folder != nullptr && folder(operands, result);
}

}  // namespace cvm
