(module
  (rec
    (type (;0;) (array (mut i8)))
    (type (;1;) (sub (func (param f64 f64 f64) (result i32 f32 i64 f32 f64 i64 f32))))
    (type (;2;) (sub (struct (field i8) (field (mut i8)) (field (mut f64)) (field (mut f64)) (field (mut i8)) (field (mut f64)) (field i64) (field f64))))
    (type (;3;) (sub (struct (field (mut anyref)) (field (mut i16)))))
    (type (;4;) (struct (field (mut f32)) (field i16) (field i16) (field (mut i16)) (field (mut i16)) (field (mut i16)) (field (mut f32)) (field (mut i31ref)) (field i8) (field i32) (field (mut structref)) (field i16) (field (mut i8)) (field (mut i64)) (field (mut f32)) (field i32) (field (mut i8))))
    (type (;5;) (sub (func (param f64))))
    (type (;6;) (array (mut i8)))
    (type (;7;) (array (mut i16)))
    (type (;8;) (sub (array (mut i16))))
    (type (;9;) (sub (array (mut i8))))
    (type (;10;) (sub (struct (field (mut i8)) (field i8) (field (mut i32)) (field (mut i16)) (field (mut f32)) (field (mut i8)))))
    (type (;11;) (sub (struct (field i16) (field i64) (field (mut i16)) (field (mut i32)) (field i8) (field (mut i8)) (field (mut i16)) (field eqref) (field (mut i16)) (field i16) (field i16) (field f64))))
    (type (;12;) (func (result f64 i32)))
    (type (;13;) (sub (array i16)))
    (type (;14;) (sub (array (mut i16))))
    (type (;15;) (sub (func (param externref) (result i64))))
    (type (;16;) (sub (func (param funcref))))
    (type (;17;) (sub (array (mut i64))))
    (type (;18;) (sub (array i64)))
    (type (;19;) (sub (func)))
    (type (;20;) (func (param (ref null 15) i64 i32 f64) (result f32 f64 f32 i64)))
    (type (;21;) (sub (array i32)))
    (type (;22;) (func (param i64) (result f32)))
    (type (;23;) (sub (func)))
    (type (;24;) (struct (field i16) (field (mut i8)) (field (mut i8)) (field (mut i16)) (field i8) (field i16) (field i16) (field (mut i8)) (field (mut i32)) (field (mut (ref null 10))) (field i16) (field (mut i8)) (field (mut anyref)) (field (mut i8)) (field i16) (field (mut i16)) (field i16) (field (mut i16))))
    (type (;25;) (sub (struct (field i16))))
    (type (;26;) (sub (func)))
  )
  (type (;27;) (sub (array i16)))
  (type (;28;) (sub (array (mut i8))))
  (type (;29;) (func (param (ref null 0))))
  (table (;0;) 0 40 (ref null 26))
  (table (;1;) 57 77 (ref null 5))
  (table (;2;) 14 24 nullexternref ref.null noextern)
  (memory (;0;) i64 0 0 shared)
  (memory (;1;) 0 5 (pagesize 0x10000))
  (memory (;2;) 8 8)
  (global (;0;) (mut i64) i64.const 0)
  (global (;1;) (mut i32) i32.const 0)
  (global (;2;) (mut i64) i64.const 0)
  (global (;3;) (mut i32) i32.const 0)
  (export "=" (func 0))
  (export "" (func 1))
  (export "2" (func 2))
  (export "3" (func 3))
  (export "4" (func 4))
  (export "5" (func 5))
  (export "6" (func 6))
  (export "7" (func 7))
  (export "8" (table 0))
  (export "9" (table 1))
  (export "10" (table 2))
  (export "11" (memory 0))
  (export "12" (memory 1))
  (export "13" (memory 2))
  (func (;0;) (type 26)
    (local i64)
    f32.const 0x1.fffep-131 (;=0.000000000000000000000000000000000000000734673;)
    return_call 0
    f32.nearest
    f32.abs
    loop (result f32) ;; label = @1
      f64.const 0x1.fffp-1062 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000004047;)
      table.size 1
      i32.eqz
      memory.grow 2
      i32.load16_s 1
      loop (type 12) (result f64 i32) ;; label = @2
        i32.const 1808349267
        i64.atomic.load32_u 1
        i32.load8_s
        block (result i32) ;; label = @3
          table.size 0
          f64.const 0x1.fffffffep-1043 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000021219957905;)
          f64.neg
          f64.sqrt
          i32.trunc_sat_f64_u
          i32.store 2 offset=119781
          loop (type 26) ;; label = @4
            table.size 0
            f64.load 1 align=1
            i32.trunc_sat_f64_u
            i64.atomic.load 2 offset=88385
            i64.load32_s align=2
            i32.load16_u align=1
            i64.load32_s 1 align=1
            i64.extend8_s
            global.get 0
            i64.xor
            global.set 0
          end
          i32.const 1
        end
        global.get 1
        i32.xor
        global.set 1
        global.get 1
        i32.xor
        global.set 1
        f64.const 0x1.86b96e2f2bc11p+708 (;=2055263115441854400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
        i32.const -355476997
      end
      global.get 1
      i32.xor
      global.set 1
      i64.reinterpret_f64
      global.get 2
      i64.xor
      global.set 2
      global.get 1
      i32.xor
      global.set 1
      i64.reinterpret_f64
      global.get 2
      i64.xor
      global.set 2
      f32.const -nan:0x7ffbff (;=NaN;)
    end
    i32.reinterpret_f32
    global.get 3
    i32.xor
    global.set 3
    i32.reinterpret_f32
    global.get 3
    i32.xor
    global.set 3
  )
  (func (;1;) (type 29) (param (ref null 0))
    (local f64)
    table.size 1
    try_table (type 19) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) (catch_all 0) ;; label = @1
    end
    ref.null 10
    ref.test (ref none)
    i64.load 1 align=4
    i64.atomic.rmw8.xchg_u 1
    i64.eqz
    i32.atomic.load 1
    ref.i31
    br_on_null 0
    local.get 0
    ref.test nullref
    i32.ctz
    local.get 0
    struct.new_default 2
    loop (type 26) ;; label = @1
      i64.const -1927999542635021682
      i64.load align=4
      local.get 0
      return_call 6
      i32.load
      f64.convert_i32_s
      f32.demote_f64
      ref.null array
      try_table (type 12) (result f64 i32) (catch_all 1) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 1) ;; label = @2
        call 5
        i64.atomic.load16_u 1
        i64.extend32_s
        i64.atomic.load32_u
        f64.const 0x1.2bfc11dc1d758p+265 (;=69471698150758070000000000000000000000000000000000000000000000000000000000000000;)
        local.tee 1
        i32.trunc_sat_f64_s
        i32.atomic.rmw16.sub_u
        i64.load 1 align=2
        loop (type 22) (param i64) (result f32) ;; label = @3
          i64.load
          i32.wrap_i64
          i64.load8_u 1
          f64.const -0x1.64cc9e381bf45p-993 (;=-0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000016649389787450203;)
          f64.neg
          i32.const 16
          i32.clz
          i64.load8_u 2 offset=107664
          i32.load16_u
          i64.load8_s 1
          return_call 0
          i32.load8_s
          try_table (type 19) (catch_all 2 (;@1;)) ;; label = @4
            try_table (type 23) ;; label = @5
              f32.const 0x1.ffep-138 (;=0.000000000000000000000000000000000000000005738;)
              br 5
              atomic.fence
              i32.reinterpret_f32
              i64.load32_u 2 offset=3276659544 align=1
              i64.eqz
              f64.load 1 align=4
              local.tee 1
              call 2
              ref.null none
              loop (result f32) ;; label = @6
                ref.null 29
                return
                call 0
                table.size 0
                i64.atomic.load16_u 2 offset=418686
                i32.load8_u
                i32.load16_u 1 align=1
                unreachable
              end
              unreachable
            end
          end
          unreachable
        end
        unreachable
      end
      unreachable
    end
    unreachable
  )
  (func (;2;) (type 5) (param f64))
  (func (;3;) (type 22) (param i64) (result f32)
    unreachable
  )
  (func (;4;) (type 1) (param f64 f64 f64) (result i32 f32 i64 f32 f64 i64 f32)
    unreachable
  )
  (func (;5;) (type 12) (result f64 i32)
    unreachable
  )
  (func (;6;) (type 29) (param (ref null 0)))
  (func (;7;) (type 15) (param externref) (result i64)
    unreachable
  )
  (data (;0;) "/")
  (data (;1;) (memory 2) (i32.const 1) "\a9Q")
)
