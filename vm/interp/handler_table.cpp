#include "vm/interp/handlers/families.hpp"
#include "vm/interp/interpret.hpp"

namespace cvm {

const HandlerTable& Handlers() {
  static const HandlerTable* table = [] {
    auto* t = new HandlerTable;   // never destroyed: code that names its handlers may outlive static destruction
    AddIntegerHandlers(*t);
    AddFloatHandlers(*t);
    AddConvertHandlers(*t);
    AddSimdIntegerHandlers(*t);
    AddSimdOtherHandlers(*t);
    AddMoveHandlers(*t);
    AddBranchHandlers(*t);
    AddFloatBranchHandlers(*t);
    AddLoadHandlers(*t);
    AddStoreHandlers(*t);
    AddIndexedHandlers(*t);
    AddSlowMemoryHandlers(*t);
    AddCallHandlers(*t);
    AddReturnCallHandlers(*t);
    AddTableHandlers(*t);
    AddObjectHandlers(*t);
    AddExceptionHandlers(*t);
    AddWideHandlers(*t);
    AddAtomicHandlers(*t);
    return t;
  }();
  return *table;
}

const HandlerTable& CanonicalHandlers() {
  static const HandlerTable* table = [] {
    auto* t = new HandlerTable(Handlers());
    ReplaceNanHandlers(*t);
    return t;
  }();
  return *table;
}

}  // namespace cvm
