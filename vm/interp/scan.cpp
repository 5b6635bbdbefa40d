// The references in the frames of an execution, for the collector.
#include "vm/interp/handlers/call.hpp"
#include "vm/runtime/heap.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {
namespace {

class FrameWalk {
 public:
  FrameWalk(const rt::Execution& e, rt::Marker& marker) : marker_(marker), ctx_(e.context), ip_(e.ip), fp_(e.fp) {
    if (e.status == rt::RunStatus::kRunnable && !IsHostCell(ip_))
      MarkParameters(reinterpret_cast<const rt::Function*>(e.acc));
  }

  void Run() {
    while (fp_ != nullptr) {
      if (ip_ == BridgeReturnCell()) {
        ctx_ = LoadAs<rt::Context*>(fp_ + offsetof(BridgeFrame, context));
      } else if (!IsHostCell(ip_)) {
        const rt::FrameRefs refs = ctx_->instance->store.places().Find(*ctx_->instance->code, ip_).refs;
        marker_.MarkAll(reinterpret_cast<const rt::Ref*>(fp_ + refs.offset), refs.slots);
      }
      Leave();
    }
  }

 private:
  static bool IsHostCell(const uint8_t* ip) {
    return ip == HostCallCell() || ip == HostReturnCell() || ip == HostResumeCell();
  }

  // To the caller's frame. Below the first frame of a run is the host function that asked for it, if any (PrepareCall).
  void Leave() {
    const uint8_t* record = fp_;
    ip_ = LoadAs<const uint8_t*>(record);
    fp_ = LoadAs<const uint8_t*>(record + offsetof(FrameRecord, caller_fp));
    if (ip_ != DoneCell()) return;
    ip_ = HostCallCell();
    fp_ = LoadAs<const uint8_t*>(record + offsetof(FrameRecord, pin0));
    ctx_ = LoadAs<rt::Context*>(record + offsetof(FrameRecord, pin1));
  }

  // A call that has been set up but not begun: its references are in its window, and its frame has no slots yet.
  void MarkParameters(const rt::Function* f) {
    const uint8_t* at = fp_ - f->window_bytes;
    for (const ValType type : f->type->params) {
      if (type.is_ref()) marker_.Mark(LoadAs<rt::Ref>(at));
      at += SlotsOf(type) * kSlotBytes;
    }
    Leave();
  }

  rt::Marker& marker_;
  const rt::Context* ctx_;
  const uint8_t* ip_;
  const uint8_t* fp_;
};

}  // namespace

void ScanFrames(const rt::Execution& e, rt::Marker& marker) { FrameWalk(e, marker).Run(); }

}  // namespace cvm
