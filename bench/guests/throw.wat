;; Exceptions: a step throws 1,000 times through `size` frames, each time caught by one that catches in a loop.
(module
  (tag $e (param i32))
  (global $depth (mut i32) (i32.const 0))
  (func $down (param $depth i32) (param $v i32) (result i32)
    (if (i32.eqz (local.get $depth)) (then (throw $e (local.get $v))))
    (i32.add (call $down (i32.sub (local.get $depth) (i32.const 1)) (local.get $v)) (i32.const 1)))
  (func (export "setup") (param $size i32) (global.set $depth (i32.sub (local.get $size) (i32.const 1))))
  (func (export "step") (param $i i32) (result i32) (local $sum i32) (local $n i32)
    (local.set $n (i32.const 1000))
    (loop $more
      (local.set $sum (i32.add (local.get $sum)
        (block $caught (result i32)
          (try_table (result i32) (catch $e $caught) (call $down (global.get $depth) (local.get $i))))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
