// Activity: threads that run one on behalf of another, from the moment the host lets one run until it has control
// again. definitions.py: the native stack of Store.invoke and Store.tick.
//
// Where definitions.py calls Thread.resume from within a built-in, the caller is put on a list here, and goes on when
// the other has stopped; so nothing of a guest is ever on the native stack. Where it runs other threads of an instance
// because a call of a function that is not `async` has blocked, the list has a loop.
//
// An activity ends when all have stopped. It is put aside when a synchronous function of the host waits: for those that
// called it nothing has happened. Pooled by the scheduler.
#pragma once

#include <functional>
#include <vector>

#include "component/runtime/thread.hpp"

namespace cvm::component {

class Activity {
 public:
  enum class Outcome : uint8_t { kIdle, kHostWait };

  explicit Activity(ComponentStore& store) : store_(store) {}
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;

  // `first` runs first. `entered`: entered from the host, and left at the end; may be null.
  void Begin(Thread& first, ComponentInstanceState* entered);
  // Runs till the end, or until a host function waits: then `woken` becomes true and on_wake is called when it is worth
  // going on, which is done by another Run. After an error its threads are gone.
  Result<Outcome> Run();

  ComponentInstanceState* entered() const { return entered_; }
  bool woken = false;
  std::function<void()> on_wake;

  // A call that had a loop is over.
  Result<void> EndLoop(const Activation& call);
  // Its threads will not go on.
  void Abandon(const Error& error);

 private:
  struct Frame {
    Thread* thread = nullptr;
    Activation* loop = nullptr;  // null: the thread goes on; else others of its instance do until this is over
    ComponentInstanceState* instance = nullptr;
  };
  Result<Outcome> RunThreads();
  Result<bool> Next();
  Result<Thread*> Candidate(const Frame& frame) const;
  void StartWaiter();

  ComponentStore& store_;
  std::vector<Frame> frames_;
  Thread* current_ = nullptr;
  ComponentInstanceState* entered_ = nullptr;
};

}  // namespace cvm::component
