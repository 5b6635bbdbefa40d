// Func, Memory and Val of the public API.
#include <cstdio>

#include "vm/engine/api_impl.hpp"
#include "vm/types/subtyping.hpp"

namespace cvm {
namespace {

Kind KindOf(ValType type) {
  switch (type.kind) {
    case ValKind::kI32: return Kind::kI32;
    case ValKind::kI64: return Kind::kI64;
    case ValKind::kF32: return Kind::kF32;
    case ValKind::kF64: return Kind::kF64;
    case ValKind::kV128: return Kind::kV128;
    default: break;
  }
  if (type == ValType::FuncRef()) return Kind::kFuncRef;
  if (type == ValType::ExternRef()) return Kind::kExternRef;
  return Kind::kOtherRef;
}

ValType TypeOf(Kind kind) {
  switch (kind) {
    case Kind::kI32: return ValType::I32();
    case Kind::kI64: return ValType::I64();
    case Kind::kF32: return ValType::F32();
    case Kind::kF64: return ValType::F64();
    case Kind::kV128: return ValType::V128();
    case Kind::kFuncRef: return ValType::FuncRef();
    default: return ValType::ExternRef();
  }
}

const rt::Function& FunctionOf(const Func& func) { return *static_cast<rt::Function*>(func.function()); }

// A number as slots hold it: i32 and f32 without bits above theirs.
uint64_t SlotBits(Kind kind, uint64_t bits) {
  return kind == Kind::kI32 || kind == Kind::kF32 ? bits & 0xffffffff : bits;
}

// The same of a reference to anything but a function, below the type `top`.
bool IsValueOf(const Store::Impl& store, uint64_t bits, HeapType type, HeapKind top) {
  const TypeContext cx(store.engine->types);
  const bool is_top = type.kind == top;
  if (rt::IsHostRef(bits)) return is_top && top != HeapKind::kExn;
  if (rt::IsI31(bits)) {
    if (bits > UINT32_MAX || top == HeapKind::kExn) return false;
    return is_top || MatchHeap(cx, HeapType::Abstract(HeapKind::kI31), type);
  }
  if (!store.store.heap().IsHeld(bits)) return false;
  const TypeInfo* info = rt::InfoOf(bits);
  if ((info->kind == ObjectKind::kException) != (top == HeapKind::kExn)) return false;
  return is_top || MatchHeap(cx, {HeapKind::kConcrete, /*exact=*/true, info->id}, type);
}

// Whether the reference `bits`, which comes from outside, is a value of `type` in `store` (type: with canonical ids). A
// function must be the store's own: what another store's would run with, this one does not keep alive.
bool IsReferenceOf(const Store::Impl& store, uint64_t bits, ValType type) {
  if (bits == rt::kNullRef) return type.nullable;
  const TypeContext cx(store.engine->types);
  const HeapKind top = TopOf(cx, type.heap);
  if (top != HeapKind::kFunc) return IsValueOf(store, bits, type.heap, top);
  const auto* function = reinterpret_cast<const rt::Function*>(bits);
  if (!store.store.Owns(function)) return false;
  return MatchVal(cx, ValType::Ref(HeapType::Concrete(TypeIndex(function->type_id)), false), type);
}

std::string FloatText(double value, const char* format) {
  if (value != value) return "nan";
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

}  // namespace

const char* KindName(Kind kind) {
  static constexpr const char* kNames[] = {"i32", "i64", "f32", "f64", "v128", "funcref", "externref", "ref"};
  return kNames[static_cast<size_t>(kind)];
}

std::string ToString(const Val& value) {
  switch (value.kind()) {
    case Kind::kI32: return std::to_string(value.i32());
    case Kind::kI64: return std::to_string(value.i64());
    case Kind::kF32: return FloatText(value.f32(), "%.9g");
    case Kind::kF64: return FloatText(value.f64(), "%.17g");
    case Kind::kV128: {
      char buffer[40];
      std::snprintf(buffer, sizeof buffer, "0x%016llx%016llx", static_cast<unsigned long long>(value.high_bits()),
                    static_cast<unsigned long long>(value.bits()));
      return buffer;
    }
    default: return value.bits() == 0 ? "null" : "ref";
  }
}

std::string ToString(const FuncSignature& signature) { return ToString(TypeOf(signature)); }

FuncSignature SignatureOf(const FuncType& type) {
  FuncSignature signature;
  for (const ValType& t : type.params) signature.params.push_back(KindOf(t));
  for (const ValType& t : type.results) signature.results.push_back(KindOf(t));
  return signature;
}

FuncType TypeOf(const FuncSignature& signature) {
  FuncType type;
  for (const Kind k : signature.params) type.params.push_back(TypeOf(k));
  for (const Kind k : signature.results) type.results.push_back(TypeOf(k));
  return type;
}

FuncSignature Func::signature() const { return SignatureOf(*FunctionOf(*this).type); }

Result<void> Func::CheckSignature(const FuncSignature& wanted) const {
  const FuncSignature actual = signature();
  if (actual == wanted) return {};
  return UsageError("the function has the type " + ToString(actual) + ", not " + ToString(wanted));
}

Result<void> Func::CallSlots(std::span<uint64_t> slots) const {
  return CallFunction(store_->store, *static_cast<rt::Function*>(function_), slots);
}

Result<std::vector<Val>> Func::Call(std::span<const Val> args) const {
  const rt::Function& f = FunctionOf(*this);
  const FuncSignature types = signature();
  if (args.size() != types.params.size()) {
    return UsageError("the function takes " + std::to_string(types.params.size()) + " arguments, not " +
                      std::to_string(args.size()));
  }
  const ResultType& params = store_->engine->types.TypeOf(f.type_id).func.params;
  std::vector<uint64_t> slots(f.window_bytes / kSlotBytes + 2);
  size_t at = 0;
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i].kind() != types.params[i]) {
      return UsageError("argument " + std::to_string(i + 1) + " is " + KindName(args[i].kind()) + ", not " +
                        KindName(types.params[i]));
    }
    if (params[i].is_ref() && !IsReferenceOf(*store_, args[i].bits(), params[i])) {
      return UsageError("argument " + std::to_string(i + 1) + " is not a reference of this store and the parameter's type");
    }
    slots[at++] = SlotBits(types.params[i], args[i].bits());
    if (types.params[i] == Kind::kV128) slots[at++] = args[i].high_bits();
  }
  // What earlier calls have returned, and is not rooted, goes now.
  rt::Store& store = store_->store;
  if (store.running == nullptr) store.heap().TruncateLent(0);
  CVM_RETURN_IF_ERROR(CallSlots(slots));
  std::vector<Val> results;
  at = 0;
  for (const Kind kind : types.results) {
    const uint64_t low = SlotBits(kind, slots[at++]);
    if (kind == Kind::kExternRef || kind == Kind::kOtherRef) store.heap().Lend(low);
    const uint64_t high = kind == Kind::kV128 ? slots[at++] : 0;
    results.push_back(Val::FromBits(kind, low, high));
  }
  return results;
}

std::span<uint8_t> Memory::data() const { return static_cast<rt::Memory*>(memory_)->bytes(); }
uint64_t Memory::pages() const { return static_cast<rt::Memory*>(memory_)->pages(); }

Result<uint64_t> Memory::Grow(uint64_t delta) const {
  const int64_t previous = static_cast<rt::Memory*>(memory_)->Grow(delta);
  if (previous < 0) return LimitError("the memory cannot grow by " + std::to_string(delta) + " pages");
  return static_cast<uint64_t>(previous);
}

Result<Memory> Caller::memory() const {
  const rt::Instance& instance = *static_cast<rt::Context*>(context_)->instance;
  const auto index = static_cast<const CompiledModule&>(*instance.code).callers_memory();
  if (!index.has_value()) return UsageError("the calling instance has no memory");
  return Memory(instance.memories[*index]);
}

}  // namespace cvm
