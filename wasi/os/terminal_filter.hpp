// TerminalFilter: makes bytes of a guest harmless to the terminal of the person who runs it (security row HST-07).
//
// A terminal obeys what it is shown: escape sequences retitle windows, move the cursor over earlier output, answer back
// as if typed. So every control character but tab, line feed and carriage return is replaced by its visible picture:
// C0 and DEL by U+2400 and on, C1 (in UTF-8 as well as the bare bytes) and ill-formed UTF-8 by U+FFFD. Ill-formed text
// must go because terminals in 8-bit mode read bare bytes 0x80 to 0x9F as C1. The filter carries a character that a
// write cuts in two over to the next write. Owned by one sink; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace cvm::wasi {

class TerminalFilter {
 public:
  // Appends the harmless form of `bytes` to `out`; at most three bytes are held back.
  void Filter(std::span<const uint8_t> bytes, std::string* out);
  // Ends the text: what is held back can no longer become a character.
  void Finish(std::string* out);

 private:
  std::string held_;  // a proper prefix of a UTF-8 sequence, or empty
};

}  // namespace cvm::wasi
