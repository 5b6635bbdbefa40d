#include "vm/interp/unwind.hpp"

#include "absl/container/inlined_vector.h"
#include "vm/interp/handlers/call.hpp"
#include "vm/interp/objects.hpp"
#include "vm/runtime/heap.hpp"
#include "vm/runtime/instance.hpp"
#include "vm/runtime/store.hpp"

namespace cvm {
namespace {

// What flies: an object where there is one, and what an object would have.
struct Thrown {
  const rt::Tag* tag = nullptr;
  absl::InlinedVector<uint64_t, 8> values;
  rt::Exception* object = nullptr;
};

// A frame on the way: of the function of `ctx` that goes on (or would) at `place`.
struct Frame {
  rt::Context* ctx;
  const uint8_t* place;
  uint8_t* fp;
  const uint8_t* callee;  // the record of the frame above, which has this one's pins; nullptr: the execution has them
};

// The caller of the frame: its record has where to return to.
void Leave(Frame* frame) {
  frame->callee = frame->fp;
  frame->place = LoadAs<const uint8_t*>(frame->callee + offsetof(FrameRecord, return_ip));
  frame->fp = LoadAs<uint8_t*>(frame->fp + offsetof(FrameRecord, caller_fp));
}

void RestorePins(const Frame& frame, rt::Pins* pins) {
  if (frame.callee == nullptr) return;
  pins->pin0 = LoadAs<uint64_t>(frame.callee + offsetof(FrameRecord, pin0));
  pins->pin1 = LoadAs<uint64_t>(frame.callee + offsetof(FrameRecord, pin1));
  std::memcpy(pins->fpin, frame.callee + offsetof(FrameRecord, fpin), sizeof pins->fpin);
}

bool Catches(const CatchEntry& entry, const rt::Context& ctx, const rt::Tag* tag) {
  return entry.tag == CatchEntry::kAnyTag || ctx.instance->tags[entry.tag] == tag;
}

// The clause of the frame's function that catches here; *code is where that begins.
const CatchEntry* FindClause(const Frame& frame, const rt::Tag* tag, const uint8_t** code) {
  rt::Instance& instance = *frame.ctx->instance;
  const rt::CodePlace& place = instance.store.places().Find(*instance.code, frame.place);
  const UnwindTable* table = place.unwind;
  *code = place.code;
  uint32_t deepest = TryRange::kNone;
  for (const TryRange* range = place.range; range != nullptr; range = table->Outer(*range)) {
    if (range->depth > deepest) continue;
    if (range->delegate != TryRange::kNone) deepest = range->delegate;
    for (const CatchEntry* entry = table->FirstOf(*range); entry != nullptr; entry = table->After(*entry)) {
      if (Catches(*entry, *frame.ctx, tag)) return entry;
    }
  }
  return nullptr;
}

// Walks from `frame` to the one that catches. nullptr: none does before the run's first frame, or a host function that
// waits for a guest's result (rt::HostStatus::kCallGuest): what it has begun nobody could end, so that this is a trap,
// as it is by the rules of components, whose calls these are.
const CatchEntry* FindCatcher(Frame* frame, const rt::Tag* tag, const uint8_t** code) {
  for (;;) {
    if (frame->place == BridgeReturnCell()) {
      frame->ctx = LoadAs<rt::Context*>(frame->fp + offsetof(BridgeFrame, context));
    } else if (frame->place == DoneCell() || frame->place == HostResumeCell()) {
      return nullptr;
    } else if (const CatchEntry* entry = FindClause(*frame, tag, code)) {
      return entry;
    }
    Leave(frame);
  }
}

// The execution's state must have been saved: the collector may look at the frames. nullptr: there is no room.
rt::Exception* ObjectOf(rt::Store& store, Thrown* thrown) {
  if (thrown->object == nullptr) {
    thrown->object = store.heap().NewException(thrown->tag, thrown->values, thrown->tag->is_ref);
  }
  return thrown->object;
}

// The values as a label has them.
void Deliver(const Frame& frame, const CatchEntry& entry, const Thrown& thrown) {
  if (entry.tag != CatchEntry::kAnyTag) {
    const uint64_t* value = thrown.values.data();
    uint8_t* slot = frame.fp + entry.values;
    uint8_t* ref = frame.fp + entry.refs;
    for (const ValType type : thrown.tag->type->params) {
      const size_t bytes = SlotsOf(type) * size_t{kSlotBytes};
      std::memcpy(type.is_ref() ? ref : slot, value, bytes);
      if (type.is_ref()) ref += kSlotBytes;
      slot += bytes;
      value += SlotsOf(type);
    }
  }
  if (entry.exception != 0) StoreAs(frame.fp + entry.exception, thrown.object);
}

TrapKind Unwind(Frame frame, Thrown thrown) {
  rt::Context* const from = frame.ctx;
  rt::Execution& e = *from->execution;
  rt::Store& store = from->instance->store;
  const uint8_t* code = nullptr;
  const CatchEntry* entry = FindCatcher(&frame, thrown.tag, &code);
  if (entry == nullptr) {
    store.escaped = ObjectOf(store, &thrown);
    e.uncaught = thrown.tag;
    return TrapKind::kUncaughtException;
  }
  if (entry->exception != 0 && ObjectOf(store, &thrown) == nullptr) return NoRoom(from);
  Deliver(frame, *entry, thrown);
  rt::EnterContext(*frame.ctx, &e, e.stack_limit());
  e.context = frame.ctx;
  e.ip = code + entry->target;
  e.fp = frame.fp;
  RestorePins(frame, &e.pins);
  e.error.reset();
  return TrapKind::kNone;
}

constexpr int kThrowCellBytes = 24;

Thrown Again(rt::Exception* exception) {
  return {exception->tag, {exception->slots(), exception->slots() + exception->slot_count}, exception};
}

}  // namespace

TrapKind Throw(rt::Context* ctx, uint8_t* fp, uint8_t* slots, const uint8_t* cell) {
  Thrown thrown{ctx->instance->tags[static_cast<uint32_t>(ReadImm32(cell))], {}, nullptr};
  thrown.values.resize(thrown.tag->slot_count());
  if (!thrown.values.empty()) std::memcpy(thrown.values.data(), slots, thrown.values.size() * kSlotBytes);
  rt::Execution& e = *ctx->execution;
  e.context = ctx;
  e.ip = cell;
  e.fp = fp;
  return Unwind({ctx, cell + kThrowCellBytes, fp, nullptr}, std::move(thrown));
}

TrapKind ThrowRef(rt::Context* ctx, uint8_t* fp, uint8_t* slots, const uint8_t* cell) {
  auto* exception = LoadAs<rt::Exception*>(slots);
  if (exception == nullptr) return TrapKind::kNullReference;
  return Unwind({ctx, cell + kThrowCellBytes, fp, nullptr}, Again(exception));
}

TrapKind ThrowFromHost(rt::Context* ctx, uint8_t* fp) {
  Frame frame{ctx, nullptr, fp, nullptr};
  Leave(&frame);
  return Unwind(frame, Again(ctx->instance->store.escaped));
}

}  // namespace cvm
