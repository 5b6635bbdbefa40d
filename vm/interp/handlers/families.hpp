// The handler families, each in a file of its own. handler_table.cpp calls them all.
#pragma once

#include "vm/regcode/handlers.hpp"

namespace cvm {

void AddIntegerHandlers(HandlerTable& table);
void AddFloatHandlers(HandlerTable& table);
void AddConvertHandlers(HandlerTable& table);
void AddSimdIntegerHandlers(HandlerTable& table);
void AddSimdOtherHandlers(HandlerTable& table);
void AddMoveHandlers(HandlerTable& table);
void AddBranchHandlers(HandlerTable& table);
void AddFloatBranchHandlers(HandlerTable& table);
void AddLoadHandlers(HandlerTable& table);
void AddStoreHandlers(HandlerTable& table);
void AddIndexedHandlers(HandlerTable& table);
void AddSlowMemoryHandlers(HandlerTable& table);
void AddCallHandlers(HandlerTable& table);
void AddReturnCallHandlers(HandlerTable& table);
void AddTableHandlers(HandlerTable& table);
void AddObjectHandlers(HandlerTable& table);
void AddExceptionHandlers(HandlerTable& table);
void AddWideHandlers(HandlerTable& table);
void AddAtomicHandlers(HandlerTable& table);

// Replaces the handlers of all operations that may make a NaN.
void ReplaceNanHandlers(HandlerTable& table);

}  // namespace cvm
