#include "wasi/world/preview2.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "component/host/api_impl.hpp"
#include "component/host/typed_linker.hpp"
#include "cvm/component.hpp"
#include "cvm/wasi.hpp"
#include "vm/base/try.hpp"

namespace cvm::wasi {

Result<void> ReactorLoop::Turn() {
  reactor_.Turn(kForever);
  return {};
}

Result<void> ReactorLoop::Poll() {
  reactor_.Turn(0);
  return {};
}

Result<Preview2*> Preview2::Of(WasiContext& context) {
  WasiContext::Impl& impl = context.impl();
  if (impl.preview2 != nullptr) return impl.preview2.get();
  CVM_ASSIGN_OR_RETURN(Reactor * reactor, impl.reactor());
  std::vector<HostPreopens::Directory> preopens;
  for (const WasiContext::Impl::Preopen& preopen : impl.preopens)
    preopens.emplace_back(preopen.guest_path, preopen.dir);
  auto made = std::make_shared<Preview2>();
  CVM_ASSIGN_OR_RETURN(made->interfaces,
                       WasiInterfaces::Create({.reactor = *reactor,
                                               .entropy = *impl.entropy,
                                               .input = *impl.input,
                                               .output = *impl.output,
                                               .error_output = *impl.error_output,
                                               .arguments = impl.args,
                                               .variables = impl.env,
                                               .preopens = std::move(preopens),
                                               .max_random_bytes = impl.limits.max_random_bytes,
                                               .max_poll_entries = impl.limits.max_poll_entries,
                                               .max_read_bytes = std::max<uint64_t>(impl.limits.max_read_bytes, 1)}));
  made->loop = std::make_unique<ReactorLoop>(*reactor);
  impl.preview2 = std::move(made);
  return impl.preview2.get();
}

Result<void> AddPreview2(ComponentLinker& linker, WasiContext& context) {
  CVM_ASSIGN_OR_RETURN(Preview2 * preview2, Preview2::Of(context));
  component::TypedLinker typed(linker.impl().linker);
  return preview2->interfaces->AddTo(typed);
}

Result<void> UseEventLoop(Store& store, WasiContext& context) {
  CVM_ASSIGN_OR_RETURN(Preview2 * preview2, Preview2::Of(context));
  return SetEventLoop(store, preview2->loop.get());
}

Result<void> FlushOutput(WasiContext& context) {
  if (context.impl().preview2 == nullptr) return {};
  return context.impl().preview2->interfaces->FlushOutput();
}

}  // namespace cvm::wasi
