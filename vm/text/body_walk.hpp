// Private to vm/text: reads the instructions of a body in order for the printers, checks that blocks nest, and keeps
// what is in scope. Lives while one body is printed.
#pragma once

#include <vector>

#include "vm/text/printer.hpp"

namespace cvm::text {

class BodyWalk {
 public:
  // What an instruction does to the nesting.
  enum class Role : uint8_t {
    kPlain,
    kOpen,    // block, loop, if, try, try_table
    kMiddle,  // else, catch, catch_all
    kClose,   // end, delegate
    kLast,    // the final end
  };

  BodyWalk(const PrintContext& cx, BodyScope* scope, const Expr& body, const Hints& hints)
      : cx_(cx), scope_(*scope), in_(body.bytes, body.offset), begin_(body.offset), hints_(hints) {}

  // Moves to the next instruction; false behind the last.
  Result<bool> Next();

  const Instr& instr() const { return instr_; }
  Role role() const { return role_; }
  const std::string& text() const { return text_; }
  // "(@metadata.code.branch_hint "\01") ", or "".
  const std::string& hint() const { return hint_; }
  // Open blocks; of the block itself for what opens it, of what is around it for the rest.
  size_t depth() const { return role_ == Role::kOpen ? open_.size() - 1 : open_.size(); }

 private:
  Result<void> Enter();
  Result<void> Leave();
  Result<void> Divide();
  void TakeHint();
  Error Misplaced() const { return MalformedError(instr_.offset, "misplaced " + std::string(instr_.info().text)); }

  const PrintContext& cx_;
  BodyScope& scope_;
  Reader in_;
  const uint64_t begin_;
  const Hints& hints_;
  size_t next_hint_ = 0;
  Instr instr_;
  Role role_ = Role::kPlain;
  std::string text_;
  std::string hint_;
  struct Block {
    Opcode op;
    bool divided = false;  // its else, or a catch, was met
  };
  std::vector<Block> open_;
};

}  // namespace cvm::text
