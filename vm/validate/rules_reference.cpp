// Rules of reference instructions: null, func, tests, casts, and the branches on them
// (core/valid/instructions#reference-instructions), with exact types and descriptors (proposals/custom-descriptors).
#include "vm/validate/rules.hpp"

namespace cvm {
namespace {

bool RefNull(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.CheckHeapType(instr.heap) && v.Push(PackedRef(instr.heap, true));
}

bool RefIsNull(FunctionValidator& v, const Instr&, const Rule&) {
  ValType ref;
  return v.PopRef(&ref) && v.Push(kPackedI32);
}

bool RefFunc(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (!v.ReferToFunc(instr.index)) return false;
  HeapType heap = HeapType::Concrete(v.module().func_types[instr.index]);
  heap.exact = !v.validated().exact_funcs.empty() && v.validated().exact_funcs[instr.index];
  return v.Push(PackedRef(heap, false));
}

bool RefEq(FunctionValidator& v, const Instr&, const Rule&) {
  const Packed eq = PackedRef(HeapKind::kEq, true);
  const Packed params[] = {eq, eq};
  return v.PopAll(params) && v.Push(kPackedI32);
}

bool RefAsNonNull(FunctionValidator& v, const Instr&, const Rule&) {
  ValType ref;
  return v.PopRef(&ref) && v.Push(PackedRef(ref.heap, false));
}

bool BrOnNull(FunctionValidator& v, const Instr& instr, const Rule&) {
  ValType ref;
  PackedSpan types;
  return v.Label(instr.index, &types) && v.PopRef(&ref) && v.Apply(types, types) && v.Push(PackedRef(ref.heap, false));
}

// The last type of a label that a cast or test branches to, and those before it.
bool SplitLabel(FunctionValidator& v, uint32_t depth, PackedSpan* before, Packed* last) {
  PackedSpan types;
  if (!v.Label(depth, &types)) return false;
  if (types.empty()) return v.TypeMismatch("instruction requires reference type but label has []");
  *before = types.first(types.size() - 1);
  *last = types.back();
  return true;
}

bool BrOnNonNull(FunctionValidator& v, const Instr& instr, const Rule&) {
  PackedSpan before;
  Packed last = kPackedBottom;
  if (!SplitLabel(v, instr.index, &before, &last)) return false;
  if (!IsPackedRef(last)) {
    return v.TypeMismatch("instruction requires reference type but label has " + ToString({&last, 1}));
  }
  return v.Pop(last | kPackedNullable) && v.Apply(before, before);
}

ValType TopRef(const FunctionValidator& v, HeapType heap) {
  return ValType::Ref(HeapType::Abstract(TopOf(v.types(), heap)), true);
}

template <bool kNullable>
bool RefTest(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.CheckValType(ValType::Ref(instr.heap, kNullable)) && v.Pop(Pack(TopRef(v, instr.heap))) &&
         v.Push(kPackedI32);
}

template <bool kNullable>
bool RefCast(FunctionValidator& v, const Instr& instr, const Rule&) {
  return v.CheckValType(ValType::Ref(instr.heap, kNullable)) && v.Pop(Pack(TopRef(v, instr.heap))) &&
         v.Push(PackedRef(instr.heap, kNullable));
}

// valid/types#reference-types, difference: what is left of `from` when `to` is taken away.
ValType Difference(ValType from, ValType to) {
  from.nullable = from.nullable && !to.nullable;
  return from;
}

// Whether a cast from `from` to `to` can make sense: down the hierarchy, or, with custom-descriptors, within it.
bool CheckCast(FunctionValidator& v, ValType from, ValType to) {
  if (v.features().Has(Feature::kCustomDescriptors)) {
    if (TopOf(v.types(), from.heap) == TopOf(v.types(), to.heap)) return true;
    return v.Invalid("type mismatch on cast: type " + ToString(from) + " has a different top type than type " +
                     ToString(to));
  }
  return MatchVal(v.types(), to, from) ||
         v.Invalid("type mismatch on cast: type " + ToString(to) + " does not match " + ToString(from));
}

// What br_on_cast and its kin have in common: `taken` goes to the label, `kept` stays.
struct CastBranch {
  ValType from, to;
  ValType taken, kept;
};

bool MakeCastBranch(FunctionValidator& v, const Instr& instr, bool fail, CastBranch* cast) {
  cast->from = ValType::Ref(instr.heap, (instr.flags & 1) != 0);
  cast->to = ValType::Ref(instr.heap2, (instr.flags & 2) != 0);
  if (!v.CheckValType(cast->from) || !v.CheckValType(cast->to) || !CheckCast(v, cast->from, cast->to)) return false;
  const ValType rest = Difference(cast->from, cast->to);
  cast->taken = fail ? rest : cast->to;
  cast->kept = fail ? cast->to : rest;
  return true;
}

bool FinishCastBranch(FunctionValidator& v, const Instr& instr, const CastBranch& cast, PackedSpan operands) {
  PackedSpan before;
  Packed last = kPackedBottom;
  if (!SplitLabel(v, instr.index, &before, &last)) return false;
  if (!v.Matches(Pack(cast.taken), last)) {
    return v.TypeMismatch("instruction requires type " + ToString(cast.taken) + " but label has " +
                          ToString({&last, 1}));
  }
  return v.PopAll(operands) && v.Apply(before, before) && v.Push(Pack(cast.kept));
}

template <bool kFail>
bool BrOnCast(FunctionValidator& v, const Instr& instr, const Rule&) {
  CastBranch cast;
  if (!MakeCastBranch(v, instr, kFail, &cast)) return false;
  const Packed from = Pack(cast.from);
  return FinishCastBranch(v, instr, cast, {&from, 1});
}

// The descriptor operand of a cast to `to`: of the type's own descriptor, exact if the type is.
bool DescriptorOperand(FunctionValidator& v, HeapType to, Packed* out) {
  const SubType* type = to.is_concrete() ? &v.module().types[to.index] : nullptr;
  if (type == nullptr || !type->descriptor) {
    HeapType inexact = to;
    inexact.exact = false;
    return v.Invalid("type " + ToString(inexact) + " does not have a descriptor");
  }
  HeapType descriptor = HeapType::Concrete(*type->descriptor);
  descriptor.exact = to.exact;
  *out = PackedRef(descriptor, true);
  return true;
}

template <bool kFail>
bool BrOnCastDescEq(FunctionValidator& v, const Instr& instr, const Rule&) {
  CastBranch cast;
  Packed descriptor = kPackedBottom;
  if (!MakeCastBranch(v, instr, kFail, &cast) || !DescriptorOperand(v, instr.heap2, &descriptor)) return false;
  const Packed operands[] = {Pack(cast.from), descriptor};
  return FinishCastBranch(v, instr, cast, operands);
}

template <bool kNullable>
bool RefCastDescEq(FunctionValidator& v, const Instr& instr, const Rule&) {
  Packed descriptor = kPackedBottom;
  if (!v.CheckHeapType(instr.heap) || !DescriptorOperand(v, instr.heap, &descriptor)) return false;
  const Packed operands[] = {Pack(TopRef(v, instr.heap)), descriptor};
  return v.PopAll(operands) && v.Push(PackedRef(instr.heap, kNullable));
}

// The descriptor of an exact operand is exact.
bool RefGetDesc(FunctionValidator& v, const Instr& instr, const Rule&) {
  if (instr.index >= v.module().types.size()) return v.Unknown("type", instr.index);
  const auto descriptor = v.module().types[instr.index].descriptor;
  if (!descriptor) return v.Invalid("type without descriptor " + std::to_string(instr.index));
  ValType operand;
  if (!v.PopRef(&operand)) return false;
  HeapType wanted = HeapType::Concrete(TypeIndex(instr.index));
  wanted.exact = true;
  const bool exact = MatchHeap(v.types(), operand.heap, wanted);
  wanted.exact = exact;
  if (!v.Matches(Pack(operand), PackedRef(wanted, true))) {
    return v.TypeMismatch("instruction requires " + ToString(ValType::Ref(wanted, true)) + " but stack has [" +
                          ToString(operand) + "]");
  }
  HeapType result = HeapType::Concrete(*descriptor);
  result.exact = exact;
  return v.Push(PackedRef(result, false));
}

// extern.convert_any and any.convert_extern keep nullability.
template <HeapKind kFrom, HeapKind kTo>
bool Convert(FunctionValidator& v, const Instr&, const Rule&) {
  ValType operand;
  if (!v.PopRef(&operand)) return false;
  const ValType wanted = ValType::Ref(HeapType::Abstract(kFrom), true);
  if (!MatchVal(v.types(), operand, wanted)) {
    return v.TypeMismatch("instruction requires [" + ToString(wanted) + "] but stack has [" + ToString(operand) + "]");
  }
  return v.Push(PackedRef(kTo, operand.nullable));
}

constexpr CustomRule kRules[] = {
    {Opcode::kRefNull, RefNull},
    {Opcode::kRefIsNull, RefIsNull},
    {Opcode::kRefFunc, RefFunc},
    {Opcode::kRefEq, RefEq},
    {Opcode::kRefAsNonNull, RefAsNonNull},
    {Opcode::kBrOnNull, BrOnNull},
    {Opcode::kBrOnNonNull, BrOnNonNull},
    {Opcode::kRefTest, RefTest<false>},
    {Opcode::kRefTestNull, RefTest<true>},
    {Opcode::kRefCast, RefCast<false>},
    {Opcode::kRefCastNull, RefCast<true>},
    {Opcode::kBrOnCast, BrOnCast<false>},
    {Opcode::kBrOnCastFail, BrOnCast<true>},
    {Opcode::kBrOnCastDescEq, BrOnCastDescEq<false>},
    {Opcode::kBrOnCastDescEqFail, BrOnCastDescEq<true>},
    {Opcode::kRefCastDescEq, RefCastDescEq<false>},
    {Opcode::kRefCastDescEqNull, RefCastDescEq<true>},
    {Opcode::kRefGetDesc, RefGetDesc},
    {Opcode::kAnyConvertExtern, Convert<HeapKind::kExtern, HeapKind::kAny>},
    {Opcode::kExternConvertAny, Convert<HeapKind::kAny, HeapKind::kExtern>},
};

}  // namespace

std::span<const CustomRule> ReferenceRules() { return kRules; }

}  // namespace cvm
