// DynamicFunction: a host function over dynamic values, of whatever type it is imported with.
#pragma once

#include <functional>
#include <vector>

#include "canonical-abi/values/value.hpp"
#include "component/runtime/host_function.hpp"

namespace cvm::component {

// What a host function knows of its call, besides its arguments.
struct HostContext {
  ComponentStore& store;
  FuncTypeRef type;                                // as the caller imports it
  const ComponentInstanceState* caller = nullptr;  // null if the host calls
};

class DynamicFunction final : public HostFunction {
 public:
  // One value for each result of the type (one or none). Own handles among the arguments are the body's to drop;
  // borrows are good until it is done.
  using Body = std::function<Pending<std::vector<abi::Value>>(HostContext&, std::vector<abi::Value> args)>;

  explicit DynamicFunction(Body body) : body_(std::move(body)) {}

  Result<HostStep> Start(HostFrame& frame) const override;
  bool CanLowerAsync() const override { return true; }
  Result<void> CheckType(const abi::FuncType&, const ResolveResource&) const override { return {}; }

 private:
  Body body_;
};

}  // namespace cvm::component
