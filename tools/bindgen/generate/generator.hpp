// The generator: a resolved set of WIT packages to C++ headers for hosts, one a unit.
//
// A unit is an interface, an interface written inline in a world's imports, or a world's own imported functions and
// types. What the headers look like and which types they are made of: cvm/bind.hpp. Output depends on the input alone,
// so that goldens can be compared as text.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "component/wit/model.hpp"
#include "cvm/result.hpp"

namespace cvm::bindgen {

struct Options {
  // C++ namespace for each WIT namespace: `wasi` → `cvm::wasi`. Those not named stand for themselves.
  std::map<std::string, std::string> namespaces;
  // Put before the paths of includes among generated headers: `gen/`.
  std::string include_prefix;
  // Functions that may suspend the guest: "ns:package/interface function", without versions.
  std::set<std::string> suspending;
  // Only what this world imports (`wasi:cli/command@0.2.0`); empty: everything.
  std::string world;
};

// Reads bindgen.txt: one function a line, `#` begins a comment.
Result<std::set<std::string>> ParseSuspending(std::string_view text);

struct Header {
  std::string path;  // `wasi/clocks/monotonic_clock.hpp`
  std::string text;
};

// The headers, by path. Errors: a line of `suspending` that fits no function, an unknown world.
Result<std::vector<Header>> Generate(const wit::Resolve& resolve, const Options& options);

}  // namespace cvm::bindgen
