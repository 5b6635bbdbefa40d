// Module: a loaded core module — decoded and validated; its functions are compiled when they are first called. A shared handle;
// thread-safe; may be instantiated in any number of stores of its engine.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/engine.hpp"

namespace cvm {

struct ImportInfo {
  std::string module;
  std::string name;
  std::string type;   // "func (param i32) (result i32)", "memory 1 2", …
};
struct ExportInfo {
  std::string name;
  std::string type;
};

class Module {
 public:
  // From the binary format.
  static Result<Module> Load(const Engine& engine, std::span<const uint8_t> bytes);
  // From the text format.
  static Result<Module> Parse(const Engine& engine, std::string_view text);
  // From a file of either format, told apart by its first bytes.
  static Result<Module> LoadFile(const Engine& engine, const std::string& path);

  std::vector<ImportInfo> imports() const;
  std::vector<ExportInfo> exports() const;

  // Functions [imported_functions(), functions()) are the module's own.
  uint32_t imported_functions() const;
  uint32_t functions() const;
  // The instructions of an own function, each followed by the register code that it was compiled to. For people: the form
  // changes from version to version. An Error of kind kUsage if there is no such function.
  Result<std::string> Listing(uint32_t function) const;

  struct Impl;
  const std::shared_ptr<Impl>& impl() const { return impl_; }   // for cvm's own layers
  explicit Module(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace cvm
