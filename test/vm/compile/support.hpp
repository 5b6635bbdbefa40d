// Compiling functions for tests: handler tables whose handlers are mere numbers, modules from text.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>

#include "vm/compile/compile.hpp"
#include "vm/text/parse.hpp"
#include "vm/validate/module.hpp"

namespace cvm {

// A table with a made-up address for each variant that `has` wants.
inline HandlerTable FakeTable(const std::function<bool(const Variant&, const Shape&)>& has) {
  HandlerTable table;
  uintptr_t next = 0x10000;
  for (uint32_t op = 0; op < kRegOpCount; ++op) {
    const Shape& shape = ShapeOf(static_cast<RegOp>(op));
    for (uint32_t i = 0; i < shape.variant_count(); ++i) {
      const Variant v = VariantAt(static_cast<RegOp>(op), shape, i);
      next += 16;
      if (has(v, shape)) table.Add(v, reinterpret_cast<HandlerAddress>(next));
    }
  }
  return table;
}

inline bool IsMove(RegOp op) { return op == RegOp::kMove || op == RegOp::kMoveF || op == RegOp::kMoveV; }

// Whether the variant's cell has room for its immediates (cell.hpp).
inline bool IsEncodable(const Variant& v, const Shape& s) {
  const bool a = v.a == Src::kImm, b = v.b == Src::kImm, c = v.c == Src::kImm;
  switch (s.format) {
    case Format::kOp:
      return !(a && b) && !c;
    case Format::kBranch:
    case Format::kBranchLp:
      return !a;
    case Format::kAddBranch:
    case Format::kAddBranchLp:
      return v.a != Src::kImm && v.a != Src::kAcc;
    case Format::kSelect:
      return !c && (s.src[0] == Bank::kInt || (!a && !b));
    case Format::kStore:
      return s.src[1] == Bank::kInt || !b;
    case Format::kLoadX:
      return !a;
    case Format::kStoreX:
      return !a && (s.src[2] == Bank::kInt || !c);
    case Format::kReturn:
    case Format::kLoad:
      return true;
    default:
      return !a && !b && !c;
  }
}

// Everything there could be.
inline const HandlerTable& FullTable() {
  static const HandlerTable table = FakeTable([](const Variant& v, const Shape& s) { return IsEncodable(v, s); });
  return table;
}

// The least that the compiler may rely on: all operands in slots, and all moves.
inline const HandlerTable& LeastTable() {
  static const HandlerTable table = FakeTable([](const Variant& v, const Shape& s) {
    if (IsMove(v.op)) return true;
    return (s.dst == Bank::kNone || v.dst == Dst::kSlot) && v.a == Src::kSlot && v.b == Src::kSlot && v.c == Src::kSlot;
  });
  return table;
}

// What the interpreter has in hot code, roughly.
inline const HandlerTable& TypicalTable() {
  static const HandlerTable table = FakeTable([](const Variant& v, const Shape& s) {
    if (IsMove(v.op)) return true;
    if (!IsEncodable(v, s)) return false;
    if (v.a == Src::kImm && s.format == Format::kOp) return false;
    return !(v.a == Src::kAcc && v.b == Src::kAcc);
  });
  return table;
}

inline std::shared_ptr<ModuleData> ParseValid(const std::string& wat) {
  Result<std::shared_ptr<ModuleData>> module = ParseModule(wat, Features::All());
  if (!module.ok()) FAIL(module.error().ToString());
  CanonicalTypes types;
  ValidatedModule validated;
  const Result<void> valid = ValidateModule(**module, Features::All(), types, &validated);
  if (!valid.ok()) FAIL(valid.error().ToString());
  return *module;
}

// An environment as an engine might make it: globals 16 bytes apart from 256 on, entries at made-up addresses.
inline CompileEnv EnvFor(const ModuleData& module, const HandlerTable& handlers) {
  CompileEnv env;
  env.handlers = &handlers;
  env.features = Features::All();
  for (size_t i = 0; i < module.globals.size(); ++i) env.global_offsets.push_back(256 + 16 * static_cast<int32_t>(i));
  for (size_t i = 0; i < module.types.size(); ++i) env.type_ids.push_back(static_cast<uint32_t>(i));
  for (size_t i = 0; i < module.functions.size(); ++i) {
    env.entries.push_back(reinterpret_cast<const uint8_t*>(uintptr_t{0xe000} + i));
  }
  env.guard_bytes = uint64_t{32} << 20;
  return env;
}

inline RegCode MustCompile(const ModuleData& module, uint32_t func, const CompileEnv& env) {
  Result<RegCode> code = CompileFunction(module, FuncIndex(func), env);
  if (!code.ok()) FAIL(code.error().ToString());
  return *std::move(code);
}

}  // namespace cvm
