// Printing a module in the text format: the inverse of ParseModule.
//
// Names of the module become identifiers; one that is not unique in its index space, or empty, becomes a name
// annotation. Parsing what was printed gives a module that encodes to the same bytes, but for what text has no words
// for: runs of locals of one type are merged, integers of more bytes than needed get the bytes they need, a data count
// section is there if there are data segments, names of indices that do not exist are dropped, custom sections stand
// last.
//
// Pure functions; safe from any thread. Work and text are proportional to the module (indentation is bounded).
#pragma once

#include <string>

#include "vm/isa/instr.hpp"
#include "vm/module/module.hpp"

namespace cvm {

struct PrintOptions {
  bool folded = false;  // (i32.add (local.get 0) …) rather than one instruction a line
};

// Fails where a body or a constant expression cannot be read, or where its blocks do not nest. The module need not be
// valid.
Result<std::string> PrintModule(const ModuleData& module, const Features& features, const PrintOptions& options = {});
// The same for a module that stands in another text: its line is at `depth`, and `open` stands for "(module" and the
// name, which is not printed. No line break at the end.
Result<std::string> PrintModuleAt(int depth, std::string open, const ModuleData& module, const Features& features,
                                  const PrintOptions& options = {});

// The instructions of a function, one text each, in order, with their offsets in the file: for listings. The final
// `end` is among them; indented by nesting. REQUIRES: func is not imported.
struct PrintedInstr {
  uint64_t offset;
  std::string text;
};
Result<std::vector<PrintedInstr>> PrintBody(const ModuleData& module, FuncIndex func, const Features& features);

}  // namespace cvm
