// The twin: cvm once more, with the other kind of dispatch (the portable loop beside tail calls, or the other way
// round), as a shared library that shows nothing but this function.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
// Makes the plan of `seed` for the module, follows it and gives `take` the transcript (test/differential). What cannot
// be loaded gives "refused …".
__attribute__((visibility("default"))) void cvm_twin_run(const uint8_t* module, size_t size, const uint8_t* environment,
                                                         size_t environment_size, uint64_t seed, int calls,
                                                         void (*take)(void* into, const char* text, size_t size),
                                                         void* into);
}
