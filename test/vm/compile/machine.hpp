// A machine for register code made for checking, not for speed: it executes cells by their variants, so that code
// compiled against any handler table runs; it poisons whatever the rules do not keep, and refuses slots outside the
// frame.
#pragma once

#include <map>

#include "test/vm/compile/support.hpp"
#include "test/vm/compile/values.hpp"
#include "vm/compile/fields.hpp"
#include "vm/regcode/frame.hpp"

namespace cvm {

class RegMachine {
 public:
  RegMachine(const ModuleData& module, const HandlerTable& handlers, World* world)
      : RegMachine(module, EnvFor(module, handlers), world) {}
  RegMachine(const ModuleData& module, const CompileEnv& env, World* world)
      : module_(module), env_(env), handlers_(*env.handlers), world_(*world) {
    for (uint32_t i = 0; i < module.functions.size(); ++i) {
      codes_.push_back(MustCompile(module, module.imported_funcs + i, env_));
    }
  }

  const std::vector<RegCode>& codes() const { return codes_; }
  uint64_t cells = 0;

  TrapKind Call(uint32_t func, const std::vector<Value>& args, std::vector<Value>* results) {
    const FuncType& type = module_.FuncTypeOf(FuncIndex(func));
    stack_.assign(size_t{1} << 21, 0xab);
    fp_ = stack_.data() + 65536;
    uint8_t* at = fp_ - WindowSlots(type) * kSlotBytes;
    for (size_t i = 0; i < args.size(); ++i) {
      std::memcpy(at, Widened(args[i], type.params[i]).bytes, static_cast<size_t>(SlotsOf(type.params[i])) * 8);
      at += SlotsOf(type.params[i]) * 8;
    }
    WriteRecord(fp_, nullptr);
    functions_ = {func};
    ip_ = CodeOf(func);
    const TrapKind trap = Loop();
    if (trap != TrapKind::kNone) return trap;
    results->clear();
    if (type.results.size() == 1) {
      results->push_back(BankOf(type.results[0]) == Bank::kInt ? Value::Of(acc_) : facc_);
      return trap;
    }
    const uint8_t* from = window_;
    for (const ValType t : type.results) {
      Value v;
      std::memcpy(v.bytes, from, SlotsOf(t) * 8);
      from += SlotsOf(t) * 8;
      results->push_back(v);
    }
    return trap;
  }

 private:
  static constexpr uint64_t kPoison = 0xdeaddeaddeaddead;

  static Value Widened(const Value& v, ValType type) {
    return type.kind == ValKind::kI32 ? Value::Of(uint64_t{v.As<uint32_t>()}) : v;
  }
  const uint8_t* CodeOf(uint32_t func) const {
    return reinterpret_cast<const uint8_t*>(codes_[func - module_.imported_funcs].words.data());
  }
  const RegCode& Current() const { return codes_[functions_.back() - module_.imported_funcs]; }

  void Poison() {
    acc_ = kPoison;
    facc_ = Value::Of(std::array<uint64_t, 2>{kPoison, kPoison});
  }

  uint8_t* Slot(int32_t offset, int32_t bytes) {
    const RegCode& code = Current();
    REQUIRE(offset % 8 == 0);
    REQUIRE((offset >= -static_cast<int32_t>(code.window_bytes) || offset >= 0));
    REQUIRE(offset + bytes <= static_cast<int32_t>(code.frame_bytes));
    REQUIRE((offset + bytes <= 0 || offset >= kRecordBytes));
    return fp_ + offset;
  }

  Value ReadSource(const Shape& s, const Variant& v, int i) {
    const Src where = i == 0 ? v.a : i == 1 ? v.b : v.c;
    const Bank bank = s.src[i];
    const int field = FieldOf(s, v, i);
    Value out;
    switch (where) {
      case Src::kSlot: {
        const int32_t bytes = bank == Bank::kVec ? 16 : 8;
        std::memcpy(out.bytes, Slot(ReadField(ip_, field), bytes), static_cast<size_t>(bytes));
        return out;
      }
      case Src::kAcc:
        return bank == Bank::kInt ? Value::Of(acc_) : facc_;
      case Src::kPin0:
        return bank == Bank::kInt ? Value::Of(pin0_) : fpin_;
      case Src::kPin1:
        return Value::Of(pin1_);
      case Src::kImm:
        break;
    }
    if (bank == Bank::kFloat) return Value::Of(ReadImm64(ip_));
    if (s.format == Format::kLoad || (s.format == Format::kStore && i == 0)) return {};
    const int64_t imm = ImmIsField(s.format, i) ? ReadField(ip_, field) : ReadImm32(ip_);
    return Value::Of(imm);
  }

  void WriteResult(const Shape& s, const Variant& v, const Value& value) {
    if (v.dst == Dst::kSlot || v.dst == Dst::kBoth) {
      const int32_t bytes = s.dst == Bank::kVec ? 16 : 8;
      std::memcpy(Slot(ReadField(ip_, kField0), bytes), value.bytes, static_cast<size_t>(bytes));
    }
    const bool is_int = s.dst == Bank::kInt;
    if (v.dst == Dst::kAcc || v.dst == Dst::kBoth) {
      if (is_int)
        acc_ = value.As<uint64_t>();
      else
        facc_ = value;
    }
    if (v.dst == Dst::kPin0 && is_int) pin0_ = value.As<uint64_t>();
    if (v.dst == Dst::kPin0 && !is_int) fpin_ = value;
    if (v.dst == Dst::kPin1) pin1_ = value.As<uint64_t>();
  }

  void WriteRecord(uint8_t* at, const uint8_t* return_ip) {
    FrameRecord r{return_ip, fp_, pin0_, pin1_, {}};
    std::memcpy(r.fpin, fpin_.bytes, 16);
    std::memcpy(at, &r, sizeof(r));
  }

  void Goto(uint64_t offset) { ip_ = CodeOf(functions_.back()) + offset; }

  TrapKind Loop() {
    while (ip_ != nullptr) {
      if (++cells > 8 * kMaxSteps) return TrapKind::kOutOfFuel;
      const Variant* found = handlers_.Find(reinterpret_cast<HandlerAddress>(ReadImm64(ip_, 0)));
      REQUIRE(found != nullptr);
      Variant v = *found;
      const Shape& shape = ShapeOf(v.op);
      if (v.op == RegOp::kFuel || IsMetered(v.op)) spent += ReadCharge(ip_, shape.format);
      highest = std::max(highest, spent);
      v.op = Unmetered(v.op);
      const TrapKind trap = Step(v.op == RegOp::kFuel ? shape : ShapeOf(v.op), v);
      if (trap != TrapKind::kNone) return trap;
    }
    return TrapKind::kNone;
  }

  TrapKind Step(const Shape& s, const Variant& v) {
    const int size = CellSize(s, v);
    switch (s.format) {
      case Format::kOp: {
        if (IsMove(v.op)) {
          WriteResult(s, v, ReadSource(s, v, 0));
        } else {
          Value in[3], out;
          for (int i = 0; i < 3 && s.src[i] != Bank::kNone; ++i) in[i] = ReadSource(s, v, i);
          const auto lane = static_cast<uint8_t>(ReadField(ip_, kField3));
          const TrapKind trap = InstrOf(ToOpcode(v.op)).eval(in, lane, &out);
          if (trap != TrapKind::kNone) return trap;
          const bool is_i32 = Info(ToOpcode(v.op)).sig.back() == 'i';
          WriteResult(s, v, is_i32 ? Value::Of(uint64_t{out.As<uint32_t>()}) : out);
        }
        break;
      }
      case Format::kSelect: {
        const Value a = ReadSource(s, v, 0), b = ReadSource(s, v, 1), c = ReadSource(s, v, 2);
        WriteResult(s, v, c.As<uint32_t>() != 0 ? a : b);
        break;
      }
      case Format::kConst64: {
        Value value = Value::Of(ReadImm64(ip_));
        if (s.dst == Bank::kVec) std::memcpy(value.bytes + 8, ip_ + 24, 8);
        WriteResult(s, v, value);
        break;
      }
      case Format::kShuffle: {
        const Value a = ReadSource(s, v, 0), b = ReadSource(s, v, 1);
        Value out;
        for (int i = 0; i < 16; ++i) {
          const uint8_t lane = ip_[kImm64 + i];
          out.bytes[i] = lane < 16 ? a.bytes[lane] : b.bytes[lane - 16];
        }
        WriteResult(s, v, out);
        break;
      }
      case Format::kLoad:
      case Format::kStore:
      case Format::kLoadX:
      case Format::kStoreX:
        if (const TrapKind trap = Access(s, v); trap != TrapKind::kNone) return trap;
        break;
      case Format::kGlobal:
        Global(s, v);
        break;
      default:
        return Control(s, v, size);
    }
    ip_ += size;
    return TrapKind::kNone;
  }

  // The WebAssembly access that an indexed one makes, and its shift.
  static std::pair<Opcode, int> BaseOf(RegOp op) {
    if (IsWasm(op)) return {ToOpcode(op), 0};
    std::string name = RegOpName(op);
    const bool scaled = name.ends_with("Scaled");
    name.resize(name.size() - (scaled ? 6 : 1));
    static const std::map<std::string, Opcode> ops = {
        {"I32Load", Opcode::kI32Load},       {"I64Load", Opcode::kI64Load},       {"F32Load", Opcode::kF32Load},
        {"F64Load", Opcode::kF64Load},       {"I32Load8S", Opcode::kI32Load8S},   {"I32Load8U", Opcode::kI32Load8U},
        {"I32Load16S", Opcode::kI32Load16S}, {"I32Load16U", Opcode::kI32Load16U}, {"I32Store", Opcode::kI32Store},
        {"I64Store", Opcode::kI64Store},     {"F32Store", Opcode::kF32Store},     {"F64Store", Opcode::kF64Store},
        {"I32Store8", Opcode::kI32Store8},   {"I32Store16", Opcode::kI32Store16}};
    const Opcode base = ops.at(name);
    return {base, scaled ? static_cast<int>(AccessSizeLog2(base)) : 0};
  }

  TrapKind Access(const Shape& s, const Variant& v) {
    const auto [op, shift] = BaseOf(v.op);
    const InstrTable& t = InstrOf(op);
    const bool indexed = s.format == Format::kLoadX || s.format == Format::kStoreX;
    uint64_t at = ReadSource(s, v, 0).As<uint64_t>();
    if (!indexed) REQUIRE(at <= UINT32_MAX);  // an i32 is held zero-extended
    if (indexed) at = static_cast<uint32_t>(at + (ReadSource(s, v, 1).As<uint64_t>() << shift));
    if (!indexed) {
      at += static_cast<uint32_t>(ReadImm32(ip_));
    } else if (v.b != Src::kImm) {
      at += static_cast<uint16_t>(ReadField(ip_, kField3));
    }
    if (at + t.access_bytes > world_.memory.size()) return TrapKind::kMemoryOutOfBounds;
    if (t.store != nullptr) {
      t.store(world_.memory.data() + at, ReadSource(s, v, indexed ? 2 : 1));
      return TrapKind::kNone;
    }
    Value out;
    t.load(world_.memory.data() + at, &out);
    const bool is_i32 = Info(op).sig.back() == 'i';
    WriteResult(s, v, is_i32 ? Value::Of(uint64_t{out.As<uint32_t>()}) : out);
    return TrapKind::kNone;
  }

  void Global(const Shape& s, const Variant& v) {
    Value& global = world_.globals[static_cast<size_t>(ReadImm32(ip_) - 256) / 16];
    if (v.op == RegOp::kGlobalAddI32) {
      global = Value::Of(uint64_t{global.As<uint32_t>() + static_cast<uint32_t>(ReadField(ip_, kField1))});
      WriteResult(s, v, global);
    } else if (v.op == RegOp::kGlobalSetAddI32) {
      const auto a = ReadSource(s, v, 0).As<uint32_t>();
      global = Value::Of(uint64_t{a + static_cast<uint32_t>(ReadField(ip_, kField0))});
    } else if (s.dst != Bank::kNone) {
      WriteResult(s, v, global);
    } else {
      global = ReadSource(s, v, 0);
    }
  }

  // The condition of a branch, whose operation is `compare` places behind Eq in the rows of opcodes.def or regops.def.
  static bool Holds(bool is_float, bool is64, int compare, const Value& a, const Value& b) {
    if (!is_float && compare >= 10) {
      const uint64_t bits = is64 ? a.As<uint64_t>() & b.As<uint64_t>() : a.As<uint32_t>() & b.As<uint32_t>();
      return (bits == 0) == (compare == 10);
    }
    const bool negated = is_float && compare >= 6;
    const Opcode first = is_float ? (is64 ? Opcode::kF64Eq : Opcode::kF32Eq) : (is64 ? Opcode::kI64Eq : Opcode::kI32Eq);
    const Value in[2] = {a, b};
    Value out;
    InstrOf(static_cast<Opcode>(static_cast<int>(first) + (negated ? compare - 6 : compare))).eval(in, 0, &out);
    return (out.As<uint32_t>() != 0) != negated;
  }

  bool BranchHolds(const Shape& s, const Variant& v) {
    const auto from = [&](RegOp first) { return static_cast<int>(v.op) - static_cast<int>(first); };
    Value a = ReadSource(s, v, 0);
    const Value b = ReadSource(s, v, 1);
    if (s.format == Format::kAddBranch || s.format == Format::kAddBranchLp) {
      a = Value::Of(uint64_t{a.As<uint32_t>() + static_cast<uint32_t>(ReadField(ip_, kField1))});
      if (v.a == Src::kSlot) {
        std::memcpy(Slot(ReadField(ip_, kField0), 8), a.bytes, 8);
        acc_ = a.As<uint64_t>();
      }
      if (v.a == Src::kPin0) pin0_ = a.As<uint64_t>();
      if (v.a == Src::kPin1) pin1_ = a.As<uint64_t>();
      return Holds(false, false, from(RegOp::kAddBrEq) / 2, a, b);
    }
    if (v.op >= RegOp::kBrF64Eq) return Holds(true, true, from(RegOp::kBrF64Eq), a, b);
    if (v.op >= RegOp::kBrF32Eq) return Holds(true, false, from(RegOp::kBrF32Eq), a, b);
    if (v.op >= RegOp::kBrI64Eq) return Holds(false, true, from(RegOp::kBrI64Eq) % 12, a, b);
    return Holds(false, false, from(RegOp::kBrI32Eq) % 12, a, b);
  }

  TrapKind Control(const Shape& s, const Variant& v, int size) {
    switch (s.format) {
      case Format::kBranch:
      case Format::kAddBranch:
        if (BranchHolds(s, v))
          Goto(ReadImm64(ip_, TargetOffset(s, v)));
        else
          ip_ += size;
        return TrapKind::kNone;
      case Format::kBranchLp:
      case Format::kAddBranchLp:
        REQUIRE(lp_ != nullptr);
        ip_ = BranchHolds(s, v) ? lp_ : ip_ + size;
        return TrapKind::kNone;
      case Format::kJump:
        Goto(ReadImm64(ip_));
        return TrapKind::kNone;
      case Format::kNone:
        if (v.op == RegOp::kLoopHead)
          lp_ = ip_ += 8;
        else
          ip_ = lp_;
        return TrapKind::kNone;
      case Format::kFuel:
        ip_ += size;
        return TrapKind::kNone;
      case Format::kBrTable: {
        const auto index = ReadSource(s, v, 0).As<uint32_t>();
        const auto count = static_cast<uint32_t>(ReadImm32(ip_));
        Goto(ReadImm64(ip_, kImm64 + 8 * static_cast<int>(std::min(index, count))));
        return TrapKind::kNone;
      }
      case Format::kEnter:
        Enter();
        return TrapKind::kNone;
      case Format::kReturn:
        if (s.src[0] == Bank::kInt) acc_ = ReadSource(s, v, 0).As<uint64_t>(), facc_ = Value::Of(kPoison);
        if (s.src[0] == Bank::kFloat || s.src[0] == Bank::kVec) facc_ = ReadSource(s, v, 0), acc_ = kPoison;
        Return();
        return TrapKind::kNone;
      case Format::kCall:
        EnterCallee(static_cast<uint32_t>(ReadImm64(ip_) - 0xe000) + module_.imported_funcs, ReadImm32(ip_), 24);
        return TrapKind::kNone;
      case Format::kWide: {
        const size_t bytes = v.op == RegOp::kLoadWideV || v.op == RegOp::kStoreWideV ? 16 : 8;
        uint8_t* near = Slot(ReadField(ip_, kField0), static_cast<int32_t>(bytes));
        uint8_t* far = Slot(ReadImm32(ip_), static_cast<int32_t>(bytes));
        const bool load = v.op == RegOp::kLoadWide || v.op == RegOp::kLoadWideV;
        std::memcpy(load ? near : far, load ? far : near, bytes);
        ip_ += size;
        return TrapKind::kNone;
      }
      default:
        return Stack(v);
    }
  }

  void Enter() {
    const RegCode& code = Current();
    const auto frame = static_cast<uint32_t>(ReadImm64(ip_));
    const auto zeroed = static_cast<uint32_t>(ReadImm64(ip_) >> 32);
    REQUIRE(frame == code.frame_bytes);
    REQUIRE(kRecordBytes + 8 * zeroed <= frame);
    REQUIRE((code.ref_slots == 0 || code.ref_offset + 8 * code.ref_slots <= kRecordBytes + 8 * zeroed));
    REQUIRE(fp_ + frame + 65536 < stack_.data() + stack_.size());
    std::memset(fp_ + kRecordBytes, 0xcd, frame - kRecordBytes);
    std::memset(fp_ + kRecordBytes, 0, 8 * zeroed);
    const auto pin = [&](int field) {
      const int16_t offset = ReadField(ip_, field);
      return offset == 0 ? kPoison : ReadImm64(fp_ + offset, 0);
    };
    pin0_ = pin(kField0), pin1_ = pin(kField1);
    fpin_ = Value::Of(pin(kField2));
    Poison();
    lp_ = nullptr;
    ip_ += 24;
  }

  void EnterCallee(uint32_t func, int32_t record, int size) {
    uint8_t* frame = fp_ + record;
    REQUIRE(record <= static_cast<int32_t>(Current().frame_bytes));
    WriteRecord(frame, ip_ + size);
    fp_ = frame;
    functions_.push_back(func);
    ip_ = CodeOf(func);
  }

  void Return() {
    window_ = fp_ - Current().window_bytes;
    FrameRecord r;
    std::memcpy(&r, fp_, sizeof(r));
    ip_ = r.return_ip;
    fp_ = r.caller_fp;
    pin0_ = r.pin0, pin1_ = r.pin1;
    std::memcpy(fpin_.bytes, r.fpin, 16);
    lp_ = nullptr;
    functions_.pop_back();
  }

  void TailCall(uint32_t func, int32_t record) {
    const RegCode& own = Current();
    const uint32_t window = codes_[func - module_.imported_funcs].window_bytes;
    REQUIRE(static_cast<uint32_t>(ReadField(ip_, kField1)) * 8 == own.window_bytes);
    FrameRecord r;
    std::memcpy(&r, fp_, sizeof(r));
    uint8_t* to = fp_ - own.window_bytes;
    std::memmove(to, fp_ + record - window, window);
    fp_ = to + window;
    std::memcpy(fp_, &r, sizeof(r));
    functions_.back() = func;
    ip_ = CodeOf(func);
  }

  TrapKind Indirect(uint32_t* func) {
    const uint64_t wide = ReadImm64(ip_);
    const auto index = ReadImm64(Slot(static_cast<int32_t>(wide >> 32), 8), 0);
    if (index >= world_.table.size()) return TrapKind::kUndefinedElement;
    const uint64_t f = world_.table[index];
    if (f == 0) return TrapKind::kUninitializedElement;
    *func = static_cast<uint32_t>(f - 1);
    const bool same = module_.func_types[*func].value == static_cast<uint32_t>(wide);
    return same ? TrapKind::kNone : TrapKind::kIndirectCallTypeMismatch;
  }

  TrapKind Stack(const Variant& v) {
    int32_t base;
    std::memcpy(&base, ip_ + kField0, 4);
    const int32_t near = ReadField(ip_, kField0);
    uint32_t func = 0;
    const auto word = static_cast<uint32_t>(ReadImm32(ip_));
    if (v.op == ToRegOp(Opcode::kThrow)) return Throw(word, base);
    if (v.op == ToRegOp(Opcode::kThrowRef)) {
      const uint64_t ref = ReadImm64(Slot(base, 8), 0);
      return ref == 0 ? TrapKind::kNullReference : Unwind(ref - 1);
    }
    switch (v.op) {
      case RegOp::kTrap:
        return static_cast<TrapKind>(word);
      case RegOp::kCallIndirect:
        if (const TrapKind t = Indirect(&func); t != TrapKind::kNone) return t;
        EnterCallee(func, base, 24);
        return TrapKind::kNone;
      case RegOp::kReturnCallIndirect:
        if (const TrapKind t = Indirect(&func); t != TrapKind::kNone) return t;
        TailCall(func, near);
        return TrapKind::kNone;
      case RegOp::kReturnCall:
        REQUIRE(ReadImm64(ip_) == codes_[word - module_.imported_funcs].window_bytes);
        TailCall(word, near);
        return TrapKind::kNone;
      default: {
        Poison();
        const TrapKind trap = StackInstr(ToOpcode(v.op), base, near, word);
        if (trap != TrapKind::kNone) return trap;
      }
    }
    ip_ += 24;
    return TrapKind::kNone;
  }

  struct Exception {
    uint32_t tag;
    std::vector<uint64_t> words;
  };

  // By search of all ranges, in their order.
  static const CatchEntry* FindCatch(const UnwindTable& table, uint64_t place, uint32_t tag) {
    uint32_t deepest = UINT32_MAX;
    for (const TryRange& range : table.tries) {
      if (place <= range.begin || place > range.end || range.depth > deepest) continue;
      if (range.delegate != TryRange::kNone) deepest = range.delegate;
      for (const CatchEntry* c = table.FirstOf(range); c != nullptr; c = table.After(*c)) {
        if (c->tag == CatchEntry::kAnyTag || c->tag == tag) return c;
      }
    }
    return nullptr;
  }

  TrapKind Throw(uint32_t tag, int32_t slot) {
    Exception e{tag, {}};
    for (const ValType t : module_.types[module_.tag_types[tag].type.value].func.params) {
      for (uint32_t i = 0; i < SlotsOf(t); ++i, slot += 8) e.words.push_back(ReadImm64(Slot(slot, 8), 0));
    }
    exceptions_.push_back(std::move(e));
    return Unwind(exceptions_.size() - 1);
  }

  TrapKind Unwind(size_t exception) {
    const Exception& e = exceptions_[exception];
    const uint8_t* place = ip_ + 24;
    const CatchEntry* found = nullptr;
    for (;;) {
      const auto at = static_cast<uint64_t>(place - CodeOf(functions_.back()));
      found = FindCatch(Current().unwind, at, e.tag);
      if (found != nullptr) break;
      FrameRecord r;
      std::memcpy(&r, fp_, sizeof(r));
      place = r.return_ip;
      fp_ = r.caller_fp;
      pin0_ = r.pin0, pin1_ = r.pin1;
      std::memcpy(fpin_.bytes, r.fpin, 16);
      functions_.pop_back();
      if (place == nullptr) return TrapKind::kUncaughtException;
    }
    if (found->tag != CatchEntry::kAnyTag) {
      int32_t slot = found->values, ref = found->refs;
      const uint64_t* word = e.words.data();
      for (const ValType t : module_.types[module_.tag_types[e.tag].type.value].func.params) {
        const auto bytes = static_cast<int32_t>(SlotsOf(t) * 8);
        std::memcpy(t.is_ref() ? Slot(ref, 8) : Slot(slot, bytes), word, static_cast<size_t>(bytes));
        if (t.is_ref()) ref += 8;
        slot += bytes;
        word += SlotsOf(t);
      }
    }
    const uint64_t itself = exception + 1;
    if (found->exception != 0) std::memcpy(Slot(found->exception, 8), &itself, 8);
    Goto(found->target);
    Poison();
    lp_ = nullptr;
    return TrapKind::kNone;
  }

  TrapKind StackInstr(Opcode op, int32_t base, int32_t near, uint32_t word) {
    const auto get = [&](int32_t slot) { return ReadImm64(Slot(base + 8 * slot, 8), 0); };
    const auto put = [&](uint64_t value) { std::memcpy(Slot(base, 8), &value, 8); };
    switch (op) {
      case Opcode::kTableGet: {
        const uint64_t index = get(0);
        if (index >= world_.table.size()) return TrapKind::kTableOutOfBounds;
        put(world_.table[index]);
        return TrapKind::kNone;
      }
      case Opcode::kTableSet: {
        const uint64_t index = get(0);
        if (index >= world_.table.size()) return TrapKind::kTableOutOfBounds;
        world_.table[index] = get(1);
        return TrapKind::kNone;
      }
      case Opcode::kRefFunc:
        put(word + 1);
        return TrapKind::kNone;
      case Opcode::kMemorySize:
        put(1);
        return TrapKind::kNone;
      default:
        break;
    }
    const bool lane = Info(op).imm == ImmKind::kMemArgLane;
    const InstrTable& t = InstrOf(op);
    if (lane) base = near;
    const uint64_t at = get(0) + ReadImm64(ip_);
    const uint32_t bytes = lane ? uint32_t{1} << AccessSizeLog2(op) : t.access_bytes;
    if (at + bytes > world_.memory.size()) return TrapKind::kMemoryOutOfBounds;
    uint8_t* p = world_.memory.data() + at;
    if (lane) {
      uint8_t* vector = Slot(base + 8, 16);
      uint8_t* element = vector + static_cast<uint32_t>(ReadField(ip_, kField1)) * bytes;
      if (Info(op).sig.back() == 'v') {
        std::memcpy(element, p, bytes);
        std::memmove(Slot(base, 16), vector, 16);
      } else {
        std::memcpy(p, element, bytes);
      }
    } else if (t.store != nullptr) {
      Value v;
      const int32_t size = Info(op).sig[1] == 'v' ? 16 : 8;
      std::memcpy(v.bytes, Slot(base + 8, size), static_cast<size_t>(size));
      t.store(p, v);
    } else {
      Value v;
      t.load(p, &v);
      const int32_t size = Info(op).sig.back() == 'v' ? 16 : 8;
      std::memcpy(Slot(base, size), v.bytes, static_cast<size_t>(size));
    }
    return TrapKind::kNone;
  }

 public:
  // Fuel charged so far, and the most at any time; and what the cell that has trapped owes.
  int64_t spent = 0;
  int64_t highest = 0;
  int64_t Owed(TrapKind trap) const {
    if (trap == TrapKind::kNone || trap == TrapKind::kUncaughtException) return 0;
    return Current().OwedAt(static_cast<uint32_t>(ip_ - CodeOf(functions_.back())));
  }

 private:
  const ModuleData& module_;
  const CompileEnv env_;
  const HandlerTable& handlers_;
  World& world_;
  std::vector<RegCode> codes_;
  std::vector<uint8_t> stack_;
  std::vector<uint32_t> functions_;
  std::vector<Exception> exceptions_;
  const uint8_t* ip_ = nullptr;
  uint8_t* fp_ = nullptr;
  const uint8_t* window_ = nullptr;
  const uint8_t* lp_ = nullptr;
  uint64_t acc_ = kPoison, pin0_ = kPoison, pin1_ = kPoison;
  Value facc_, fpin_;
};

}  // namespace cvm
