// WIT documents: packages of interface definitions, from text or from a binary, to text or to a binary.
//
//     cvm::Engine engine;
//     cvm::Wit wit = cvm::Wit::Load(engine, "wit/").value();    // a folder with `deps`, a .wit file, a component …
//     std::puts(wit.ToText().c_str());
//
// A Wit is immutable and may be read from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/engine.hpp"
#include "cvm/result.hpp"

namespace cvm {

struct WitOptions {
  // Items behind `@unstable(feature = f)` are left out unless f is among these, or all are asked for. Of text alone.
  bool all_features = false;
  std::vector<std::string> features;
};

class Wit {
 public:
  // A folder (its `.wit` files, and packages in its `deps`), or a file: WIT text, a component in either format, or a
  // WIT package in the binary format. The content decides.
  static Result<Wit> Load(const Engine& engine, const std::string& path, const WitOptions& options = {});
  // The content of such a file; `name` is for messages.
  static Result<Wit> Read(const Engine& engine, std::string_view content, const std::string& name,
                          const WitOptions& options = {});

  // All packages in one text, the root first. Reading it gives the same document.
  std::string ToText() const;
  // The root package in the binary format, with what it mentions of others.
  Result<std::vector<uint8_t>> ToBinary() const;
  // What was understood but should be written otherwise, each with its place.
  const std::vector<std::string>& warnings() const;

  struct Impl;
  explicit Wit(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}  // for cvm's own layers

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace cvm
