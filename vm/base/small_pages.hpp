// Apart from pages.hpp, which nearly every file includes.
#pragma once

#include "vm/base/pages.hpp"

namespace cvm {

// Asks the system to back `reservation` with its smallest pages, as they are touched: for ranges of which there are
// thousands, each touched in a few places. (Where huge pages are always on, one touch of such a range would take 2 MiB.)
// A hint: nothing is lost where it does not work.
void PreferSmallPages(const Reservation& reservation);

}  // namespace cvm
