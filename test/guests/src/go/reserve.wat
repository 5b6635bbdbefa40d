;; Merged into a Go module before `component new`, so that the preview-1 adapter's state has a place of its own.
;; Go's allocator takes linear memory upwards from its data, whoever else asked for pages in between; the adapter's state,
;; put there by memory.grow, would be overwritten. This reserves room far above the heap at start (256 MiB above what is
;; there, never touched until used) and gives it out by the function the adapter looks for.
(module
  (import "main" "memory" (memory 0))
  (global $p (mut i32) (i32.const 0))
  (func $reserve
    (global.set $p (i32.mul (i32.const 65536) (i32.add (i32.const 4096) (memory.grow (i32.const 4112))))))
  (func (export "cabi_realloc_adapter")
        (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $q i32)
    (local.set $q (i32.and
      (i32.add (global.get $p) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $p (i32.add (local.get $q) (local.get $size)))
    (local.get $q))
  (start $reserve))
