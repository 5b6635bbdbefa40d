// throw and throw_ref. Whatever they find out of line is taken over as a return takes over a record.
#include "vm/interp/handlers/families.hpp"
#include "vm/interp/handlers/unwinding.hpp"

namespace cvm {
namespace {

template <TrapKind (*kThrow)(rt::Context*, uint8_t*, uint8_t*, const uint8_t*)>
struct ThrowBody {
  static CVM_INLINE Flow Run(Regs& r) {
    rt::Pins& pins = r.ctx->execution->pins;
    pins.pin0 = r.pin0;
    pins.pin1 = r.pin1;
    std::memcpy(pins.fpin, &r.fpin, sizeof pins.fpin);
    return GoOn(r, kThrow(r.ctx, r.fp, StackBase(r), r.ip));
  }
};

}  // namespace

void AddExceptionHandlers(HandlerTable& table) {
  AddHandler<ThrowBody<&Throw>>(table, {ToRegOp(Opcode::kThrow)});
  AddHandler<ThrowBody<&ThrowRef>>(table, {ToRegOp(Opcode::kThrowRef)});
}

}  // namespace cvm
