;; A plug-in: the price of a cart, by a rate that the host knows.
(module
  (import "host" "rate" (func $rate (param i32) (result f64)))
  (import "host" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "priced")
  (func (export "price") (param $quantity i32) (param $currency i32) (result f64)
    (call $log (i32.const 0) (i32.const 6))
    (f64.mul (f64.convert_i32_s (local.get $quantity)) (call $rate (local.get $currency))))
  (func (export "share") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1))))
