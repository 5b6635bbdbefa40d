// Instance: one instantiation of a core module: its context block, what it owns, what it uses. Owned by its Store.
#pragma once

#include <memory>
#include <vector>

#include "vm/runtime/code_place.hpp"
#include "vm/runtime/context.hpp"
#include "vm/runtime/function.hpp"
#include "vm/runtime/memory.hpp"
#include "vm/runtime/table.hpp"
#include "vm/runtime/tag.hpp"

namespace cvm::rt {

class Marker;

// What instances of one module share: filled and owned by the engine (engine/compiled_module.hpp derives from it).
struct ModuleCode {
  virtual ~ModuleCode() = default;

  // Makes sure that own function `index` (without imports) is compiled; its entry cell, or the error (limits).
  virtual Result<const uint8_t*> Compile(uint32_t index) = 0;
  // What is known of `ip`, which lies in the code of a function or just past it. Takes a lock: see PlaceCache.
  virtual CodePlace PlaceAt(const uint8_t* ip) const = 0;
  // What the code at `ip` owes that has been executed and not been charged, where code is metered.
  virtual uint32_t OwedAt(const uint8_t* ip) const = 0;
  // Lets the direct call before `return_ip`, if it is one and goes to `stub`, go to `entry`.
  virtual void LinkCall(const uint8_t* return_ip, const uint8_t* stub, const uint8_t* entry) = 0;

  // Puts a cell that asks the store (RegOp::kInterrupted) in place of the first one of every loop, for as long as there
  // are more calls of this than of FreeLoops: of whichever stores.
  virtual void HoldLoops() = 0;
  virtual void FreeLoops() = 0;
  // The handler that the held cell at `ip` has of its own.
  virtual const void* HandlerBehind(const uint8_t* ip) const = 0;

  std::shared_ptr<const ModuleData> module;
  std::vector<uint32_t> type_ids;           // canonical ids of the module's types
  std::vector<const TypeInfo*> type_infos;  // the same types
  std::vector<const uint8_t*> entries;      // entry cells of own functions: CompileStubs, or compiled
  std::unique_ptr<ContextLayout> layout;
};

struct Instance {
  explicit Instance(Store& store, std::shared_ptr<ModuleCode> code);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // What an instance of the module takes when it is made; memories and tables aside.
  static uint64_t BytesFor(const ModuleCode& code);

  const ModuleData& module() const { return *code->module; }
  Context* context() const { return context_; }
  // The function object of `index` (whole index space); made on first demand for own functions.
  Function* FunctionAt(uint32_t index);
  // Whether `function` is one of this instance's own, made so far.
  bool Owns(const Function* function) const;
  // Own global `index` (imports not counted), whose value lies in the context's block.
  Global* DefineGlobal(uint32_t index, const GlobalType& type);
  void MarkRoots(Marker& marker);
  // Marks memory 0, once `memories` is filled.
  void AttachMemory();

  Store& store;
  std::shared_ptr<ModuleCode> code;
  std::vector<Function*> functions;                 // whole index spaces, as the context points to them
  std::vector<Table*> tables;
  std::vector<Memory*> memories;
  std::vector<Global*> globals;
  std::vector<Tag*> tags;
  std::vector<bool> dropped_elements;
  std::vector<bool> dropped_data;
  // References of each element segment, evaluated at instantiation; emptied when dropped.
  std::vector<std::vector<Ref>> elements;

 private:
  std::unique_ptr<uint64_t[]> block_;               // Context and own globals
  Context* context_;
  std::vector<std::unique_ptr<Function>> own_functions_;
  std::vector<Global> own_globals_;                 // descriptors of the globals in the block
};

}  // namespace cvm::rt
