// Components: load, link, instantiate, call.
//
//     cvm::Engine engine;
//     cvm::Store store(engine);
//     cvm::Component component = cvm::Component::LoadFile(engine, "greet.wasm").value();
//     cvm::ComponentLinker linker(engine);
//     linker.Define("demo:host/log@1.0.0", "print", [](cvm::ComponentHostCall& call) {
//       std::puts(call.args[0].ToString().c_str());
//       return std::vector<cvm::ComponentValue>();
//     });
//     cvm::ComponentInstance instance = linker.Instantiate(store, component).value();
//     cvm::ComponentFunc greet = instance.GetFunc("demo:greet/greet#hello").value();
//     std::vector<cvm::ComponentValue> results = greet.Call({cvm::ComponentValue::String("you")}).value();
//
// A Component is immutable and shared between threads and stores of its engine; a ComponentLinker too, once it is
// complete. Instances, functions and calls belong to their store: they are valid while it lives, on its thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cvm/bind.hpp"
#include "cvm/component_value.hpp"
#include "cvm/engine.hpp"
#include "cvm/event_loop.hpp"
#include "cvm/limits.hpp"
#include "cvm/result.hpp"
#include "cvm/store.hpp"

namespace cvm {

// A function, resource type or core module that a component imports or exports.
struct ComponentItem {
  // The names that lead to it: one for what the root has by itself, the instance's first for what lies in an instance.
  std::vector<std::string> path;
  std::string type;              // "func(name: string) -> u32", "resource", "core module"
  std::string ToString() const;  // "demo:greet/greet#hello"
};

class Component {
 public:
  // From the binary format. Decodes and validates all of it; functions are compiled when they are first called.
  static Result<Component> Load(const Engine& engine, std::span<const uint8_t> bytes);
  // From the text format.
  static Result<Component> Parse(const Engine& engine, std::string_view text);
  // From a file of either format, told apart by its first bytes.
  static Result<Component> LoadFile(const Engine& engine, const std::string& path);
  // Whether bytes begin like a component in the binary format (and not like a core module).
  static bool IsComponent(std::span<const uint8_t> bytes);

  // What it needs of a linker: only imports that something uses.
  std::vector<ComponentItem> imports() const;
  std::vector<ComponentItem> exports() const;

  struct Impl;
  const std::shared_ptr<Impl>& impl() const { return impl_; }  // for cvm's own layers
  explicit Component(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<Impl> impl_;
};

class ComponentInstance;

// A component that is linked: what instantiating it again and again need not repeat. Immutable, shared between threads,
// and independent of the linker; but for imports that are met by an instance, which tie it to that one's store.
class PreparedComponent {
 public:
  Result<ComponentInstance> Instantiate(Store& store) const;

  struct Impl;
  explicit PreparedComponent(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}  // for cvm's own layers

 private:
  std::shared_ptr<const Impl> impl_;
};

// What a dynamic host function is called with.
struct ComponentHostCall {
  std::vector<ComponentValue> args;
};
// Answers one value for each result of the function's type (one or none), an Error (the guest traps), or a suspension.
using ComponentHostFunc = std::function<Pending<std::vector<ComponentValue>>(ComponentHostCall& call)>;

// What a resource's destructor is told: a guest dropped its handle, the host dropped it, or the store that held it
// died.
class ComponentDrop {
 public:
  uint64_t rep;
  // The resource is dropped by a guest of `store`, by its end, or by the host, which had the resource from a guest of
  // it. False of all stores for a resource that no guest has ever had, or that has outlived its store.
  bool IsOf(const Store& store) const;

  ComponentDrop(uint64_t r, const void* store) : rep(r), store_(store) {}  // for cvm's own layers

 private:
  const void* store_;
};
// An Error ends the call of the guest that dropped the resource with a trap, or is what ComponentResource::Drop
// answers. Called on the thread of the store.
using ComponentDestructor = std::function<Result<void>(const ComponentDrop& drop)>;

// A resource type that the host defines; `rep` is whatever stands for a resource on the host's side, a key or an
// address. A resource that came from a guest can go to guests of the same store alone; Take and New pass it to others.
class ComponentResourceType {
 public:
  // A type that several linkers, or several interfaces, may share.
  explicit ComponentResourceType(std::string_view name, ComponentDestructor destructor = nullptr);
  // A resource that the host owns, to be given to guests.
  ComponentValue New(uint64_t rep) const;
  // The `rep` of an own or borrow handle; an Error of kind kUsage if the value is none, or of another type.
  Result<uint64_t> Rep(const ComponentValue& value) const;
  // The same of an own handle, which is given up: its destructor will not be called, the resource is the caller's.
  Result<uint64_t> Take(const ComponentValue& value) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }  // for cvm's own layers

 private:
  std::shared_ptr<const Impl> impl_;
};

class ComponentLinker {
 public:
  explicit ComponentLinker(const Engine& engine);
  ~ComponentLinker();
  ComponentLinker(ComponentLinker&&) noexcept;
  ComponentLinker& operator=(ComponentLinker&&) noexcept;

  // A function of the instance `instance` ("" for the root's own): of whatever type the component imports it with. An
  // import of an older, compatible version of an interface is met as well.
  ComponentLinker& Define(std::string_view instance, std::string_view name, ComponentHostFunc function);
  // A resource type of the host's; `destructor` is called when a resource is dropped, by guest or host.
  ComponentResourceType DefineResource(std::string_view instance, std::string_view name,
                                       ComponentDestructor destructor = nullptr);
  ComponentResourceType DefineResource(std::string_view instance, std::string_view name,
                                       std::function<void(uint64_t rep)> destructor);
  // One that there is already, also under another name.
  ComponentLinker& DefineResource(std::string_view instance, std::string_view name, const ComponentResourceType& type);
  // Everything that `provider` exports. It and what is linked to it must be of one store.
  ComponentLinker& DefineInstance(const ComponentInstance& provider);
  // For unmet imports: what would meet one ("add -S http"), or "". Asked with the name of the instance.
  ComponentLinker& OnUnmet(std::function<std::string(std::string_view import_name)> hint);
  // Told of what links but should not stay so: an import of WASI that calls version 0.2 `2.0`.
  ComponentLinker& OnWarning(std::function<void(std::string_view warning)> listener);
  // Unmet functions trap when they are called, instead of being an error of Instantiate.
  ComponentLinker& TrapUnknownImports(bool on = true);

  // Links: finds what meets each import and compares the types. All unmet imports are in one Error of kind kUnlinkable.
  Result<PreparedComponent> Prepare(const Component& component) const;
  // Prepare and PreparedComponent::Instantiate.
  Result<ComponentInstance> Instantiate(Store& store, const Component& component) const;

  struct Impl;
  Impl& impl() const { return *impl_; }  // for cvm's own layers

 private:
  std::unique_ptr<Impl> impl_;
};

class ComponentFunc;

// A handle to an instance of a component; valid while its store lives.
class ComponentInstance {
 public:
  // An exported function: "add" of the root, "wasi:cli/run@0.2.0#run" of an instance. The version may be any compatible
  // one, or be left out. An Error of kind kUsage that lists the exports if there is none.
  Result<ComponentFunc> GetFunc(std::string_view name) const;
  bool Has(std::string_view name) const;
  std::vector<ComponentItem> exports() const;

  ComponentInstance(Store::Impl* store, void* running) : store_(store), running_(running) {}  // for cvm's own layers
  void* running() const { return running_; }
  Store::Impl* store() const { return store_; }

 private:
  Store::Impl* store_;
  void* running_;
};

// A call under way: it is done, failed, or waits for something and is to be resumed. Destroying a call that waits gives
// it up; its instance cannot be called again then.
class ComponentCall {
 public:
  ComponentCall(ComponentCall&&) noexcept;
  ComponentCall& operator=(ComponentCall&&) noexcept;
  ~ComponentCall();

  bool done() const;
  // What it waits for has come: Resume is worth calling.
  bool woken() const;
  // Goes on; true if the call is done then. A trap is an Error, after which the call is over.
  Result<bool> Resume();
  // Runs the store's event loop until the call is done.
  Result<void> Finish();
  // REQUIRES: done().
  std::vector<ComponentValue> TakeResults();

  struct Impl;
  explicit ComponentCall(std::unique_ptr<Impl> impl);  // for cvm's own layers

 private:
  std::unique_ptr<Impl> impl_;
};

class ComponentFunc {
 public:
  struct Param {
    std::string name;
    std::string type;
  };
  std::vector<Param> params() const;
  std::string type() const;  // "func(name: string) -> u32"

  // Calls and waits for the end (in the store's event loop where the guest waits). A trap is an Error of kind kTrap.
  Result<std::vector<ComponentValue>> Call(std::span<const ComponentValue> args) const;
  Result<std::vector<ComponentValue>> Call(std::initializer_list<ComponentValue> args) const {
    return Call(std::span<const ComponentValue>(args.begin(), args.size()));
  }
  // Calls, and comes back when the call is done or waits. `on_wake` is called, on the store's thread, once Resume is
  // worth calling. Any number of calls may be under way in a store, each in an instance of its own.
  Result<ComponentCall> Start(std::span<const ComponentValue> args, std::function<void()> on_wake = nullptr) const;
  // Arguments from text: `"you", {x: 1}`, without the parentheses.
  Result<std::vector<ComponentValue>> ParseArgs(std::string_view text) const;

  struct Impl;
  explicit ComponentFunc(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}  // for cvm's own layers

 private:
  std::shared_ptr<const Impl> impl_;
};

// Limits of the component layer of a store, beside StoreOptions.
struct ComponentLimits {
  uint64_t max_handles = 65'536;                          // max-handles: of each component instance
  uint64_t max_total_handles = 1'000'000;                 // max-total-handles: of all together
  uint64_t max_host_bytes_per_call = uint64_t{16} << 20;  // max-host-bytes-per-call: of what the host makes of values
  uint64_t max_component_instances = 100'000;             // max-component-instances
  uint64_t max_tasks = 65'536;                            // max-tasks: calls with a stack of their own, and threads
  uint64_t max_streams = 65'536;                          // max-streams: streams and futures
  uint64_t max_elements_per_copy = 1'000'000;  // max-elements-per-copy: of a stream; a longer copy is made in parts

  // By key; an Error of kind kUsage if there is none of that name, or the value is above what is possible.
  Result<void> SetLimit(std::string_view key, uint64_t value);
  static std::span<const LimitInfo> LimitList();
};
// For instances that are made from now on. Errors: kLimit, where the store has no room for the component layer.
Result<void> SetComponentLimits(Store& store, const ComponentLimits& limits);

// What synchronous calls of the store block on. Not owned; null for none.
Result<void> SetEventLoop(Store& store, EventLoop* loop);

}  // namespace cvm
