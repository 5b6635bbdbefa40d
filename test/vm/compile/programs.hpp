// Random valid programs for the differential test: four functions, of which each calls only later ones, over all value
// types, with every kind of block and branch. Loops end because their back-edges spend a local that nothing else
// writes.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace cvm {

class ProgramMaker {
 public:
  explicit ProgramMaker(uint32_t seed) : random_(seed) {}

  struct Signature {
    std::string params, results;  // a letter each: i l f d v r
  };
  std::vector<Signature> signatures;
  // Locals declared before the function's own, to push those out of the reach of near offsets.
  int padding = 0;
  // With tries and throws of both kinds.
  bool exceptions = false;

  std::string Make() {
    signatures = {{"i" + Types(3), Types(2)}, {"i" + Types(2), Types(3)}, {"i" + Types(3), Types(1)}, {"i", "i"}};
    std::string out = "(module (memory 1) (table $t 6 funcref)\n";
    out += "(global $sp (mut i32) (i32.const 0)) (global $gl (mut i64) (i64.const 0))\n";
    out += "(global $gd (mut f64) (f64.const 0)) (global $gv (mut v128) (v128.const i64x2 0 0))\n";
    out += "(elem declare func 0 1 2 3)\n";
    for (size_t i = 0; exceptions && i < 3; ++i) {
      tags_.push_back(i == 0 ? "" : Types(3));
      out += "(tag" + List("param", tags_.back()) + ")\n";
    }
    for (size_t i = 0; i < signatures.size(); ++i) {
      out += "(type $t" + std::to_string(i) + " (func" + List("param", signatures[i].params) +
             List("result", signatures[i].results) + "))\n";
    }
    for (size_t i = 0; i < signatures.size(); ++i) out += MakeFunction(i);
    return out + ")";
  }

  std::string Const(char type) {
    static const char* const kInts[] = {"0",   "1",    "-1",    "2",     "3",      "7",
                                        "100", "-100", "32767", "32768", "-32769", "65535"};
    static const char* const kWides[] = {"2147483647", "-2147483648"};
    static const char* const kFloats[] = {"0", "-0", "1.5", "-3", "1e30", "nan", "inf"};
    const std::string n = Chance(8) ? kWides[Below(2)] : kInts[Below(12)];
    switch (type) {
      case 'i':
        return "i32.const " + n;
      case 'l':
        return Chance(8) ? "i64.const 0x123456789abcdef" : "i64.const " + n;
      case 'f':
        return std::string("f32.const ") + kFloats[Below(7)];
      case 'd':
        return std::string("f64.const ") + kFloats[Below(7)];
      case 'v':
        return "v128.const i32x4 1 -2 " + n + " 4";
      case 'x':
        return "ref.null exn";
      default:
        return Chance(2) ? "ref.null func" : "ref.func " + std::to_string(Below(4));
    }
  }

 private:
  struct Block {
    size_t height;
    std::string label;  // types of a branch to it
    bool loop;
    bool in_catch = false;  // rethrow may name it
  };

  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  bool Chance(uint32_t n) { return Below(n) == 0; }
  char Type() { return "iiiilldfvr"[Below(10)]; }
  std::string Types(uint32_t most) {
    std::string out;
    for (uint32_t n = Below(most + 1); n > 0; --n) out += Type();
    return out;
  }
  static std::string Name(char type) {
    switch (type) {
      case 'i':
        return "i32";
      case 'l':
        return "i64";
      case 'f':
        return "f32";
      case 'd':
        return "f64";
      case 'v':
        return "v128";
      case 'x':
        return "exnref";
      default:
        return "funcref";
    }
  }
  static std::string List(const std::string& word, const std::string& types) {
    std::string out;
    for (const char t : types) out += " (" + word + " " + Name(t) + ")";
    return out;
  }

  void Line(const std::string& text) { body_ += text + "\n"; }
  size_t Room() const { return stack_.size() - blocks_.back().height; }
  bool Top(const std::string& types) const {
    return Room() >= types.size() && stack_.compare(stack_.size() - types.size(), types.size(), types) == 0;
  }
  void Replace(size_t operands, const std::string& results) {
    stack_.resize(stack_.size() - operands);
    stack_ += results;
  }
  int LocalOf(char type, bool written) {
    std::vector<int> found;
    for (size_t i = written ? 1 : 0; i < locals_.size(); ++i) {
      if (locals_[i] == type) found.push_back(static_cast<int>(i));
    }
    return found.empty() ? -1 : found[Below(static_cast<uint32_t>(found.size()))];
  }
  std::string LocalName(int i) const { return std::to_string(i < params_ ? i : i + padding); }

  void PushValue(char type) {
    const int local = Chance(4) ? -1 : LocalOf(type, false);
    Line(local < 0 ? Const(type) : "local.get " + LocalName(local));
    stack_ += type;
  }
  void Want(const std::string& types) {
    if (!Top(types)) {
      for (const char t : types) PushValue(t);
    }
  }
  // Exactly `types` above the block's height.
  void Settle(const std::string& types) {
    size_t same = 0;
    const std::string have = stack_.substr(blocks_.back().height);
    while (same < have.size() && same < types.size() && have[same] == types[same]) ++same;
    for (size_t i = same; i < have.size(); ++i) Line("drop");
    stack_.resize(blocks_.back().height + same);
    for (size_t i = same; i < types.size(); ++i) PushValue(types[i]);
  }

  std::string MakeFunction(size_t index) {
    const Signature& s = signatures[index];
    function_ = index;
    locals_ = s.params;
    params_ = static_cast<int>(s.params.size());
    std::string own;
    for (uint32_t n = Below(6); n > 0; --n) own += Type();
    if (exceptions && Chance(2)) own += 'x';
    locals_ += own;
    body_.clear();
    stack_.clear();
    blocks_ = {{0, s.results, false}};
    budget_ = 10 + static_cast<int>(Below(index == 0 ? 90 : 30));
    Sequence(s.results);
    std::string out = "(func (type $t" + std::to_string(index) + ")";
    for (int i = 0; i < padding; ++i) out += " (local i64)";
    return out + List("local", own) + "\n" + body_ + ")\n";
  }

  // Instructions up to the end of the innermost block, which then has `results`; sometimes it is left before.
  void Sequence(const std::string& results) {
    const uint32_t length = 1 + Below(14);
    for (uint32_t i = 0; i < length && budget_ > 0; ++i) {
      --budget_;
      if (Chance(40)) {
        Leave();
        return;
      }
      Instruction();
    }
    Settle(results);
  }

  void Leave() {
    const uint32_t depth = Depth();
    switch (Below(4)) {
      case 0:
        Want(blocks_.front().label);
        Line("return");
        break;
      case 1:
        if (function_ < 3 && signatures[3].results == blocks_.front().label) {
          Want("i");
          Line("return_call 3");
        } else {
          Line("unreachable");
        }
        break;
      default:
        Want(blocks_[blocks_.size() - 1 - depth].label);
        Line("br " + std::to_string(depth));
    }
    stack_.resize(blocks_.back().height);
    if (Chance(3)) Line("i32.const 1\ndrop\nblock\nloop\nend\nend");
  }

  // A label that a branch may name without spending.
  uint32_t Depth() {
    for (int tries = 0; tries < 20; ++tries) {
      const uint32_t depth = Below(static_cast<uint32_t>(blocks_.size()));
      if (!blocks_[blocks_.size() - 1 - depth].loop) return depth;
    }
    return static_cast<uint32_t>(blocks_.size()) - 1;
  }

  void Instruction() {
    if (exceptions && Chance(5)) return Exceptional();
    switch (Below(20)) {
      case 0:
      case 1:
      case 2:
        PushValue(Type());
        break;
      case 3:
      case 4:
      case 5:
        Assign();
        break;
      case 6:
      case 7:
      case 8:
      case 9:
        Compute();
        break;
      case 10:
        Address();
        break;
      case 11:
        if (blocks_.size() < 7) Structure();
        break;
      case 12:
      case 13:
        Branch();
        break;
      case 14:
        Globals();
        break;
      case 15:
        Call();
        break;
      case 16:
        if (Room() > 0) {
          Line("drop");
          stack_.pop_back();
        }
        break;
      case 17: {
        const char t = Room() > 0 ? stack_.back() : 'i';
        const std::string both = {t, t, 'i'};
        Want(both);
        Line(t == 'r' ? "select (result funcref)" : t == 'x' ? "select (result exnref)" : "select");
        Replace(3, {t});
        break;
      }
      case 18:
        Counter();
        break;
      default:
        References();
    }
  }

  void Assign() {
    const char type = Room() > 0 ? stack_.back() : 'i';
    const int local = LocalOf(type, true);
    if (local < 0) return;
    Want({type});
    const bool tee = Chance(2);
    Line((tee ? "local.tee " : "local.set ") + LocalName(local));
    if (!tee) stack_.pop_back();
  }

  struct Op {
    const char* name;
    const char* params;
    char result;
  };
  void Apply(const Op& op) {
    const std::string params = op.params;
    Want(params);
    Line(op.name);
    Replace(params.size(), {op.result});
  }

  void Compute() {
    static const Op kOps[] = {{"i32.add", "ii", 'i'},
                              {"i32.add", "ii", 'i'},
                              {"i32.add", "ii", 'i'},
                              {"i32.sub", "ii", 'i'},
                              {"i32.mul", "ii", 'i'},
                              {"i32.and", "ii", 'i'},
                              {"i32.xor", "ii", 'i'},
                              {"i32.shl", "ii", 'i'},
                              {"i32.shr_s", "ii", 'i'},
                              {"i32.rotl", "ii", 'i'},
                              {"i32.div_s", "ii", 'i'},
                              {"i32.rem_u", "ii", 'i'},
                              {"i32.eq", "ii", 'i'},
                              {"i32.lt_s", "ii", 'i'},
                              {"i32.ge_u", "ii", 'i'},
                              {"i32.eqz", "i", 'i'},
                              {"i32.eqz", "i", 'i'},
                              {"i32.clz", "i", 'i'},
                              {"i32.extend8_s", "i", 'i'},
                              {"i64.add", "ll", 'l'},
                              {"i64.sub", "ll", 'l'},
                              {"i64.mul", "ll", 'l'},
                              {"i64.and", "ll", 'l'},
                              {"i64.shr_u", "ll", 'l'},
                              {"i64.gt_s", "ll", 'i'},
                              {"i64.ne", "ll", 'i'},
                              {"i64.eqz", "l", 'i'},
                              {"i64.extend_i32_u", "i", 'l'},
                              {"i64.extend_i32_s", "i", 'l'},
                              {"i32.wrap_i64", "l", 'i'},
                              {"f64.add", "dd", 'd'},
                              {"f64.sub", "dd", 'd'},
                              {"f64.mul", "dd", 'd'},
                              {"f64.lt", "dd", 'i'},
                              {"f64.ge", "dd", 'i'},
                              {"f64.eq", "dd", 'i'},
                              {"f64.neg", "d", 'd'},
                              {"f32.add", "ff", 'f'},
                              {"f32.le", "ff", 'i'},
                              {"f32.demote_f64", "d", 'f'},
                              {"f64.promote_f32", "f", 'd'},
                              {"f64.convert_i32_s", "i", 'd'},
                              {"i32.trunc_sat_f64_s", "d", 'i'},
                              {"i64.trunc_f64_s", "d", 'l'},
                              {"i32.reinterpret_f32", "f", 'i'},
                              {"f64.reinterpret_i64", "l", 'd'},
                              {"i32x4.add", "vv", 'v'},
                              {"v128.xor", "vv", 'v'},
                              {"v128.bitselect", "vvv", 'v'},
                              {"i32x4.splat", "i", 'v'},
                              {"i32x4.extract_lane 2", "v", 'i'},
                              {"f64x2.replace_lane 1", "vd", 'v'},
                              {"i16x8.shl", "vi", 'v'},
                              {"i32x4.replace_lane 3", "vi", 'v'},
                              {"f64x2.extract_lane 0", "v", 'd'}};
    Apply(kOps[Below(std::size(kOps))]);
  }

  // Accesses, many of them at sums and scaled sums.
  void Address() {
    if (Chance(4)) {
      Line(Chance(2) ? "i32.const 64" : "i32.const 65534");
      stack_ += 'i';
    } else {
      Want("i");
      Line("i32.const 255\ni32.and");
      switch (Below(4)) {
        case 0:
          Line("i32.const " + std::to_string(static_cast<int>(Below(64)) - 8) + "\ni32.add");
          break;
        case 1: {
          const int other = LocalOf('i', false);
          Line("local.get " + LocalName(other) + "\ni32.const 127\ni32.and\ni32.const " + std::to_string(Below(4)) +
               "\ni32.shl\ni32.add");
          break;
        }
        case 2:
          Line("local.get " + LocalName(LocalOf('i', false)) + "\ni32.add");
          break;
        default:
          break;
      }
    }
    static const Op kLoads[] = {{"i32.load", "i", 'i'},        {"i32.load8_s", "i", 'i'},  {"i32.load16_u", "i", 'i'},
                                {"i64.load", "i", 'l'},        {"i64.load32_u", "i", 'l'}, {"i64.load16_s", "i", 'l'},
                                {"f64.load", "i", 'd'},        {"f32.load", "i", 'f'},     {"v128.load", "i", 'v'},
                                {"v128.load32_zero", "i", 'v'}};
    static const Op kStores[] = {{"i32.store", "i", 'i'},   {"i32.store8", "i", 'i'}, {"i64.store", "i", 'l'},
                                 {"i64.store16", "i", 'l'}, {"f64.store", "i", 'd'},  {"f32.store", "i", 'f'},
                                 {"v128.store", "i", 'v'}};
    const std::string offset = Chance(3) ? "" : Chance(6) ? " offset=40000" : " offset=" + std::to_string(Below(64));
    if (Chance(2)) {
      const Op& op = kLoads[Below(std::size(kLoads))];
      Line(op.name + offset);
      Replace(1, {op.result});
      return;
    }
    if (Chance(5)) {
      PushValue('v');
      const bool load = Chance(2);
      Line((load ? "v128.load16_lane" : "v128.store64_lane") + offset + (load ? " 5" : " 1"));
      Replace(2, load ? "v" : "");
      return;
    }
    const Op& op = kStores[Below(std::size(kStores))];
    PushValue(op.result);
    if (op.result == 'i' && Chance(2)) Line("i32.const 5\ni32.mul");
    Line(op.name + offset);
    Replace(2, "");
  }

  void Structure() {
    const uint32_t kind = Below(3);
    if (kind == 2) Want("i");
    if (kind == 2) stack_.pop_back();
    const auto taken = static_cast<size_t>(Below(3));
    const std::string params = stack_.substr(stack_.size() - std::min(taken, Room()));
    const std::string results = Types(2);
    static const char* const kWords[] = {"block", "loop", "if"};
    Line(kWords[kind] + List("param", params) + List("result", results));
    blocks_.push_back({stack_.size() - params.size(), kind == 1 ? params : results, kind == 1});
    Sequence(results);
    if (kind == 1 && Chance(2)) {
      // Once more, while the fuel lasts.
      Settle(params);
      Line("local.get 0\ni32.const 1\ni32.sub\nlocal.tee 0\ni32.const 0\ni32.gt_s\nbr_if 0");
      Settle(results);
    }
    if (kind == 2) {
      stack_.resize(blocks_.back().height);
      stack_ += params;
      Line("else");
      Sequence(results);
    }
    Line("end");
    stack_.resize(blocks_.back().height);
    stack_ += results;
    blocks_.pop_back();
  }

  void Branch() {
    if (Chance(6)) {
      Table();
      return;
    }
    const uint32_t depth = Depth();
    const Block& b = blocks_[blocks_.size() - 1 - depth];
    if (b.loop) return;
    Want(b.label);
    switch (Below(4)) {
      case 0:
        PushValue('i');
        break;
      case 1:
        PushValue('i');
        PushValue('i');
        Line(Chance(2) ? "i32.lt_u" : "i32.and");
        stack_.pop_back();
        break;
      case 2:
        PushValue('d');
        PushValue('d');
        Line("f64.gt");
        Replace(2, "i");
        break;
      default:
        PushValue('l');
        PushValue('l');
        Line("i64.and\ni64.eqz");
        Replace(2, "i");
    }
    if (Chance(3)) Line("i32.eqz");
    Line("br_if " + std::to_string(depth));
    stack_.pop_back();
  }

  void Table() {
    // Labels of one type, then dead code up to the end: put into a block of its own.
    const uint32_t first = Depth();
    const std::string label = blocks_[blocks_.size() - 1 - first].label;
    std::string targets;
    for (uint32_t d = 0; d < blocks_.size(); ++d) {
      const Block& b = blocks_[blocks_.size() - 1 - d];
      if (!b.loop && b.label == label && Chance(2)) targets += " " + std::to_string(d + 1);
    }
    Line("block" + List("result", label));
    for (const char t : label) PushValue(t);
    PushValue('i');
    Line("br_table 0" + targets + " " + std::to_string(first + 1));
    Line("end");
    stack_.pop_back();
  }

  // A counted loop.
  void Counter() {
    const int i = LocalOf('i', true);
    if (i < 0) return;
    const std::string name = LocalName(i);
    Line("i32.const " + std::to_string(Below(4)) + "\nlocal.set " + name + "\nloop");
    blocks_.push_back({stack_.size(), "", true});
    const int other = LocalOf('l', true);
    if (other >= 0) {
      Line("local.get " + LocalName(other) + "\nlocal.get " + name + "\ni64.extend_i32_u\ni64.add\nlocal.set " +
           LocalName(other));
    }
    if (Chance(3)) {
      // Left in the middle, and back by a jump. The values of the loop's label are none.
      static const char* const kExits[] = {"i32.const 5\ni32.ge_u", "i32.const 3\ni32.and\ni32.const 3\ni32.eq",
                                           "f64.convert_i32_u\nf64.const 3.5\nf64.gt",
                                           "i64.extend_i32_u\ni64.const 4\ni64.gt_s"};
      Line("block\nloop\nlocal.get " + name + "\ni32.const 1\ni32.add\nlocal.tee " + name + "\n" + kExits[Below(4)] +
           "\nbr_if 1\nbr 0\nend\nend");
      Line("end");
      blocks_.pop_back();
      return;
    }
    switch (Below(3)) {
      case 0:
        Line("local.get " + name + "\ni32.const 1\ni32.add\nlocal.tee " + name + "\ni32.const 5\ni32.lt_u\nbr_if 0");
        break;
      case 1:
        Line("local.get " + name + "\ni32.const 1\ni32.add\nlocal.set " + name + "\ni32.const 6\nlocal.get " + name +
             "\ni32.gt_s\nbr_if 0");
        break;
      default:
        Line("local.get " + name + "\ni32.const -1\ni32.add\nlocal.tee " + name + "\ni32.const 0\ni32.gt_s\nbr_if 0");
    }
    Line("end");
    blocks_.pop_back();
  }

  void Globals() {
    switch (Below(5)) {
      case 0: {
        const int local = LocalOf('i', true);
        Line("global.get $sp\ni32.const 16\ni32.sub");
        if (local >= 0) Line("local.tee " + LocalName(local));
        Line("global.set $sp");
        break;
      }
      case 1:
        Want("i");
        Line("i32.const 32\ni32.add\nglobal.set $sp");
        stack_.pop_back();
        break;
      case 2:
        Want("d");
        Line("global.set $gd");
        stack_.pop_back();
        break;
      case 3:
        Line("global.get $gv\nglobal.get $gl");
        stack_ += "vl";
        break;
      default:
        Line("global.get $sp");
        stack_ += 'i';
    }
  }

  void Call() {
    if (function_ >= 3) return;
    const auto callee = static_cast<size_t>(function_ + 1 + Below(static_cast<uint32_t>(3 - function_)));
    const Signature& s = signatures[callee];
    Want(s.params);
    if (Chance(4)) {
      Line("i32.const " + std::to_string(callee) + "\ncall_indirect (type $t" + std::to_string(callee) + ")");
    } else {
      Line("call " + std::to_string(callee));
    }
    Replace(s.params.size(), s.results);
  }

  // --- exceptions

  void Exceptional() {
    const uint32_t kind = Below(5);
    if (kind >= 3 && (blocks_.size() > 1 || Chance(3))) return Throw();
    if (blocks_.size() >= 8) return;
    kind == 0 ? LegacyTry() : TryTable();
  }

  // In an arm of its own, for what follows is dead.
  void Throw() {
    PushValue('i');
    stack_.pop_back();
    Line("if");
    blocks_.push_back({stack_.size(), "", false});
    const int kind = Chance(4) ? 1 : 0;
    uint32_t rethrown = 0;
    while (rethrown < blocks_.size() && !blocks_[blocks_.size() - 1 - rethrown].in_catch) ++rethrown;
    if (rethrown < blocks_.size() && Chance(2)) {
      Line("rethrow " + std::to_string(rethrown));
    } else if (kind == 1) {
      PushValue('x');
      Line("throw_ref");
    } else {
      const uint32_t tag = Below(3);
      for (const char t : tags_[tag]) PushValue(t);
      Line("throw " + std::to_string(tag));
    }
    stack_.resize(blocks_.back().height);
    Line("end");
    blocks_.pop_back();
  }

  // A clause of a random kind, and what it hands to its label.
  std::string Clause(std::string* types) {
    static const char* const kWords[] = {"catch ", "catch_ref ", "catch_all", "catch_all_ref"};
    const uint32_t kind = Below(4), tag = Below(3);
    *types = kind < 2 ? tags_[tag] : "";
    if (kind % 2 == 1) *types += 'x';
    return " (" + (kWords[kind] + (kind < 2 ? std::to_string(tag) : "")) + " ";
  }

  // Clauses to labels that happen to have the right types; to loops seldom, for they may never end.
  std::string OtherClauses() {
    std::string out;
    for (uint32_t n = Below(3); n > 0; --n) {
      std::string types;
      const std::string clause = Clause(&types);
      for (uint32_t d = 0; d < blocks_.size(); ++d) {
        const Block& b = blocks_[blocks_.size() - 1 - d];
        if (b.label != types || (b.loop && !Chance(6))) continue;
        out += clause + std::to_string(d) + ")";
        break;
      }
    }
    return out;
  }

  void TryTable() {
    std::string label;
    const std::string clause = Clause(&label) + "0)";
    Line("block" + List("result", label));
    blocks_.push_back({stack_.size(), label, false});
    for (uint32_t n = Below(3); n > 0; --n) PushValue(Type());
    const std::string params = stack_.substr(stack_.size() - Below(static_cast<uint32_t>(Room()) + 1));
    const std::string results = Types(2);
    const std::string before = OtherClauses(), after = OtherClauses();
    Line("try_table" + List("param", params) + List("result", results) + before + clause + after);
    blocks_.push_back({stack_.size() - params.size(), results, false});
    Sequence(results);
    Line("end");
    stack_.resize(blocks_.back().height);
    stack_ += results;
    blocks_.pop_back();
    Sequence(label);
    Line("end");
    stack_.resize(blocks_.back().height);
    stack_ += label;
    blocks_.pop_back();
  }

  void LegacyTry() {
    const std::string params = stack_.substr(stack_.size() - Below(static_cast<uint32_t>(Room()) + 1));
    const std::string results = Types(2);
    Line("try" + List("param", params) + List("result", results));
    blocks_.push_back({stack_.size() - params.size(), results, false});
    Sequence(results);
    const size_t height = blocks_.back().height;
    if (Chance(4)) {
      blocks_.pop_back();
      Line("delegate " + std::to_string(Below(static_cast<uint32_t>(blocks_.size()))));
    } else {
      const uint32_t arms = Below(3);
      for (uint32_t n = 0; n <= arms; ++n) {
        const uint32_t tag = Below(3);
        const bool all = n == arms && Chance(2);
        Line(all ? "catch_all" : "catch " + std::to_string(tag));
        blocks_.back().in_catch = true;
        stack_.resize(height);
        if (!all) stack_ += tags_[tag];
        Sequence(results);
      }
      blocks_.pop_back();
      Line("end");
    }
    stack_.resize(height);
    stack_ += results;
  }

  void References() {
    switch (Below(3)) {
      case 0:
        Apply({"ref.is_null", "r", 'i'});
        break;
      case 1:
        Line("i32.const " + std::to_string(Below(7)) + "\ntable.get $t");
        stack_ += 'r';
        break;
      default:
        // Beyond the functions that are called indirectly.
        Line("i32.const " + std::to_string(4 + Below(2)));
        PushValue('r');
        Line("table.set $t");
        stack_.pop_back();
    }
  }

  std::mt19937 random_;
  std::vector<std::string> tags_;  // types of their values
  size_t function_ = 0;
  std::string locals_;
  int params_ = 0;
  std::string body_;
  std::string stack_;
  std::vector<Block> blocks_;
  int budget_ = 0;
};

}  // namespace cvm
