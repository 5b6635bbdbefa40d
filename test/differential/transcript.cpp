#include "test/differential/transcript.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "vm/binary/encode.hpp"
#include "vm/engine/api_impl.hpp"
#include "vm/text/parse.hpp"

namespace cvm::differential {
namespace {

constexpr uint64_t kMaxStackBytes = 64 << 20;
constexpr uint64_t kMaxMemoryBytes = 64 << 20;
constexpr uint64_t kMaxHeapBytes = 64 << 20;

// Several traps of the specification are one to some engines.
std::string_view TrapClass(std::string_view words) {
  struct Class {
    TrapKind kind;
    const char* name;
  };
  static constexpr Class kClasses[] = {
      {TrapKind::kUnreachable, "unreachable"},
      {TrapKind::kDivideByZero, "divide"},
      {TrapKind::kIntegerOverflow, "overflow"},
      {TrapKind::kInvalidConversion, "conversion"},
      {TrapKind::kMemoryOutOfBounds, "memory"},
      {TrapKind::kTableOutOfBounds, "table"},
      {TrapKind::kUndefinedElement, "table"},
      {TrapKind::kUninitializedElement, "null"},
      {TrapKind::kIndirectCallTypeMismatch, "signature"},
      {TrapKind::kStackExhausted, "stack"},
      {TrapKind::kNullReference, "null"},
      {TrapKind::kNullFunctionReference, "null"},
      {TrapKind::kNullStructureReference, "null"},
      {TrapKind::kNullArrayReference, "null"},
      {TrapKind::kNullI31Reference, "null"},
      {TrapKind::kNullDescriptorReference, "null"},
      {TrapKind::kHeapExhausted, "limit"},
      {TrapKind::kCastFailure, "cast"},
      {TrapKind::kDescriptorCastFailure, "cast"},
      {TrapKind::kArrayOutOfBounds, "array"},
      {TrapKind::kUnalignedAtomic, "unaligned"},
      {TrapKind::kOutOfFuel, "limit"},
  };
  for (const Class& c : kClasses) {
    if (words.starts_with(TrapMessage(c.kind))) return c.name;
  }
  return "";
}

std::string ErrorLine(const Error& error) {
  if (error.kind() == ErrorKind::kException) return "exception\n";
  if (error.kind() == ErrorKind::kLimit) return "trap limit\n";
  const std::string_view name = error.kind() == ErrorKind::kTrap ? TrapClass(error.message()) : "";
  if (name.empty()) return "error " + error.ToString() + "\n";
  return "trap " + std::string(name) + "\n";
}

bool EndsTranscript(std::string_view line) {
  return line.find("trap stack") != std::string_view::npos || line.find("trap limit") != std::string_view::npos;
}

template <class... A>
void Print(std::string* out, const char* format, A... args) {
  char buffer[96];
  std::snprintf(buffer, sizeof buffer, format, args...);
  *out += buffer;
}

void PrintValue(std::string* out, const Val& value) {
  using U = unsigned long long;
  switch (value.kind()) {
    case Kind::kI32:
      return Print(out, " i32:%08x", static_cast<uint32_t>(value.i32()));
    case Kind::kI64:
      return Print(out, " i64:%016llx", static_cast<U>(value.bits()));
    case Kind::kF32:
      if (std::isnan(value.f32())) return void(*out += " f32:nan");
      return Print(out, " f32:%08x", static_cast<uint32_t>(value.bits()));
    case Kind::kF64:
      if (std::isnan(value.f64())) return void(*out += " f64:nan");
      return Print(out, " f64:%016llx", static_cast<U>(value.bits()));
    case Kind::kV128:
      return Print(out, " v128:%016llx%016llx", static_cast<U>(value.high_bits()), static_cast<U>(value.bits()));
    default:
      *out += value.is_null() ? " ref:null" : " ref:some";
  }
}

Val GlobalValue(const rt::Global& global) {
  uint64_t bits[2];
  const ValType type = global.type.type;
  std::memcpy(bits, global.value, SlotsOf(type) * kSlotBytes);
  static constexpr Kind kKinds[] = {Kind::kI32, Kind::kI64, Kind::kF32, Kind::kF64, Kind::kV128, Kind::kOtherRef};
  return Val::FromBits(kKinds[static_cast<size_t>(type.kind)], bits[0], type.kind == ValKind::kV128 ? bits[1] : 0);
}

void PrintMemory(std::string* out, const rt::Memory& memory) {
  const std::span<const uint8_t> bytes = memory.bytes();
  size_t used = bytes.size();
  while (used >= 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + used - 8, 8);
    if (word != 0) break;
    used -= 8;
  }
  while (used > 0 && bytes[used - 1] == 0) --used;
  Print(out, " %zu %zu %08x\n", bytes.size(), used, Crc32(bytes.first(used)));
}

void PrintTable(std::string* out, const rt::Table& table) {
  std::vector<uint8_t> some;
  for (uint64_t i = 0; i < table.size(); ++i) some.push_back(table.Get(i) != rt::kNullRef);
  Print(out, " %zu %08x\n", some.size(), Crc32(some));
}

Val ArgOf(const Arg& arg, Kind kind) {
  return arg.kind >= ArgKind::kNullFunc ? Val::Null(kind) : Val::FromBits(kind, arg.low, arg.high);
}

// Runs one call; its line without the number.
std::string CallLine(const Func& func, const Step& step) {
  const FuncSignature signature = func.signature();
  if (signature.params.size() != step.args.size()) return " no such export\n";
  std::vector<Val> args;
  for (size_t i = 0; i < step.args.size(); ++i) args.push_back(ArgOf(step.args[i], signature.params[i]));
  const Result<std::vector<Val>> results = func.Call(args);
  if (!results.ok()) return " " + ErrorLine(results.error());
  std::string line = " ok";
  for (const Val& value : *results) PrintValue(&line, value);
  return line + "\n";
}

std::string StepLine(Instance& instance, const Step& step) {
  if (step.kind == StepKind::kCall) {
    const Result<Func> func = instance.GetFunc(step.name);
    return func.ok() ? CallLine(*func, step) : " no such export\n";
  }
  const std::optional<ExternVal> value = FindExport(*static_cast<rt::Instance*>(instance.instance()), step.name);
  std::string line;
  if (value.has_value() && step.kind == StepKind::kGlobal) {
    PrintValue(&line, GlobalValue(*std::get<rt::Global*>(*value)));
    return line + "\n";
  }
  if (value.has_value() && step.kind == StepKind::kMemory) PrintMemory(&line, *std::get<rt::Memory*>(*value));
  if (value.has_value() && step.kind == StepKind::kTable) PrintTable(&line, *std::get<rt::Table*>(*value));
  return line.empty() ? " no such export\n" : line;
}

void SetGlobal(Instance& instance, const Step& step) {
  const std::optional<ExternVal> value = FindExport(*static_cast<rt::Instance*>(instance.instance()), step.name);
  if (value.has_value()) std::memcpy(std::get<rt::Global*>(*value)->value, &step.args[0].low, sizeof(uint64_t));
}

// The next line of `text`, which loses it.
std::string_view TakeLine(std::string_view* text) {
  const size_t end = std::min(text->find('\n'), text->size());
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return line;
}

}  // namespace

Config ComparedFeatures() {
  Config config;
  (void)config.SetFeature("wide-arithmetic", true);
  return config;
}

std::string RunPlan(const Engine& engine, const Module& module, const Module& environment, std::span<const Step> plan) {
  StoreOptions options;
  options.max_memory_bytes = kMaxMemoryBytes;
  options.max_heap_bytes = kMaxHeapBytes;
  options.max_wasm_stack_bytes = kMaxStackBytes;
  Store store(engine, options);
  Linker linker(engine);
  Result<Instance> env = linker.Instantiate(store, environment);
  if (!env.ok()) return "environment: " + env.error().ToString() + "\n";
  linker.DefineInstance("env", *env);
  std::string out;
  Result<Instance> instance = linker.Instantiate(store, module);
  if (!instance.ok()) {
    out = "start " + ErrorLine(instance.error());
    if (EndsTranscript(out)) return out;
  }
  for (size_t i = 0; i < plan.size(); ++i) {
    Instance* of = plan[i].of_environment ? &*env : instance.ok() ? &*instance : nullptr;
    if (of == nullptr) continue;
    if (plan[i].kind == StepKind::kSet) {
      SetGlobal(*of, plan[i]);
      continue;
    }
    const std::string line = "#" + std::to_string(i) + StepLine(*of, plan[i]);
    out += line;
    if (EndsTranscript(line)) break;
  }
  return out;
}

Comparison Compare(std::string_view cvm, std::string_view other) {
  while (!cvm.empty() || !other.empty()) {
    const std::string_view a = TakeLine(&cvm), b = TakeLine(&other);
    if (EndsTranscript(a) || EndsTranscript(b)) return {Comparison::Verdict::kCutShort, {}};
    if (a != b) {
      return {Comparison::Verdict::kDifferent, "cvm   " + std::string(a) + "\nother " + std::string(b) + "\n"};
    }
  }
  return {};
}

std::vector<uint8_t> EnvironmentModule(bool with_tag) {
  static constexpr std::string_view kText = R"(
    (memory (export "memory") 1 3)
    (memory (export "memory64") i64 1 3)
    (table $t (export "table") 8 20 funcref)
    (table (export "externs") 4 10 externref)
    (elem (table $t) (i32.const 0) func $add $none $pair $none)
    (global $count (export "count") (mut i32) (i32.const 0))
    (global (export "g64") (mut i64) (i64.const -5))
    (global (export "gf") (mut f64) (f64.const 1.5))
    (global (export "gv") (mut v128) (v128.const i32x4 1 2 3 4))
    (global (export "c32") i32 (i32.const 8))
    (global (export "c64") i64 (i64.const 16))
    (global (export "cfunc") funcref (ref.func $add))
    (func $add (export "add") (param i32 i32) (result i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (i32.add (local.get 0) (local.get 1)))
    (func $none (export "none") (global.set $count (i32.add (global.get $count) (i32.const 100))))
    (func $pair (export "pair") (param i64 f32) (result f32 i64) (local.get 1) (local.get 0))
    (func (export "vector") (param v128 i32) (result v128) (i32x4.replace_lane 2 (local.get 0) (local.get 1)))
    (func (export "float") (param f64 i64) (result f64)
      (select (local.get 0) (f64.const -0.25) (i64.eqz (local.get 1))))
    (func (export "store") (param i32 i64) (i64.store 0 offset=4 (local.get 0) (local.get 1)))
    (func (export "load") (param i32) (result i64) (i64.load 0 offset=4 (local.get 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow 0 (i32.and (local.get 0) (i32.const 1))))
    (func (export "pick") (param i32) (result funcref) (table.get $t (local.get 0)))
    (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (export "stop") unreachable)
  )";
  static constexpr std::string_view kTag = R"(
    (tag $e (export "tag") (param i32 i64))
    (func (export "throw") (param i32 i64) (throw $e (local.get 0) (local.get 1)))
  )";
  const std::string text = "(module " + std::string(kText) + (with_tag ? std::string(kTag) : "") + ")";
  return EncodeModule(**ParseModule(text, Features()));
}

uint32_t Crc32(std::span<const uint8_t> bytes) {
  static const auto kTable = [] {
    std::array<uint32_t, 256> table;
    for (uint32_t i = 0; i < table.size(); ++i) {
      uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
      table[i] = crc;
    }
    return table;
  }();
  uint32_t crc = ~uint32_t{0};
  for (const uint8_t byte : bytes) crc = crc >> 8 ^ kTable[(crc ^ byte) & 0xff];
  return ~crc;
}

}  // namespace cvm::differential
