#include "component/runtime/stack.hpp"

#include "component/runtime/async_task.hpp"

namespace cvm::component {

GuestCall& Stack::PushCall() {
  if (depth_ == calls_.size()) calls_.push_back(std::make_unique<GuestCall>());
  GuestCall& call = *calls_[depth_++];
  // In place: an assignment would make another and move all of its parts.
  std::destroy_at(&call);
  return *std::construct_at(&call);
}

void Stack::Reset() {
  while (depth_ > 0) *calls_[--depth_] = GuestCall();
  suspended.reset();
  status = rt::RunStatus::kIdle;
  error.reset();
  context = nullptr;
  top = stack_begin();
  base = nullptr;
  nesting = 0;
  thread = nullptr;
}

}  // namespace cvm::component
