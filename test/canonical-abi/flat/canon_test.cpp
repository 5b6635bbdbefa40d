// Whole synchronous calls without a VM: the facts of the specification's run_tests.py (test_roundtrips, test_handles,
// test_cross_component_realloc), post-return, re-entrance, and the built-ins of resources and error contexts.
#include "canonical-abi/flat/canon.hpp"

#include <catch2/catch.hpp>

#include "canonical-abi/flat/canon_builtins.hpp"
#include "canonical-abi/memory/load.hpp"
#include "test/canonical-abi/support/fake_guest.hpp"

namespace cvm::abi {
namespace {

using Core = std::vector<CoreValue>;

ValType Ok(Result<ValType> type) {
  REQUIRE(type.ok());
  return *std::move(type);
}

template <class T>
void CheckTrap(const Result<T>& result, const std::string& words) {
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind() == ErrorKind::kTrap);
  CHECK(result.error().message() == words);
}

FuncType Func(std::vector<ValType> params, std::optional<ValType> result) {
  FuncType ft;
  for (ValType& p : params) ft.params.emplace_back(std::to_string(ft.params.size()), std::move(p));
  ft.result = std::move(result);
  return ft;
}

CanonicalOptions OptionsOf(const FakeGuest& guest) {
  CanonicalOptions opts;
  static_cast<LiftLowerOptions&>(opts) = guest.opts;
  return opts;
}

// A core function that returns its arguments, by way of memory where there is more than one.
CoreFuncInst Echo(FakeGuest& guest) {
  return [&guest](std::span<const CoreValue> args) -> Result<Core> {
    if (args.size() == 1) return Core{args[0]};
    LiftLowerContext cx = guest.Cx();
    CVM_ASSIGN_OR_RETURN(const uint64_t ptr, cx.Allocate(8, 8 * args.size()));
    const uint32_t size = cx.ptr_size();
    std::span<uint8_t> memory = guest.memory.bytes();
    for (size_t i = 0; i < args.size(); ++i) std::memcpy(&memory[ptr + i * size], &args[i].bits, size);
    return Core{CoreValue::Ptr(cx.ptr_type(), ptr)};
  };
}

TEST_CASE("values come back from a guest as they went") {
  const ValType s = StringType();
  std::vector<ValType> long_tuple(16, U32Type());
  long_tuple.push_back(s);
  std::vector<Value> long_value;
  for (uint32_t i = 0; i < 16; ++i) long_value.push_back(Value::U32(i));
  long_value.push_back(Value::Str("wat"));
  const std::pair<ValType, Value> cases[] = {
      {S8Type(), Value::S8(-1)},
      {Ok(ListType(s)), Value::ListOf({Value::Str("hello there")})},
      {Ok(ListType(Ok(ListType(s)))),
       Value::ListOf({Value::ListOf({Value::Str("one"), Value::Str("two")}), Value::ListOf({Value::Str("three")})})},
      {Ok(ListType(Ok(OptionType(Ok(TupleType({s, U16Type()})))))),
       Value::ListOf({Value::Some(Value::RecordOf({Value::Str("answer"), Value::U16(42)}))})},
      {Ok(VariantType({{"x", Ok(TupleType(long_tuple))}})), Value::Case(0, Value::RecordOf(long_value))},
      {Ok(MapType(s, U8Type())), Value::ListOf({Value::RecordOf({Value::Str("k"), Value::U8(1)})})},
  };
  for (const PtrType p : {PtrType::kI32, PtrType::kI64}) {
    for (const auto& [t, v] : cases) {
      INFO(t.ToString());
      FakeGuest guest(1000, p);
      const FuncType ft = Func({t}, t);
      const CanonicalOptions opts = OptionsOf(guest);
      const auto got = Invoke(Lift(Echo(guest), ft, opts, guest.inst), {v});
      REQUIRE(got.ok());
      CHECK(*got == std::vector<Value>{v});
    }
  }
}

TEST_CASE("ABI-06 the results of one call are charged to one budget") {
  FakeGuest guest(1 << 12);
  CanonicalOptions opts = OptionsOf(guest);
  opts.host_bytes_per_call = 100;
  const FuncType ft = Func({}, Ok(ListType(BoolType())));
  const CoreFuncInst core = [&](std::span<const CoreValue>) -> Result<Core> {
    guest.memory.bytes()[5] = 4;  // (0, 1024)
    return Core{CoreValue::I32(0)};
  };
  const auto got = Invoke(Lift(core, ft, opts, guest.inst), {});
  REQUIRE_FALSE(got.ok());
  CHECK(got.error().kind() == ErrorKind::kLimit);
}

TEST_CASE("a list crosses from component to component by the caller's realloc") {
  ComponentInstance root;
  FakeGuest producer(64), consumer(64);
  const FuncType ft = Func({}, Ok(ListType(U8Type())));
  const CoreFuncInst core_producer = [&](std::span<const CoreValue>) -> Result<Core> {
    const uint8_t bytes[] = {16, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 11, 12};
    std::memcpy(producer.memory.bytes().data(), bytes, sizeof bytes);
    return Core{CoreValue::I32(0)};
  };
  const CanonicalOptions producer_opts = OptionsOf(producer);
  const FuncInst produce = Lift(core_producer, ft, producer_opts, producer.inst);
  const CanonicalOptions consumer_opts = OptionsOf(consumer);
  const FuncType run_type = Func({}, std::nullopt);
  const CoreFuncInst core_consumer = [&](std::span<const CoreValue>) -> Result<Core> {
    consumer.last_alloc = 8;
    const Core args = {CoreValue::I32(0)};
    CVM_ASSIGN_OR_RETURN(const Core none, CanonLower(produce, ft, consumer_opts, consumer.inst, args));
    CHECK(none.empty());
    return Core{};
  };
  REQUIRE(Invoke(Lift(core_consumer, run_type, consumer_opts, consumer.inst), {}).ok());
  CHECK(consumer.calls == std::vector<ReallocCall>{{0, 0, 1, 3}});
  const auto memory = consumer.memory.Copy();
  CHECK(std::vector<uint8_t>(memory.begin(), memory.begin() + 11) ==
        std::vector<uint8_t>{8, 0, 0, 0, 3, 0, 0, 0, 10, 11, 12});
}

TEST_CASE("ABI-09 post-return runs last, with the flat results, and cannot leave") {
  FakeGuest guest(64);
  ResourceType rt(&guest.inst);
  CanonicalOptions opts = OptionsOf(guest);
  const FuncType ft = Func({}, U32Type());
  std::vector<std::string> order;
  opts.post_return = [&](std::span<const CoreValue> flat) -> Result<void> {
    order.push_back("post-return");
    CHECK(flat.size() == 1);
    CHECK(flat[0] == CoreValue::I32(7));
    CheckTrap(CanonResourceNew(guest.inst, rt, 1), "cannot leave component instance");
    CheckTrap(CanonResourceDrop(guest.inst, rt, 1), "cannot leave component instance");
    const FuncInst other = [](const OnStart&, const OnResolve&, ComponentInstance*) -> Result<void> { return {}; };
    CheckTrap(CanonLower(other, ft, opts, guest.inst, {}), "cannot leave component instance");
    return {};
  };
  const FuncInst f =
      Lift([](std::span<const CoreValue>) -> Result<Core> { return Core{CoreValue::I32(7)}; }, ft, opts, guest.inst);
  const OnStart on_start = [] { return Result<std::vector<Value>>(std::vector<Value>()); };
  const OnResolve on_resolve = [&](std::vector<Value> results) -> Result<void> {
    order.push_back("resolve " + results[0].DebugString());
    return {};
  };
  REQUIRE(f(on_start, on_resolve, nullptr).ok());
  CHECK(order == std::vector<std::string>{"resolve 7", "post-return"});
  CHECK(guest.inst.may_leave());
}

TEST_CASE("HND-04 a guest is not re-entered, and after a trap never entered") {
  FakeGuest guest(64);
  const CanonicalOptions opts = OptionsOf(guest);
  const FuncType ft = Func({}, std::nullopt);
  FuncInst again;
  const CoreFuncInst recurse = [&](std::span<const CoreValue>) -> Result<Core> {
    CheckTrap(CanonLower(again, ft, opts, guest.inst, {}), "cannot enter component instance");
    return Core{};
  };
  ComponentInstance outsider;
  again = [&](const OnStart& start, const OnResolve& resolve, ComponentInstance*) -> Result<void> {
    return Lift(recurse, ft, opts, guest.inst)(start, resolve, &outsider);
  };
  REQUIRE(Invoke(Lift(recurse, ft, opts, guest.inst), {}).ok());
  const FuncInst trap =
      Lift([](std::span<const CoreValue>) -> Result<Core> { return TrapError("unreachable"); }, ft, opts, guest.inst);
  CheckTrap(Invoke(trap, {}), "unreachable");
  CheckTrap(Invoke(trap, {}), "cannot enter component instance");
}

// The fixture of the specification's test_handles: a guest that knows a foreign resource and one of its own.
struct Handles : FakeGuest {
  Handles() : FakeGuest(256) { inst.resources() = {&rt, &rt2}; }
  ComponentInstance implementer;
  ResourceType rt{&implementer}, rt2{&inst};
  ValType own = OwnType(ResourceIndex(0)), borrow = BorrowType(ResourceIndex(0)),
          borrow2 = BorrowType(ResourceIndex(1));
};

TEST_CASE("HND-01 HND-02 handles through a whole call") {
  Handles guest;
  CanonicalOptions opts = OptionsOf(guest);
  const FuncType host_ft = Func({guest.borrow, guest.borrow}, guest.own);
  const FuncInst host = [&](const OnStart& on_start, const OnResolve& on_resolve,
                            ComponentInstance* caller) -> Result<void> {
    CHECK(caller == &guest.inst);
    CVM_ASSIGN_OR_RETURN(const std::vector<Value> args, on_start());
    CHECK(args == std::vector<Value>{Value::Borrow(&guest.rt, 42), Value::Borrow(&guest.rt, 44)});
    // What is lent can be neither dropped nor passed on while the call lasts.
    CheckTrap(CanonResourceDrop(guest.inst, guest.rt, 1), "cannot remove owned resource while borrowed");
    return on_resolve({Value::Own(&guest.rt, 45)});
  };
  const CoreFuncInst core = [&](std::span<const CoreValue> args) -> Result<Core> {
    CHECK(Core(args.begin(), args.end()) ==
          Core{CoreValue::I32(1), CoreValue::I32(2), CoreValue::I32(3), CoreValue::I32(13)});
    CHECK(guest.inst.handles().length() == 4);
    CHECK(*CanonResourceRep(guest.inst, guest.rt, 1) == 42);
    CHECK(*CanonResourceRep(guest.inst, guest.rt, 3) == 44);
    CheckTrap(CanonResourceRep(guest.inst, guest.rt2, 3),
              "handle index 3 used with the wrong type, expected guest-defined resource but found a different "
              "guest-defined resource");
    const Core lend = {CoreValue::I32(1), CoreValue::I32(3)};
    CVM_ASSIGN_OR_RETURN(const Core got, CanonLower(host, host_ft, opts, guest.inst, lend));
    CHECK(got == Core{CoreValue::I32(4)});
    // The loan is over: dropping says which destructor is due.
    CVM_ASSIGN_OR_RETURN(const auto dtor, CanonResourceDrop(guest.inst, guest.rt, 1));
    REQUIRE(dtor.has_value());
    CHECK(dtor->rt == &guest.rt);
    CHECK(dtor->rep == 42);
    CHECK(guest.inst.handles().free_count() == 1);
    CHECK(*CanonResourceNew(guest.inst, guest.rt, 46) == 1);
    // Dropping the borrow runs no destructor; its task may return then.
    CVM_ASSIGN_OR_RETURN(const auto nothing, CanonResourceDrop(guest.inst, guest.rt, 3));
    CHECK_FALSE(nothing.has_value());
    std::span<uint8_t> memory = guest.memory.bytes();
    for (const auto& [at, i] : {std::pair<size_t, uint8_t>{200, 1}, {204, 2}, {208, 4}}) memory[at] = i;
    return Core{CoreValue::I32(200)};
  };
  const FuncType ft =
      Func({guest.own, guest.own, guest.borrow, guest.borrow2}, Ok(TupleType({guest.own, guest.own, guest.own})));
  const auto got =
      Invoke(Lift(core, ft, opts, guest.inst), {Value::Own(&guest.rt, 42), Value::Own(&guest.rt, 43),
                                                Value::Borrow(&guest.rt, 44), Value::Borrow(&guest.rt2, 13)});
  REQUIRE(got.ok());
  CHECK(got->at(0) ==
        Value::RecordOf({Value::Own(&guest.rt, 46), Value::Own(&guest.rt, 43), Value::Own(&guest.rt, 45)}));
  CHECK(guest.inst.handles().length() == 5);
  CHECK(guest.inst.handles().free_count() == 4);
}

TEST_CASE("HND-02 a call that keeps a borrow traps at its return") {
  Handles guest;
  const CanonicalOptions opts = OptionsOf(guest);
  const FuncType ft = Func({guest.borrow}, std::nullopt);
  const FuncInst keep = Lift([](std::span<const CoreValue>) -> Result<Core> { return Core{}; }, ft, opts, guest.inst);
  CheckTrap(Invoke(keep, {Value::Borrow(&guest.rt, 1)}), "borrow handles still remain at the end of the call");
}

TEST_CASE("HND-02 own and borrow of one handle in one call trap") {
  Handles guest;
  const CanonicalOptions opts = OptionsOf(guest);
  REQUIRE(CanonResourceNew(guest.inst, guest.rt, 7).ok());
  const FuncType ft = Func({guest.borrow, guest.own}, std::nullopt);
  const FuncInst host = [](const OnStart& on_start, const OnResolve& on_resolve, ComponentInstance*) -> Result<void> {
    CVM_RETURN_IF_ERROR(on_start());
    return on_resolve({});
  };
  const Core args = {CoreValue::I32(1), CoreValue::I32(1)};
  CheckTrap(CanonLower(host, ft, opts, guest.inst, args), "cannot remove owned resource while borrowed");
}

TEST_CASE("HND-02 a borrow cannot be dropped twice, nor while it is lent on") {
  Handles guest;
  TaskScope task;
  SubtaskScope subtask;
  LiftLowerContext cx = guest.Cx({&task, &subtask});
  const auto i = guest.inst.handles().Add(ResourceHandle{.rt = &guest.rt, .rep = 1, .borrow_scope = &task});
  REQUIRE(i.ok());
  task.AddBorrow();
  REQUIRE(LiftBorrow(cx, *i, guest.borrow).ok());
  CheckTrap(CanonResourceDrop(guest.inst, guest.rt, *i), "cannot remove owned resource while borrowed");
  subtask.DeliverResolve();
  CHECK(CanonResourceDrop(guest.inst, guest.rt, *i).ok());
  CHECK(task.num_borrows() == 0);
  CheckTrap(CanonResourceDrop(guest.inst, guest.rt, *i), "unknown handle index 1");
}

TEST_CASE("HND-05 resource.new stops at the limit of the table") {
  ComponentInstance inst(nullptr, HandleLimits{.max_handles = 2});
  ResourceType rt(&inst);
  CHECK(CanonResourceNew(inst, rt, 1).ok());
  CHECK(CanonResourceNew(inst, rt, 2).ok());
  CHECK(CanonResourceNew(inst, rt, 3).error().kind() == ErrorKind::kLimit);
}

TEST_CASE("error contexts are made from, and give back, strings") {
  FakeGuest guest(8192);
  LiftLowerContext cx = guest.Cx();
  std::memcpy(guest.memory.bytes().data(), "oh no", 5);
  REQUIRE(CanonErrorContextNew(cx, 0, 5).ok());
  guest.last_alloc = 100;
  REQUIRE(CanonErrorContextDebugMessage(cx, 1, 32).ok());
  CHECK(*LoadString(cx, 32) == Value::Str("oh no"));
  CheckTrap(CanonErrorContextDebugMessage(cx, 1, 33), "pointer not aligned");
  CheckTrap(CanonErrorContextDebugMessage(cx, 1, 8188), "pointer out of bounds of memory");
  CheckTrap(CanonErrorContextNew(cx, 8190, 5), "string pointer/length out of bounds of memory");
  CHECK(CanonErrorContextDrop(guest.inst, 1).ok());
  CheckTrap(CanonErrorContextDrop(guest.inst, 1), "unknown handle index 1");
  CheckTrap(CanonErrorContextDebugMessage(cx, 1, 32), "unknown handle index 1");
}

TEST_CASE("a debug message is cut between characters") {
  std::vector<uint8_t> text(1, 'a');
  for (int i = 0; i < 3000; ++i) text.insert(text.end(), {0xc3, 0xa9});
  const size_t length = text.size();
  FakeGuest guest(std::move(text));
  LiftLowerContext cx = guest.Cx();
  REQUIRE(CanonErrorContextNew(cx, 0, length).ok());
  const auto context = guest.inst.handles().GetErrorContext(1);
  REQUIRE(context.ok());
  CHECK((*context)->debug_message.text.size() == kMaxDebugMessage - 1);
}

}  // namespace
}  // namespace cvm::abi
