include(CvmBindgen)
cvm_wasi_headers(wasi_world)
