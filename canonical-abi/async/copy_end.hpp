// CopyEnd: an end of a stream or a future in the table of an instance. definitions.py: CopyEnd, ReadableStreamEnd …
// WritableFutureEnd.
//
// One class for the four: what differs are the words of its traps and when it is done. It owns the buffer of its copy
// while that is under way.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "canonical-abi/async/shared_copy.hpp"
#include "canonical-abi/async/waitable.hpp"

namespace cvm::abi {

enum class CopyState : uint8_t { kIdle, kCopying, kCancellingCopy, kDone };

class CopyEnd final : public Waitable, public CopyClient {
 public:
  // `element`: as `inst`, in whose table the end is, sees it.
  CopyEnd(HandleKind kind, std::shared_ptr<SharedCopy> shared, std::optional<ValType> element,
          const ComponentInstance& inst)
      : kind_(kind), shared_(std::move(shared)), element_(std::move(element)), inst_(inst) {}
  ~CopyEnd() override {
    if (shared_->IsPending(*this)) shared_->ResetPending();
  }

  HandleKind kind() const override { return kind_; }
  Result<std::shared_ptr<SharedBase>> TakeShared(const std::optional<ValType>& element,
                                                 const ComponentInstance& inst) override;

  bool is_future() const { return shared_->is_future(); }
  bool is_readable() const {
    return kind_ == HandleKind::kReadableStreamEnd || kind_ == HandleKind::kReadableFutureEnd;
  }
  CopyState state() const { return state_; }
  bool copying() const { return state_ == CopyState::kCopying || state_ == CopyState::kCancellingCopy; }
  const std::optional<ValType>& element() const { return element_; }

  // trap_if(e.shared.t != t)
  Result<void> CheckType(uint32_t i, const std::optional<ValType>& element) const;
  // Begins a copy; afterwards there is a pending event, or the copy goes on. `i` is the handle. Traps unless the end is
  // idle, and in no set where the copy is synchronous.
  Result<void> Copy(ComponentInstance& inst, const LiftLowerOptions& opts, bool async, uint32_t i, uint64_t ptr,
                    uint64_t n);
  // Ends it early; likewise.
  Result<void> CancelCopy(bool async);
  // definitions.py: drop. To be called once the handle is gone.
  Result<void> Drop();

 private:
  void OnCopy() override;
  void OnCopyDone(CopyResult result) override;
  Event TakeEvent() override;
  uint64_t progress() const;
  Error DoneError() const;

  const HandleKind kind_;
  CopyState state_ = CopyState::kIdle;
  CopyResult result_ = CopyResult::kCompleted;
  bool reclaim_ = false;  // the buffer is still with shared_, and is taken back when the event is delivered
  uint32_t index_ = 0;
  std::shared_ptr<SharedCopy> shared_;
  const std::optional<ValType> element_;
  const ComponentInstance& inst_;
  std::variant<std::monostate, ReadableGuestBuffer, WritableGuestBuffer> buffer_;
};

// The same element type, with resources as `inst` means them.
bool SameElement(const std::optional<ValType>& a, const std::optional<ValType>& b, const ComponentInstance& inst);

}  // namespace cvm::abi
