// What tests of running components share: the components of test/component/data/run, and an event loop whose waiters
// are woken by the test.
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <string>
#include <vector>

#include "cvm/component.hpp"

namespace cvm::component::test {

inline std::string RunFile(const std::string& name) { return CVM_SOURCE_DIR "/test/component/data/run/" + name; }

inline ::cvm::Component LoadRun(const Engine& engine, const std::string& name) {
  Result<::cvm::Component> loaded = ::cvm::Component::LoadFile(engine, RunFile(name));
  if (!loaded.ok()) FAIL(name << ": " << loaded.error().ToString());
  return *std::move(loaded);
}

inline ComponentValue U32(uint32_t v) { return ComponentValue(v); }
inline ComponentValue Str(std::string_view v) { return ComponentValue::String(v); }
using Values = std::vector<ComponentValue>;

// Calls a function and gives its one result; fails the test on an error.
inline ComponentValue CallOne(const ComponentInstance& instance, const std::string& name, Values args = {}) {
  Result<ComponentFunc> func = instance.GetFunc(name);
  if (!func.ok()) FAIL(func.error().ToString());
  Result<Values> results = func->Call(args);
  if (!results.ok()) FAIL(name << ": " << results.error().ToString());
  return results->empty() ? ComponentValue() : results->front();
}

// The message of the error that a call ends with.
inline std::string CallError(const ComponentInstance& instance, const std::string& name, Values args = {}) {
  Result<ComponentFunc> func = instance.GetFunc(name);
  if (!func.ok()) FAIL(func.error().ToString());
  Result<Values> results = func->Call(args);
  if (results.ok()) FAIL(name << " did not fail");
  return results.error().message();
}

// Waiters wait in a queue; a turn of the loop wakes the first.
class QueueLoop final : public EventLoop {
 public:
  class QueueWaiter final : public Waiter {
   public:
    explicit QueueWaiter(QueueLoop& loop) : loop_(loop) {}
    ~QueueWaiter() override { std::erase(loop_.waiting_, this); }
    void Start(Wake wake) override {
      wake_ = std::move(wake);
      loop_.waiting_.push_back(this);
    }

   private:
    friend class QueueLoop;
    QueueLoop& loop_;
    Wake wake_;
  };

  std::unique_ptr<Waiter> NewWaiter() { return std::make_unique<QueueWaiter>(*this); }
  size_t waiting() const { return waiting_.size(); }
  size_t turns() const { return turns_; }

  Result<void> Turn() override {
    if (waiting_.empty()) return Error(ErrorKind::kUsage, "nothing to wait for");
    ++turns_;
    QueueWaiter* first = waiting_.front();
    waiting_.pop_front();
    first->wake_();
    return {};
  }

 private:
  std::deque<QueueWaiter*> waiting_;
  size_t turns_ = 0;
};

}  // namespace cvm::component::test
