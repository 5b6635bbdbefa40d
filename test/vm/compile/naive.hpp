// A stack interpreter as literal as can be: the oracle that compiled code is compared with.
#pragma once

#include "test/vm/compile/values.hpp"
#include "vm/isa/instr.hpp"
#include "vm/module/module.hpp"

namespace cvm {

class Naive {
 public:
  Naive(const ModuleData& module, World* world) : module_(module), world_(*world) {}

  // Results of the call, or the trap.
  TrapKind Call(uint32_t func, std::vector<Value> args, std::vector<Value>* results) {
    const Function& f = module_.FunctionAt(FuncIndex(func));
    const FuncType& type = module_.FuncTypeOf(FuncIndex(func));
    Body body = Decode(f);
    std::vector<Value> locals = std::move(args);
    locals.resize(locals.size() + f.local_count);
    uint64_t slots = 0;
    for (const LocalRun& run : f.locals) slots += uint64_t{run.count} * SlotsOf(run.type);
    spent += 8 * slots / bulk_bytes;
    std::vector<Value> stack;
    const TrapKind trap = Run(body, type, locals, stack);
    if (trap == TrapKind::kNone) results->assign(stack.end() - static_cast<long>(type.results.size()), stack.end());
    return trap;
  }

  uint64_t steps = 0;
  uint64_t max_steps = kMaxSteps;
  uint64_t catches = 0;  // exceptions caught
  // What instructions cost, where that is to be counted.
  std::span<const uint16_t> costs;
  uint64_t bulk_bytes = UINT64_MAX;
  int64_t spent = 0;

 private:
  struct Body {
    std::vector<Instr> code;
    std::vector<size_t> end, other;         // of a block: its end, and its else or end
    std::vector<std::vector<size_t>> arms;  // of a try: its catch, catch_all or delegate
  };
  struct Label {
    size_t pc;  // where a branch goes on
    size_t height;
    size_t arity;
    bool loop;
    size_t try_pc = kNoTry;  // of a try_table, and of a try in its body
    size_t caught = 0;       // of a try in an arm
  };
  static constexpr size_t kNoTry = SIZE_MAX;
  struct Exception {
    uint32_t tag;
    std::vector<Value> values;
  };

  Body Decode(const Function& f) {
    Body b;
    Reader in(f.body.bytes, f.body.offset);
    std::vector<size_t> open;
    while (!in.AtEnd()) {
      Instr i;
      REQUIRE(ReadInstr(in, Features::All(), &i).ok());
      b.code.push_back(i);
    }
    b.end.resize(b.code.size());
    b.other.resize(b.code.size());
    b.arms.resize(b.code.size());
    for (size_t pc = 0; pc < b.code.size(); ++pc) {
      const Opcode op = b.code[pc].op;
      const ImmKind imm = b.code[pc].info().imm;
      if (imm == ImmKind::kBlock || imm == ImmKind::kTryTable) open.push_back(pc);
      const bool delegate = op == Opcode::kDelegate;
      if (op == Opcode::kCatch || op == Opcode::kCatchAll || delegate) b.arms[open.back()].push_back(pc);
      if (op == Opcode::kElse) b.other[open.back()] = pc;
      if ((op == Opcode::kEnd || delegate) && !open.empty()) {
        b.end[open.back()] = pc;
        for (const size_t arm : b.arms[open.back()]) b.end[arm] = pc;
        if (b.other[open.back()] == 0)
          b.other[open.back()] = pc;
        else
          b.end[b.other[open.back()]] = pc;
        open.pop_back();
      }
    }
    return b;
  }

  std::pair<size_t, size_t> Arity(const BlockType& t) const {
    if (t.kind == BlockType::Kind::kEmpty) return {0, 0};
    if (t.kind == BlockType::Kind::kValue) return {0, 1};
    const FuncType& f = module_.types[t.type.value].func;
    return {f.params.size(), f.results.size()};
  }

  TrapKind CallFrom(uint32_t func, std::vector<Value>& stack) {
    const FuncType& type = module_.FuncTypeOf(FuncIndex(func));
    std::vector<Value> args(stack.end() - static_cast<long>(type.params.size()), stack.end());
    stack.resize(stack.size() - args.size());
    std::vector<Value> results;
    const TrapKind trap = Call(func, std::move(args), &results);
    stack.insert(stack.end(), results.begin(), results.end());
    return trap;
  }

  TrapKind Run(const Body& body, const FuncType& type, std::vector<Value>& locals, std::vector<Value>& stack) {
    std::vector<Label> labels = {{body.code.size(), 0, type.results.size(), false}};
    const auto pop = [&] {
      const Value v = stack.back();
      stack.pop_back();
      return v;
    };
    size_t pc = 0;
    const auto branch = [&](uint32_t depth) {
      const Label l = labels[labels.size() - 1 - depth];
      std::vector<Value> values(stack.end() - static_cast<long>(l.arity), stack.end());
      stack.resize(l.height);
      stack.insert(stack.end(), values.begin(), values.end());
      labels.resize(labels.size() - depth - (l.loop ? 0 : 1));
      pc = l.pc;
    };
    // Goes on where the exception is caught; false: not here.
    const auto caught = [&](size_t exception) {
      const Exception& e = exceptions_[exception];
      for (size_t at = labels.size(); at-- > 0;) {
        const size_t try_pc = labels[at].try_pc;
        if (try_pc == kNoTry) continue;
        const auto enter = [&](bool values, bool itself) {
          if (values) stack.insert(stack.end(), e.values.begin(), e.values.end());
          if (itself) stack.push_back(Value::Of(uint64_t{exception} + 1));
        };
        for (const CatchClause& c : body.code[try_pc].catches) {
          const bool any = c.kind >= CatchClause::Kind::kCatchAll;
          if (!any && c.tag.value != e.tag) continue;
          ++catches;
          labels.resize(at);
          enter(!any, c.kind == CatchClause::Kind::kCatchRef || c.kind == CatchClause::Kind::kCatchAllRef);
          branch(c.label);
          return true;
        }
        if (body.code[try_pc].op != Opcode::kTry) continue;
        for (const size_t arm : body.arms[try_pc]) {
          const Instr& clause = body.code[arm];
          if (clause.op == Opcode::kDelegate) {
            at -= clause.index;  // that label is looked at next
            break;
          }
          if (clause.op == Opcode::kCatch && clause.index != e.tag) continue;
          ++catches;
          labels.resize(at + 1);
          labels[at].try_pc = kNoTry;
          labels[at].caught = exception;
          stack.resize(labels[at].height);
          enter(clause.op == Opcode::kCatch, false);
          pc = arm + 1;
          return true;
        }
      }
      thrown_ = exception;
      return false;
    };
    while (pc < body.code.size()) {
      const Instr& i = body.code[pc++];
      if (++steps > max_steps) return TrapKind::kOutOfFuel;
      if (!costs.empty()) spent += costs[static_cast<size_t>(i.op)];
      switch (i.op) {
        case Opcode::kNop:
          break;
        case Opcode::kUnreachable:
          return TrapKind::kUnreachable;
        case Opcode::kBlock:
        case Opcode::kLoop: {
          const auto [params, results] = Arity(i.block);
          const bool loop = i.op == Opcode::kLoop;
          labels.push_back({loop ? pc : body.end[pc - 1] + 1, stack.size() - params, loop ? params : results, loop});
          break;
        }
        case Opcode::kIf: {
          const bool taken = pop().As<uint32_t>() != 0;
          const auto [params, results] = Arity(i.block);
          labels.push_back({body.end[pc - 1] + 1, stack.size() - params, results, false});
          if (!taken) {
            const size_t other = body.other[pc - 1];
            pc = other + (body.code[other].op == Opcode::kElse ? 1 : 0);
          }
          break;
        }
        case Opcode::kElse:
          pc = body.end[pc - 1];
          break;
        case Opcode::kEnd:
          labels.pop_back();
          break;
        case Opcode::kBr:
          branch(i.index);
          break;
        case Opcode::kBrIf:
          if (pop().As<uint32_t>() != 0) branch(i.index);
          break;
        case Opcode::kBrTable: {
          const auto index = pop().As<uint32_t>();
          branch(i.labels[std::min<size_t>(index, i.labels.size() - 1)]);
          break;
        }
        case Opcode::kReturn:
          branch(static_cast<uint32_t>(labels.size()) - 1);
          break;
        case Opcode::kTryTable:
        case Opcode::kTry: {
          const auto [params, results] = Arity(i.block);
          labels.push_back({body.end[pc - 1] + 1, stack.size() - params, results, false, pc - 1});
          break;
        }
        case Opcode::kCatch:
        case Opcode::kCatchAll:
          pc = body.end[pc - 1];
          break;
        case Opcode::kDelegate:
          labels.pop_back();
          break;
        case Opcode::kThrow: {
          const size_t count = module_.types[module_.tag_types[i.index].type.value].func.params.size();
          exceptions_.push_back({i.index, std::vector<Value>(stack.end() - static_cast<long>(count), stack.end())});
          if (!caught(exceptions_.size() - 1)) return TrapKind::kUncaughtException;
          break;
        }
        case Opcode::kThrowRef: {
          const auto ref = pop().As<uint64_t>();
          if (ref == 0) return TrapKind::kNullReference;
          if (!caught(ref - 1)) return TrapKind::kUncaughtException;
          break;
        }
        case Opcode::kRethrow:
          if (!caught(labels[labels.size() - 1 - i.index].caught)) return TrapKind::kUncaughtException;
          break;
        case Opcode::kCall: {
          const TrapKind t = CallFrom(i.index, stack);
          if (t == TrapKind::kUncaughtException && caught(thrown_)) break;
          if (t != TrapKind::kNone) return t;
          break;
        }
        case Opcode::kCallIndirect:
        case Opcode::kReturnCallIndirect: {
          const auto index = pop().As<uint32_t>();
          if (index >= world_.table.size()) return TrapKind::kUndefinedElement;
          const uint64_t f = world_.table[index];
          if (f == 0) return TrapKind::kUninitializedElement;
          if (module_.func_types[f - 1].value != i.index) return TrapKind::kIndirectCallTypeMismatch;
          const TrapKind t = CallFrom(static_cast<uint32_t>(f - 1), stack);
          if (t == TrapKind::kUncaughtException && i.op == Opcode::kCallIndirect && caught(thrown_)) break;
          if (t != TrapKind::kNone) return t;
          if (i.op == Opcode::kReturnCallIndirect) branch(static_cast<uint32_t>(labels.size()) - 1);
          break;
        }
        case Opcode::kReturnCall: {
          if (const TrapKind t = CallFrom(i.index, stack); t != TrapKind::kNone) return t;
          branch(static_cast<uint32_t>(labels.size()) - 1);
          break;
        }
        case Opcode::kDrop:
          pop();
          break;
        case Opcode::kSelect:
        case Opcode::kSelectT: {
          const bool first = pop().As<uint32_t>() != 0;
          const Value b = pop(), a = pop();
          stack.push_back(first ? a : b);
          break;
        }
        case Opcode::kLocalGet:
          stack.push_back(locals[i.index]);
          break;
        case Opcode::kLocalSet:
          locals[i.index] = pop();
          break;
        case Opcode::kLocalTee:
          locals[i.index] = stack.back();
          break;
        case Opcode::kGlobalGet:
          stack.push_back(world_.globals[i.index]);
          break;
        case Opcode::kGlobalSet:
          world_.globals[i.index] = pop();
          break;
        case Opcode::kI32Const:
          stack.push_back(Value::Of(static_cast<uint32_t>(i.bits)));
          break;
        case Opcode::kF32Const:
          stack.push_back(Value::Of(static_cast<uint32_t>(i.bits)));
          break;
        case Opcode::kI64Const:
        case Opcode::kF64Const:
          stack.push_back(Value::Of(i.bits));
          break;
        case Opcode::kV128Const:
          stack.push_back(Value::Of(i.v128));
          break;
        case Opcode::kI8x16Shuffle: {
          const Value b = pop(), a = pop(), lanes = Value::Of(i.v128);
          Value out;
          for (int k = 0; k < 16; ++k) {
            out.bytes[k] = lanes.bytes[k] < 16 ? a.bytes[lanes.bytes[k]] : b.bytes[lanes.bytes[k] - 16];
          }
          stack.push_back(out);
          break;
        }
        case Opcode::kRefNull:
          stack.push_back({});
          break;
        case Opcode::kRefFunc:
          stack.push_back(Value::Of(uint64_t{i.index} + 1));
          break;
        case Opcode::kRefIsNull:
          stack.push_back(Value::Of(static_cast<uint32_t>(pop().As<uint64_t>() == 0)));
          break;
        case Opcode::kTableGet: {
          const auto index = pop().As<uint32_t>();
          if (index >= world_.table.size()) return TrapKind::kTableOutOfBounds;
          stack.push_back(Value::Of(world_.table[index]));
          break;
        }
        case Opcode::kTableSet: {
          const auto ref = pop().As<uint64_t>();
          const auto index = pop().As<uint32_t>();
          if (index >= world_.table.size()) return TrapKind::kTableOutOfBounds;
          world_.table[index] = ref;
          break;
        }
        case Opcode::kMemorySize:
          stack.push_back(Value::Of(uint32_t{1}));
          break;
        default:
          if (const TrapKind t = Plain(i, stack); t != TrapKind::kNone) return t;
      }
    }
    return TrapKind::kNone;
  }

  TrapKind Plain(const Instr& i, std::vector<Value>& stack) {
    const InstrTable& t = InstrOf(i.op);
    const auto count = static_cast<size_t>(i.info().sig.find(':'));
    const Value* in = stack.data() + stack.size() - count;
    Value out;
    if (i.info().imm == ImmKind::kMemArgLane) {
      const uint32_t bytes = uint32_t{1} << AccessSizeLog2(i.op);
      const uint64_t at = in[0].As<uint32_t>() + i.mem.offset;
      if (at + bytes > world_.memory.size()) return TrapKind::kMemoryOutOfBounds;
      out = in[1];
      if (i.info().sig.back() == 'v') std::memcpy(out.bytes + i.index * bytes, world_.memory.data() + at, bytes);
      if (i.info().sig.back() == ':') std::memcpy(world_.memory.data() + at, out.bytes + i.index * bytes, bytes);
    } else if (t.access_bytes != 0) {
      const uint64_t at = in[0].As<uint32_t>() + i.mem.offset;
      if (at + t.access_bytes > world_.memory.size()) return TrapKind::kMemoryOutOfBounds;
      if (t.load != nullptr) {
        t.load(world_.memory.data() + at, &out);
      } else {
        t.store(world_.memory.data() + at, in[1]);
      }
    } else {
      INFO(i.info().text);
      REQUIRE(t.eval != nullptr);
      const TrapKind trap = t.eval(in, static_cast<uint8_t>(i.index), &out);
      if (trap != TrapKind::kNone) return trap;
    }
    stack.resize(stack.size() - count);
    if (i.info().sig.back() != ':') stack.push_back(out);
    return TrapKind::kNone;
  }

  const ModuleData& module_;
  World& world_;
  std::vector<Exception> exceptions_;
  size_t thrown_ = 0;  // with TrapKind::kUncaughtException
};

}  // namespace cvm
