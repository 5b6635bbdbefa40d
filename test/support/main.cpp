#define CATCH_CONFIG_MAIN
// The interpreter's fault handler must stay in place: Catch would put its own over it for each test case.
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#include <catch2/catch.hpp>
