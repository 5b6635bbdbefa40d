# Generated bindings, as an embedder has them.
include(CvmBindgen)
cvm_bindgen(test_component_host ${cvm_SOURCE_DIR}/examples/embed/shop.wit
            ARGS --suspending ${cvm_SOURCE_DIR}/test/component/host/shop_suspending.txt)
cvm_bindgen(test_component_host ${cvm_SOURCE_DIR}/test/golden/bindgen/shapes.wit
            ARGS --suspending ${cvm_SOURCE_DIR}/test/golden/bindgen/shapes.txt)
