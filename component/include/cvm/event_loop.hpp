// EventLoop: what a synchronous call blocks on while its guest waits. The WASI host has one over its reactor; an
// embedder with a loop of its own starts calls asynchronously instead and needs none.
#pragma once

#include "cvm/result.hpp"

namespace cvm {

class EventLoop {
 public:
  virtual ~EventLoop() = default;
  // Blocks until at least one event has been dealt with, calling what waits for it (Waiter::Wake). An error ends the
  // call that is blocked; so does a loop that has nothing left to wait for.
  virtual Result<void> Turn() = 0;
  // Makes the Turn that blocks, or else the next one, return: called by other threads, for a guest that is to be
  // interrupted while it waits. Without it, it stops at the end of that turn.
  virtual void Wake() {}
  // Deals with what has happened, without blocking: asked now and then while guests run that never wait.
  virtual Result<void> Poll() { return {}; }
};

}  // namespace cvm
