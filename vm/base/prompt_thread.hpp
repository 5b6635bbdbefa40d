// Threads that others rely on to be prompt.
#pragma once

namespace cvm {

// Asks the system to run the calling thread as soon as it wakes, also where every processor is busy: real-time
// scheduling of the lowest priority. For threads that nearly always sleep. Where the process may not have that, nothing
// changes.
void MakeThreadPrompt();

}  // namespace cvm
