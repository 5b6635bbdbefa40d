// Syntax trees to a Resolve: names looked up, feature gates applied, includes expanded, and the rules of WIT checked
// (unique names, no recursion of types, interfaces, worlds or packages, no borrowed results).
//
// Ids are handed out so that they depend on what the packages say and not on how they lie in files: packages in the
// order of their dependencies and then of their names; in each the interfaces and worlds as written; a world's imports
// before its exports.
//
// Gates: WIT.md asks that an item in a gated one be gated too; the official packages do not hold to it, so that neither
// do we. What is checked is what has consequences: versions that lie ahead of the package's, gates without a version.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "component/wit/model.hpp"
#include "component/wit/parser.hpp"
#include "component/wit/source.hpp"
#include "cvm/result.hpp"

namespace cvm::wit {

struct ResolveOptions {
  // Items behind `@unstable(feature = f)` are left out unless f is named here, or all are asked for.
  bool all_features = false;
  std::set<std::string> features;
  // How deep types may nest; not more than kMaxTypeDepth.
  uint32_t max_type_depth = kMaxTypeDepth;
};

// Files that lie together: one package, and those nested in them.
using SourceGroup = std::vector<Source>;

struct Resolution {
  Resolve resolve;
  // The package of the first group; none where it only holds nested ones.
  std::optional<PackageId> root;
  // What was understood but should be written otherwise, each with its place.
  std::vector<std::string> warnings;
};

// Resolves the packages of all groups together. Errors: kMalformed, kInvalid or kLimit, with the place.
Result<Resolution> ResolveSources(std::vector<SourceGroup> groups, const ResolveOptions& options = {});

}  // namespace cvm::wit
