(module
  (rec
    (type (;0;) (struct (field (mut i8)) (field (mut i8)) (field i16) (field i16) (field (mut i8)) (field i8) (field nullref) (field i16) (field i64) (field (mut i32)) (field i16) (field (mut i8)) (field (mut i16)) (field (mut i8)) (field i64) (field i16)))
    (type (;1;) (sub (array (mut i16))))
    (type (;2;) (sub (array (mut i8))))
    (type (;3;) (func))
    (type (;4;) (sub (struct (field i16) (field (mut i8)) (field (mut i32)))))
    (type (;5;) (sub (array (mut i8))))
    (type (;6;) (sub (struct (field i8) (field (mut i8)))))
    (type (;7;) (sub (array (mut i16))))
    (type (;8;) (array nullexternref))
  )
  (global (;0;) (mut i32) i32.const 0)
  (global (;1;) (mut i64) i64.const 0)
  (global (;2;) (mut v128) v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
  (global (;3;) (mut i32) i32.const 1000)
  (export "\u{8}" (func 0))
  (export "" (func 1))
  (export "2" (func 2))
  (export "3" (func 3))
  (export "4" (func 4))
  (export "5" (func 5))
  (export "6" (func 6))
  (export "7" (func 7))
  (export "8" (global 0))
  (export "\u{1b}\u{10}$\u{8}" (global 1))
  (export "\u{13}" (global 2))
  (export "cvm:fuel" (global 3))
  (start 1)
  (func (;0;) (type 3)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    i64.const 9221120237041090560
    i64.popcnt
    i64.extend8_s
    atomic.fence
    ref.null any
    loop ;; label = @1
      global.get 3
      i32.eqz
      if ;; label = @2
        unreachable
      end
      global.get 3
      i32.const 1
      i32.sub
      global.set 3
    end
    i32.const 516969095
    data.drop 1
    i32.eqz
    global.get 0
    i32.xor
    global.set 0
    drop
    global.get 1
    i64.xor
    global.set 1
  )
  (func (;1;) (type 3)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    i32.const -262145
    i64.extend_i32_s
    i64.extend8_s
    return
    loop ;; label = @1
      global.get 3
      i32.eqz
      if ;; label = @2
        unreachable
      end
      global.get 3
      i32.const 1
      i32.sub
      global.set 3
      v128.const i32x4 0x48143875 0xbe402aab 0x090f2e13 0xe5ee2aa4
      i32.const 128
      try_table (catch_all 1) (catch_all 1) ;; label = @2
        struct.new_default 6
        loop (type 3) ;; label = @3
          global.get 3
          i32.eqz
          if ;; label = @4
            unreachable
          end
          global.get 3
          i32.const 1
          i32.sub
          global.set 3
        end
        drop
      end
      global.get 0
      i32.xor
      global.set 0
      global.get 2
      v128.xor
      global.set 2
    end
    global.get 1
    i64.xor
    global.set 1
  )
  (func (;2;) (type 3)
    (local i32 i64 v128 v128 i64 v128)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    v128.const i32x4 0x6e611c18 0x4e8b9631 0x46a49e80 0x1f36b7c2
    return_call 3
    try_table (type 3) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) ;; label = @1
      ref.null nofunc
      try_table (catch_all 1) (catch_all 1) (catch_all 1) (catch_all 1) (catch_all 1) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) ;; label = @2
        local.get 5
        block (result i32) ;; label = @3
          br 1 (;@2;)
          i64.const 1284709665872538573
          ref.null noextern
          drop
          global.get 1
          i64.xor
          global.set 1
          i32.const 32767
        end
        global.get 0
        i32.xor
        global.set 0
        global.get 2
        v128.xor
        global.set 2
      end
      drop
    end
    global.get 2
    v128.xor
    global.set 2
  )
  (func (;3;) (type 3)
    (local (ref null 7) v128 (ref null 3))
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    block ;; label = @1
      i32.const 1161150766
      br_if 1
      block (result i32) ;; label = @2
        block (result v128) ;; label = @3
          struct.new_default 4
          nop
          struct.new_default 6
          extern.convert_any
          ref.as_non_null
          drop
          drop
          v128.const i32x4 0x47772bfb 0xfe1bb14b 0xe6bf28fb 0x8df0b15d
        end
        global.get 2
        v128.xor
        global.set 2
        i32.const 16383
      end
      global.get 0
      i32.xor
      global.set 0
    end
  )
  (func (;4;) (type 3)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    data.drop 0
    v128.const i32x4 0xcbe2a1b1 0xca3a5eeb 0x8f001e40 0x606cfba1
    call 4
    br 0
    loop ;; label = @1
      global.get 3
      i32.eqz
      if ;; label = @2
        unreachable
      end
      global.get 3
      i32.const 1
      i32.sub
      global.set 3
      br 0 (;@1;)
      ref.null array
      br_on_null 1
      loop (type 3) ;; label = @2
        global.get 3
        i32.eqz
        if ;; label = @3
          unreachable
        end
        global.get 3
        i32.const 1
        i32.sub
        global.set 3
        call 5
      end
      drop
    end
    global.get 2
    v128.xor
    global.set 2
  )
  (func (;5;) (type 3)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    try_table (type 3) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) ;; label = @1
      call 6
      i64.const -512
      return_call 4
      nop
      block (result structref) ;; label = @2
        i32.const 902132300
        if ;; label = @3
          try_table (result v128) ;; label = @4
            data.drop 0
            v128.const i32x4 0x00000000 0xfc000000 0xffffffff 0xfffffbff
          end
          global.get 2
          v128.xor
          global.set 2
        end
        ref.null struct
      end
      drop
      global.get 1
      i64.xor
      global.set 1
    end
  )
  (func (;6;) (type 3)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    block (result (ref null 2)) ;; label = @1
      atomic.fence
      i32.const -2
      loop (result (ref null 0)) ;; label = @2
        global.get 3
        i32.eqz
        if ;; label = @3
          unreachable
        end
        global.get 3
        i32.const 1
        i32.sub
        global.set 3
        loop (result i64) ;; label = @3
          global.get 3
          i32.eqz
          if ;; label = @4
            unreachable
          end
          global.get 3
          i32.const 1
          i32.sub
          global.set 3
          loop (result v128) ;; label = @4
            global.get 3
            i32.eqz
            if ;; label = @5
              unreachable
            end
            global.get 3
            i32.const 1
            i32.sub
            global.set 3
            br 1 (;@3;)
            struct.new_default 4
            block (result i32) ;; label = @5
              call 3
              i32.const 42884588
            end
            global.get 0
            i32.xor
            global.set 0
            drop
            v128.const i32x4 0x0000ffff 0x00000000 0x00002000 0x00000000
          end
          global.get 2
          v128.xor
          global.set 2
          i64.const -52897924270522415
        end
        global.get 1
        i64.xor
        global.set 1
        ref.null 0
      end
      drop
      global.get 0
      i32.xor
      global.set 0
      ref.null 2
    end
    drop
  )
  (func (;7;) (type 3)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    call 5
    atomic.fence
    return_call 2
    loop (type 3) ;; label = @1
      global.get 3
      i32.eqz
      if ;; label = @2
        unreachable
      end
      global.get 3
      i32.const 1
      i32.sub
      global.set 3
      v128.const i32x4 0x0eaf444e 0x6d0870ce 0x991bfc02 0x37f932b2
      block (result (ref null 7)) ;; label = @2
        return_call 5
        loop (type 3) ;; label = @3
          global.get 3
          i32.eqz
          if ;; label = @4
            unreachable
          end
          global.get 3
          i32.const 1
          i32.sub
          global.set 3
          call 1
          i32.const 952303032
          global.get 0
          i32.xor
          global.set 0
        end
        ref.null 7
      end
      drop
      global.get 2
      v128.xor
      global.set 2
    end
  )
  (data (;0;) "\92")
  (data (;1;) "0l\9b")
)
