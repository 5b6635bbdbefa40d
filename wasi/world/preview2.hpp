// What AddPreview2 (include/cvm/wasi.hpp) adds to a context: the interfaces of 0.2 over its seams, and its event loop
// as synchronous calls of components use it. Owned by the context, made when it is first asked for; goes before the
// context's own members. One thread, that of the store.
#pragma once

#include <memory>

#include "cvm/event_loop.hpp"
#include "wasi/p1/context.hpp"
#include "wasi/world/interfaces.hpp"

namespace cvm::wasi {

// The reactor as what a blocked call turns.
class ReactorLoop final : public ::cvm::EventLoop {
 public:
  explicit ReactorLoop(Reactor& reactor) : reactor_(reactor) {}
  Result<void> Turn() override;
  void Wake() override { reactor_.Wake(); }
  Result<void> Poll() override;

 private:
  Reactor& reactor_;
};

struct Preview2 {
  // That of the context.
  static Result<Preview2*> Of(WasiContext& context);

  std::unique_ptr<WasiInterfaces> interfaces;
  std::unique_ptr<ReactorLoop> loop;
};

}  // namespace cvm::wasi
