;; The smallest guest that waits: sleep(id, when) notes `id` in its memory, waits in wasi:io/poll until the monotonic
;; clock shows `when`, and answers the id that its memory still holds.
(component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $pollable (sub resource)))
    (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (alias outer 1 $pollable (type $outer))
    (export "pollable" (type $pollable (eq $outer)))
    (export "subscribe-instant" (func (param "when" u64) (result (own $pollable))))))
  (core module $libc
    (memory (export "memory") 1)
    ;; Results of poll lie at 1024, whatever their number: there is one.
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $poll (canon lower (func $poll "poll") (memory $memory) (realloc $realloc)))
  (core func $subscribe (canon lower (func $clock "subscribe-instant")))
  (core func $drop (canon resource.drop $pollable))
  (core module $m
    (import "libc" "memory" (memory 1))
    (import "wasi" "poll" (func $poll (param i32 i32 i32)))
    (import "wasi" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "wasi" "drop" (func $drop (param i32)))
    (func (export "sleep") (param $id i32) (param $when i64) (result i32)
      (i32.store (i32.const 0) (local.get $id))
      ;; A list of one handle at 16; the pointer and length of the result at 32.
      (i32.store (i32.const 16) (call $subscribe (local.get $when)))
      (call $poll (i32.const 16) (i32.const 1) (i32.const 32))
      (if (i32.ne (i32.load (i32.const 36)) (i32.const 1)) (then unreachable))
      (if (i32.load (i32.load (i32.const 32))) (then unreachable))
      (call $drop (i32.load (i32.const 16)))
      (i32.load (i32.const 0))))
  (core instance $i (instantiate $m
    (with "libc" (instance $libc))
    (with "wasi" (instance
      (export "poll" (func $poll)) (export "subscribe" (func $subscribe)) (export "drop" (func $drop))))))
  (func (export "sleep") (param "id" u32) (param "when" u64) (result u32) (canon lift (core func $i "sleep")))
)
