#include "tools/run/component_run.hpp"

#include <cstdio>

#include "tools/run/module_input.hpp"

namespace cvm::run {
namespace {

// What there is to say about an import that nothing defines.
std::string UnmetHint(std::string_view import_name) {
  return import_name.starts_with("wasi:") ? "an interface or version of WASI that cvm does not have" : "";
}

Result<void> CallAndPrint(const ComponentInstance& instance, const std::string& invoke) {
  const Result<InvokeTarget> target = ParseInvoke(invoke);
  if (!target.ok()) return target.error();
  std::vector<std::string> names;
  for (const ComponentItem& item : instance.exports()) {
    if (item.type.starts_with("func") || item.type.starts_with("async func")) names.push_back(item.ToString());
  }
  const Result<std::string> name = ResolveExport(names, target->function);
  if (!name.ok()) return name.error();
  const Result<ComponentFunc> func = instance.GetFunc(*name);
  if (!func.ok()) return func.error();
  const Result<std::vector<ComponentValue>> args = func->ParseArgs(target->arguments);
  if (!args.ok()) return args.error();
  Result<std::vector<ComponentValue>> results = func->Call(*args);
  if (!results.ok()) return std::move(results).error();
  for (const ComponentValue& result : *results) std::printf("%s\n", result.ToString().c_str());
  return {};
}

// A command's exit code is what wasi:cli/exit said (an Error of kind kExit), or what `run` answers.
Result<int> CallRun(const ComponentInstance& instance) {
  const Result<ComponentFunc> run = instance.GetFunc("wasi:cli/run#run");
  if (!run.ok()) return run.error();
  Result<std::vector<ComponentValue>> results = run->Call({});
  if (!results.ok()) return std::move(results).error();
  const auto* outcome = results->empty() ? nullptr : results->front().As<ComponentValue::Expected>();
  return outcome != nullptr && !outcome->ok ? 1 : 0;
}

Result<int> RunExport(const ComponentInstance& instance, const std::optional<std::string>& invoke) {
  if (invoke.has_value()) {
    Result<void> done = CallAndPrint(instance, *invoke);
    if (!done.ok()) return std::move(done.error().In("failed to invoke `" + *invoke + "`"));
    return 0;
  }
  Result<int> code = CallRun(instance);
  if (!code.ok()) return std::move(code.error().In("failed to invoke `run` of wasi:cli/run"));
  return code;
}

// A linker with all of WASI on the context.
Result<ComponentLinker> LinkerFor(const Engine& engine, const std::shared_ptr<wasi::WasiContext>& context) {
  ComponentLinker linker(engine);
  if (Result<void> added = wasi::AddPreview2(linker, *context); !added.ok()) return std::move(added).error();
  linker.OnUnmet(UnmetHint);
  linker.OnWarning([](std::string_view warning) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(warning.size()), warning.data());
  });
  return linker;
}

// Instantiates what is linked, each with a context of its own, in the store of the main component.
Result<std::vector<ComponentInstance>> InstantiateLinks(const ComponentRun& run, Store& store,
                                                        const std::shared_ptr<wasi::EventLoop>& loop) {
  std::vector<ComponentInstance> instances;
  for (const ComponentLink& link : run.links) {
    const auto instantiate = [&]() -> Result<ComponentInstance> {
      const Result<Component> component = LoadComponent(run.engine, link.content);
      if (!component.ok()) return component.error();
      wasi::WasiConfig config;
      config.args = {link.name};
      config.loop = loop;
      run.limits.metering.ApplyTo(&config);
      const Result<std::shared_ptr<wasi::WasiContext>> context = wasi::WasiContext::Create(config);
      if (!context.ok()) return context.error();
      Result<ComponentLinker> linker = LinkerFor(run.engine, *context);
      if (!linker.ok()) return std::move(linker).error();
      for (const ComponentInstance& earlier : instances) linker->DefineInstance(earlier);
      return linker->Instantiate(store, *component);
    };
    Result<ComponentInstance> instance = instantiate();
    if (!instance.ok()) return std::move(instance.error().In("failed to link `" + link.name + "`"));
    instances.push_back(*std::move(instance));
  }
  return instances;
}

}  // namespace

Result<int> RunComponent(const ComponentRun& run, const std::string& content) {
  const Result<Component> component = LoadComponent(run.engine, content);
  if (!component.ok()) return component.error();
  // One loop for all that may wait.
  wasi::WasiConfig config = run.wasi_config;
  if (!run.links.empty() && config.loop == nullptr) {
    Result<std::shared_ptr<wasi::EventLoop>> loop = wasi::EventLoop::Create();
    if (!loop.ok()) return std::move(loop).error();
    config.loop = *std::move(loop);
  }
  const Result<std::shared_ptr<wasi::WasiContext>> context = wasi::WasiContext::Create(config);
  if (!context.ok()) return context.error();
  Store store(run.engine, run.limits.store);
  if (Result<void> set = SetComponentLimits(store, run.limits.components); !set.ok()) return std::move(set).error();
  run.limits.metering.ApplyTo(store);
  if (Result<void> waits = wasi::UseEventLoop(store, **context); !waits.ok()) return std::move(waits).error();
  Result<ComponentLinker> linker = LinkerFor(run.engine, *context);
  if (!linker.ok()) return std::move(linker).error();
  Result<std::vector<ComponentInstance>> links = InstantiateLinks(run, store, config.loop);
  if (!links.ok()) return std::move(links).error();
  for (const ComponentInstance& link : *links) linker->DefineInstance(link);
  Result<ComponentInstance> instance = linker->Instantiate(store, *component);
  if (!instance.ok()) return std::move(instance.error().In("failed to instantiate"));
  Result<int> code = RunExport(*instance, run.invoke);
  // What the guest has left in its streams is written whatever its end; its own error comes first.
  Result<void> flushed = wasi::FlushOutput(**context);
  if (code.ok() && !flushed.ok()) return std::move(flushed.error().In("failed to write the guest's output"));
  return code;
}

}  // namespace cvm::run
