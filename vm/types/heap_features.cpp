#include "vm/types/heap_features.hpp"

namespace cvm {

Feature FeatureOf(HeapKind kind) {
  switch (kind) {
    case HeapKind::kFunc:
    case HeapKind::kExtern:
      return Feature::kReferenceTypes;
    case HeapKind::kExn:
    case HeapKind::kNoExn:
      return Feature::kExceptions;
    case HeapKind::kConcrete:
      return Feature::kFunctionReferences;
    default:
      return Feature::kGc;
  }
}

Feature FeatureOf(HeapType type) { return type.exact ? Feature::kCustomDescriptors : FeatureOf(type.kind); }

}  // namespace cvm
