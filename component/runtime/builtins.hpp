// The built-ins as core functions: for each kind its core type and its body. CanonicalABI.md, "Canonical Definitions".
#pragma once

#include <optional>

#include "component/runtime/component_store.hpp"
#include "component/runtime/objects.hpp"
#include "vm/runtime/table.hpp"

namespace cvm::component {

// A built-in of an instance, with what its definition names.
struct BuiltinSite {
  ComponentStore* store = nullptr;
  ComponentInstanceState* instance = nullptr;
  const abi::ResourceType* resource = nullptr;  // resource.new, resource.drop, resource.rep
  const CanonDef* canon = nullptr;
  const FuncCode* code = nullptr;
  FuncOptions options;
  // stream.*, future.*: of the elements. task.return: of the result.
  std::optional<abi::ValType> type;
  rt::Table* table = nullptr;  // thread.new-indirect
};

using BuiltinBody = rt::HostStatus (*)(rt::HostCall& call, const BuiltinSite& site);

// Null for the built-ins that this build does not have.
BuiltinBody BodyOf(CanonKind kind);
// The core type; for task.return also `flat`. Errors: kUnsupported.
Result<FuncCode> CodeOf(const Builtin& builtin);

// A body that answers a Result is called through this.
template <Result<rt::HostStatus> (*kBody)(rt::HostCall&, const BuiltinSite&, Thread&)>
rt::HostStatus Wrapped(rt::HostCall& call, const BuiltinSite& site) {
  Result<rt::HostStatus> status = kBody(call, site, Thread::Of(call.execution));
  return status.ok() ? *status : call.Fail(std::move(status).error());
}

// Their parts.
struct BuiltinRow {
  CanonKind kind;
  std::string_view name;
  // Of the core function: parameters, a colon, results. i: i32, l: i64, a: address, r: representation, c: value of
  // context.get, e: index of the table, s: argument of a thread.
  std::string_view type;
  BuiltinBody body;
};
std::span<const BuiltinRow> ResourceBuiltins();
std::span<const BuiltinRow> TaskBuiltins();
std::span<const BuiltinRow> CopyBuiltins();
std::span<const BuiltinRow> ThreadBuiltins();

}  // namespace cvm::component
