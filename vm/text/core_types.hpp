// Core types where they stand outside of modules: in components, and in the types of core modules there
// (component-model, Explainer.md: core:type, core:moduletype). One CoreTypeSpace is one index space of them.
//
// The space holds the types that it parsed and knows of others (aliases, types of modules) only that they have an
// index. Owned by the parser of a component, whose cursor it moves; used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "vm/module/module.hpp"
#include "vm/text/cursor.hpp"
#include "vm/types/features.hpp"
#include "vm/types/load_limits.hpp"

namespace cvm::text {

class CoreTypeSpace {
 public:
  // The three must outlive the space.
  CoreTypeSpace(TokenCursor& in, const Features& features, const LoadLimits& limits);
  ~CoreTypeSpace();
  CoreTypeSpace(const CoreTypeSpace&) = delete;
  CoreTypeSpace& operator=(const CoreTypeSpace&) = delete;

  uint32_t count() const;
  std::optional<uint32_t> Find(std::string_view id) const;
  // The identifier or (@name …) annotation of a type that was parsed here; "" if there is none.
  std::string_view NameOf(uint32_t index) const;

  // Gives the next index to something that is parsed elsewhere.
  uint32_t AddOther();
  Result<void> BindId(const Token& id, uint32_t index);
  // Behind "type", the rest of `type $id? subtype)` with its parenthesis.
  Result<std::vector<SubType>> ParseType();
  // Behind "rec", the rest of `rec (type …)*)` with its parenthesis.
  Result<std::vector<SubType>> ParseRecGroup();
  // `(func $id? type-use)`, `(memory …)` and so on. A function type that is written out and not in the space yet is
  // added to it, and to `added`.
  Result<ExternType> ParseExternType(std::vector<SubType>* added);

 private:
  struct Impl;
  Result<std::vector<SubType>> FinishGroup(uint32_t start);

  std::unique_ptr<Impl> impl_;
};

}  // namespace cvm::text
