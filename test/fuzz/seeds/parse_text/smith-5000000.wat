(module
  (rec
    (type (;0;) (sub (struct (field i64) (field (mut i32)) (field i8) (field (mut i16)) (field i16) (field (mut i8)) (field (mut i16)) (field i8) (field funcref) (field i16) (field (mut i16)))))
    (type (;1;) (sub (struct (field (mut i8)) (field (mut i8)) (field i64) (field i16) (field i32) (field i64) (field (mut i32)) (field (mut anyref)) (field i16) (field i8) (field (mut i32)))))
    (type (;2;) (func (result i32 i64 i31ref i32)))
    (type (;3;) (array i8))
    (type (;4;) (sub (array i64)))
    (type (;5;) (sub (func (param arrayref))))
    (type (;6;) (sub (array i16)))
    (type (;7;) (func (param i32 i64)))
    (type (;8;) (func (param i32) (result i64 i64)))
    (type (;9;) (sub (struct (field i16) (field i16) (field i16) (field (mut i8)) (field (mut i32)) (field (mut i16)) (field i32) (field i16) (field (mut i16)) (field (mut i8)) (field (mut i64)) (field (mut i8)) (field i16) (field (mut i16)) (field i16) (field (mut i8)) (field (mut i8)) (field i16) (field (mut i8)))))
    (type (;10;) (array (mut i64)))
    (type (;11;) (sub (struct (field (mut i16)) (field (mut i8)) (field (mut i32)) (field i8) (field i31ref) (field (mut i16)) (field (mut i8)) (field (mut i32)) (field i64) (field (mut (ref null 3))) (field i8) (field (mut i8)) (field i32) (field arrayref) (field i8) (field (mut i8)) (field i16) (field (mut i64)))))
    (type (;12;) (struct (field i8) (field (mut i16)) (field (ref null 1)) (field (mut i16)) (field i16) (field i8) (field i8) (field i8) (field (mut i16)) (field (mut i16)) (field (mut i16)) (field i32)))
    (type (;13;) (array (mut i32)))
    (type (;14;) (func (param structref i64) (result i32)))
    (type (;15;) (array i32))
    (type (;16;) (struct (field externref) (field (mut i16)) (field (mut i16)) (field i8) (field (mut i16)) (field (mut i8)) (field (mut i32)) (field i64) (field i32)))
    (type (;17;) (sub (array i16)))
    (type (;18;) (array (mut eqref)))
    (type (;19;) (sub (array i8)))
    (type (;20;) (func (param i64) (result structref)))
    (type (;21;) (struct (field (mut i16)) (field i16) (field (mut i16)) (field (mut i16)) (field (mut i8)) (field i8) (field i8) (field (mut i16)) (field i8) (field (mut i31ref)) (field i16) (field (mut i16)) (field (mut i16)) (field (mut (ref null 6))) (field i8) (field i32)))
    (type (;22;) (struct (field i16) (field (mut i8)) (field i16) (field i8) (field (mut i8)) (field i8)))
    (type (;23;) (sub (array (mut i16))))
    (type (;24;) (sub (struct (field (ref null 17)) (field i16) (field (mut i8)))))
    (type (;25;) (struct (field i16) (field (mut nullref)) (field (mut i8)) (field (mut i64))))
    (type (;26;) (struct (field (mut i32)) (field externref) (field (mut i16)) (field (mut i8)) (field i64) (field i16)))
    (type (;27;) (func (result (ref null 23))))
  )
  (rec)
  (rec
    (type (;28;) (sub 1 (struct (field (mut i8)) (field (mut i8)) (field i64) (field i16) (field i32) (field i64) (field (mut i32)) (field (mut anyref)) (field i16) (field i8) (field (mut i32)) (field i8) (field (mut i8)) (field (mut i8)) (field i16))))
    (type (;29;) (func (param i64)))
  )
  (tag (;0;) (type 7) (param i32 i64))
  (global (;0;) i64 i64.const -8081592903040558911)
  (global (;1;) (mut i32) i32.const 0)
  (global (;2;) (mut i64) i64.const 0)
  (global (;3;) (mut i32) i32.const 2000)
  (export "" (func 0))
  (export "\u{1e}" (global 1))
  (export "2" (global 2))
  (export "cvm:fuel" (global 3))
  (func (;0;) (type 14) (param structref i64) (result i32)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    global.get 0
    local.get 0
    i64.const -775216363604162776
    local.get 0
    array.new_fixed 18 0
    i64.const -262145
    local.get 1
    i64.rem_u
    loop (type 20) (param i64) (result structref) ;; label = @1
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
      try_table (result i64) ;; label = @2
        block (result exnref) ;; label = @3
          global.get 0
          data.drop 0
          local.set 1
          struct.new_default 24
          ref.test (ref none)
          local.get 1
          i64.extend32_s
          loop (type 7) (param i32 i64) ;; label = @4
            global.get 3
            i32.eqz
            if ;; label = @5
              unreachable
            end
            global.get 3
            i32.const 1
            i32.sub
            global.set 3
            i64.clz
            loop (type 2) (result i32 i64 i31ref i32) ;; label = @5
              global.get 3
              i32.eqz
              if ;; label = @6
                unreachable
              end
              global.get 3
              i32.const 1
              i32.sub
              global.set 3
              i64.const 16777216
              nop
              i64.eqz
              i32.extend16_s
              loop (result i64) ;; label = @6
                global.get 3
                i32.eqz
                if ;; label = @7
                  unreachable
                end
                global.get 3
                i32.const 1
                i32.sub
                global.set 3
                struct.new_default 21
                i32.const 627969816
                loop (type 27) (result (ref null 23)) ;; label = @7
                  global.get 3
                  i32.eqz
                  if ;; label = @8
                    unreachable
                  end
                  global.get 3
                  i32.const 1
                  i32.sub
                  global.set 3
                  ref.null 23
                end
                drop
                global.get 1
                i32.xor
                global.set 1
                drop
                i64.const -140737488355328
              end
              ref.null i31
              i32.const -8388609
            end
            global.get 1
            i32.xor
            global.set 1
            drop
            global.get 2
            i64.xor
            global.set 2
            global.get 1
            i32.xor
            global.set 1
            global.get 2
            i64.xor
            global.set 2
            global.get 1
            i32.xor
            global.set 1
          end
          ref.null exn
        end
        drop
        i64.const 72057594037927936
      end
      global.get 2
      i64.xor
      global.set 2
      ref.null struct
    end
    drop
    drop
    drop
    global.get 2
    i64.xor
    global.set 2
    drop
    global.get 2
    i64.xor
    global.set 2
    i32.const 15
  )
  (func (;1;) (type 14) (param structref i64) (result i32)
    (local nullexternref i64 externref (ref null 17) externref i64 i64)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    struct.new_default 16
    i32.const -442228146
    try_table (type 27) (result (ref null 23)) ;; label = @1
      block (result i64) ;; label = @2
        i32.const -1050619703
        i32.clz
        try_table ;; label = @3
          data.drop 0
          global.get 0
          struct.new_default 12
          br 0 (;@3;)
          loop (result i64) ;; label = @4
            global.get 3
            i32.eqz
            if ;; label = @5
              unreachable
            end
            global.get 3
            i32.const 1
            i32.sub
            global.set 3
            loop (result nullfuncref) ;; label = @5
              global.get 3
              i32.eqz
              if ;; label = @6
                unreachable
              end
              global.get 3
              i32.const 1
              i32.sub
              global.set 3
              try_table (type 27) (result (ref null 23)) (catch_all 2 (;@3;)) (catch_all 0 (;@5;)) (catch_all 1 (;@4;)) (catch_all 2 (;@3;)) (catch_all 0 (;@5;)) (catch_all 1 (;@4;)) (catch_all 2 (;@3;)) (catch_all 0 (;@5;)) (catch_all 0 (;@5;)) ;; label = @6
                data.drop 0
                loop (type 27) (result (ref null 23)) ;; label = @7
                  global.get 3
                  i32.eqz
                  if ;; label = @8
                    unreachable
                  end
                  global.get 3
                  i32.const 1
                  i32.sub
                  global.set 3
                  data.drop 0
                  nop
                  try_table (catch_all 0 (;@7;)) (catch_all 2 (;@5;)) (catch_all 2 (;@5;)) (catch_all 0 (;@7;)) (catch_all 2 (;@5;)) ;; label = @8
                    i32.const 698566153
                    global.get 0
                    i32.wrap_i64
                    br_table 8 8
                    i64.const 8184187089558887199
                    global.get 0
                    i64.gt_s
                    i32.extend16_s
                    data.drop 0
                    local.get 5
                    atomic.fence
                    drop
                    global.get 1
                    i32.xor
                    global.set 1
                  end
                  ref.null 23
                end
              end
              drop
              ref.null nofunc
            end
            drop
            i64.const 6732084296121545579
          end
          global.get 2
          i64.xor
          global.set 2
          drop
          global.get 2
          i64.xor
          global.set 2
        end
        global.get 1
        i32.xor
        global.set 1
        i64.const 268435456
      end
      global.get 2
      i64.xor
      global.set 2
      ref.null 23
    end
    drop
    global.get 1
    i32.xor
    global.set 1
    drop
    i32.const 872415232
  )
  (func (;2;) (type 8) (param i32) (result i64 i64)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    global.get 0
    i64.popcnt
    ref.null 8
    local.get 0
    ref.i31
    data.drop 0
    local.get 0
    local.get 0
    i32.shr_s
    i64.const 9007199254740991
    i64.extend32_s
    i64.ctz
    local.get 0
    i64.extend_i32_u
    i64.shr_s
    atomic.fence
    i64.extend32_s
    i64.const 34359738368
    i64.lt_u
    i32.shr_s
    i32.eqz
    struct.new_default 24
    ref.test (ref 24)
    i64.const 262144
    block (type 27) (result (ref null 23)) ;; label = @1
      try_table (type 2) (result i32 i64 i31ref i32) ;; label = @2
        ref.null 26
        local.get 0
        loop (type 8) (param i32) (result i64 i64) ;; label = @3
          global.get 3
          i32.eqz
          if ;; label = @4
            unreachable
          end
          global.get 3
          i32.const 1
          i32.sub
          global.set 3
          i32.extend16_s
          global.get 1
          i32.xor
          global.set 1
          i64.const -8193
          i64.const -34359738368
        end
        global.get 2
        i64.xor
        global.set 2
        global.get 2
        i64.xor
        global.set 2
        drop
        i32.const 1073741824
        i64.const -2661826301792388763
        ref.null i31
        i32.const -276495041
      end
      global.get 1
      i32.xor
      global.set 1
      drop
      global.get 2
      i64.xor
      global.set 2
      global.get 1
      i32.xor
      global.set 1
      ref.null 23
    end
    drop
    global.get 2
    i64.xor
    global.set 2
    global.get 1
    i32.xor
    global.set 1
    global.get 1
    i32.xor
    global.set 1
    drop
    drop
    i64.const -4611686018427387905
  )
  (func (;3;) (type 14) (param structref i64) (result i32)
    global.get 3
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 3
    i32.const 1
    i32.sub
    global.set 3
    i32.const 256
    if ;; label = @1
      br 0 (;@1;)
      atomic.fence
      br 0 (;@1;)
      ref.null 3
      br 0 (;@1;)
      ref.cast (ref none)
      ref.is_null
      i32.eqz
      array.new_fixed 15 0
      try_table (type 27) (result (ref null 23)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) ;; label = @2
        br 1 (;@1;)
        struct.new_default 25
        ref.test (ref none)
        i32.popcnt
        ref.i31
        data.drop 0
        ref.null 18
        local.get 0
        struct.new_default 9
        ref.eq
        i32.extend8_s
        atomic.fence
        nop
        i32.popcnt
        if (type 27) (result (ref null 23)) ;; label = @3
          i64.const -5139123953910350342
          try_table (type 20) (param i64) (result structref) (catch_all 2 (;@1;)) (catch_all 2 (;@1;)) (catch_all 2 (;@1;)) (catch_all 2 (;@1;)) (catch_all 2 (;@1;)) (catch_all 2 (;@1;)) (catch_all 2 (;@1;)) ;; label = @4
            try_table (type 29) (param i64) ;; label = @5
              global.get 2
              i64.xor
              global.set 2
            end
            ref.null struct
          end
          drop
          ref.null 23
        else
          ref.null 23
        end
        drop
        drop
        drop
        ref.null 23
      end
      drop
      drop
      global.get 1
      i32.xor
      global.set 1
    end
    i32.const 318796607
  )
  (data (;0;) "\93G\9e\b4")
)
