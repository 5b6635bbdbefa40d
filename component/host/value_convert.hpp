// Between the values of the public API, which name things, and those of the Canonical ABI, which number them.
#pragma once

#include <memory>
#include <vector>

#include "canonical-abi/types/val_type.hpp"
#include "canonical-abi/values/value.hpp"
#include "component/host/api_impl.hpp"

namespace cvm::component {

// Converts values of one call. REQUIRES: the values passed to FromAbi fit the type.
class ValueConverter {
 public:
  explicit ValueConverter(ComponentStore& store) : store_(store) {}

  // An error of kind kUsage that says what does not fit. Owned resources are noted, to be given up by Commit.
  Result<abi::Value> ToAbi(const ComponentValue& value, const abi::ValType& type);
  ComponentValue FromAbi(const abi::Value& value, const abi::ValType& type);

  // The owned resources that ToAbi met are the receiver's from now on.
  void Commit();
  // Those lent to the receiver by ToAbi, and those that FromAbi made of borrows.
  std::vector<std::shared_ptr<ComponentResource::Impl>> TakeLent() { return std::move(lent_); }
  std::vector<std::shared_ptr<ComponentResource::Impl>> TakeBorrowed() { return std::move(borrowed_); }

 private:
  Result<abi::Value> Parts(const std::vector<ComponentValue>& values, const abi::ValType& type);
  Result<abi::Value> RecordToAbi(const ComponentValue& value, const abi::ValType& type);
  Result<abi::Value> ListToAbi(const ComponentValue& value, const abi::ValType& type);
  Result<abi::Value> VariantToAbi(const ComponentValue& value, const abi::ValType& type);
  Result<abi::Value> FlagsToAbi(const ComponentValue& value, const abi::ValType& type);
  Result<abi::Value> ResourceToAbi(const ComponentValue& value, const abi::ValType& type);
  Result<abi::Value> EndToAbi(const ComponentValue& value, const abi::ValType& type);
  std::shared_ptr<ComponentStream::Impl> EndFromAbi(const std::shared_ptr<abi::SharedBase>& shared);
  ComponentValue RecordFromAbi(const abi::Record& record, const abi::ValType& type);
  ComponentValue VariantFromAbi(const abi::Variant& variant, const abi::ValType& type);
  ComponentValue ResourceFromAbi(const abi::Value& value);

  ComponentStore& store_;
  std::vector<std::shared_ptr<ComponentResource::Impl>> given_;
  std::vector<std::shared_ptr<ComponentStream::Impl>> given_ends_;
  std::vector<std::shared_ptr<ComponentResource::Impl>> lent_;
  std::vector<std::shared_ptr<ComponentResource::Impl>> borrowed_;
};

}  // namespace cvm::component
