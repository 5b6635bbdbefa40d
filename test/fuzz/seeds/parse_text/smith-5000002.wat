(module
  (rec
    (type (;0;) (sub (func (param f64) (result f32))))
    (type (;1;) (struct (field (mut i16)) (field i16) (field (mut i16)) (field i8) (field i8) (field f32)))
    (type (;2;) (sub (struct)))
    (type (;3;) (sub (struct (field v128) (field i8) (field i16) (field f64) (field (mut i16)) (field v128) (field (mut i32)) (field (mut f64)) (field i32) (field (mut i16)))))
    (type (;4;) (struct (field i8) (field (mut i8))))
    (type (;5;) (array i8))
    (type (;6;) (sub (array f32)))
    (type (;7;) (sub (func (param f32 i64 exnref f32) (result v128))))
    (type (;8;) (sub (struct (field f64) (field (mut i8)) (field nullref) (field (mut i8)) (field i16) (field (mut f32)) (field i16) (field (mut i16)) (field f64))))
    (type (;9;) (array (mut i8)))
    (type (;10;) (struct (field (mut i64)) (field i16) (field (mut i16)) (field (mut (ref null 4))) (field (mut i16))))
    (type (;11;) (sub (func (param nullfuncref) (result i64 v128 i64 f64))))
    (type (;12;) (sub (struct (field (mut i16)) (field i8) (field i8) (field (mut i8)) (field i8) (field i8) (field f64) (field i16) (field (mut v128)) (field (mut f32)) (field (mut i8)) (field (mut i64)) (field (mut i16)))))
    (type (;13;) (sub final 0 (func (param f64) (result f32))))
    (type (;14;) (array (mut i8)))
    (type (;15;) (struct (field i16) (field i8) (field (mut i8))))
    (type (;16;) (struct (field i8) (field (mut i8)) (field i64) (field (mut i16)) (field (mut i16)) (field i8) (field i32) (field i16) (field (mut i8)) (field i8) (field (mut i32)) (field (mut i8)) (field (mut i16)) (field i16) (field funcref) (field i16) (field f64)))
    (type (;17;) (func (param f32 (ref null 13))))
    (type (;18;) (sub 3 (struct (field v128) (field i8) (field i16) (field f64) (field (mut i16)) (field v128) (field (mut i32)) (field (mut f64)) (field i32) (field (mut i16)) (field (mut i8)) (field i16))))
    (type (;19;) (sub (array (mut i16))))
    (type (;20;) (sub (array (mut externref))))
    (type (;21;) (sub (struct (field i16) (field (mut i64)) (field f64) (field (mut i8)) (field i8) (field (mut i8)) (field i16) (field i16) (field (mut i8)) (field i8) (field (mut f64)) (field (mut i16)) (field (mut i8)) (field (mut i8)) (field (mut v128)))))
    (type (;22;) (sub (func)))
    (type (;23;) (struct (field i8)))
    (type (;24;) (func (param i32) (result i64 f32)))
    (type (;25;) (sub (array i16)))
    (type (;26;) (array (mut i8)))
    (type (;27;) (struct (field i16) (field i8) (field (mut (ref null 2))) (field i64) (field (mut i8)) (field (mut i16)) (field (mut i8)) (field i8) (field i16) (field (mut f32)) (field (mut i16)) (field i32) (field i8) (field (mut i16))))
    (type (;28;) (func (param f64 v128)))
  )
  (type (;29;) (array (mut i16)))
  (table (;0;) 143 187 i31ref)
  (memory (;0;) 6 6 shared (pagesize 0x10000))
  (tag (;0;) (type 22))
  (tag (;1;) (type 28) (param f64 v128))
  (global (;0;) (mut i32) i32.const 0)
  (global (;1;) (mut i64) i64.const 0)
  (global (;2;) (mut i32) i32.const 0)
  (global (;3;) (mut i64) i64.const 0)
  (global (;4;) (mut v128) v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
  (export "" (func 0))
  (export "1" (func 1))
  (export "2" (table 0))
  (export "3" (memory 0))
  (export ",2" (global 0))
  (export "RY\u{4}\u{1c}\u{8}," (global 1))
  (export "6" (global 2))
  (export "8\u{7f}%\u{1}4" (global 3))
  (export "\u{13}" (global 4))
  (func (;0;) (type 28) (param f64 v128)
    (local f32)
    memory.size
    i32.load16_u offset=23906 align=1
    i32.load offset=393216 align=2
    i32.ctz
    struct.new_default 16
    v128.const i32x4 0x91eb422d 0x737af612 0x582556f2 0x6ed5d821
    f32.const 0x1.aeaec4p-42 (;=0.00000000000038252306;)
    f32.neg
    i32.reinterpret_f32
    f64.convert_i32_s
    i32.trunc_f64_u
    v128.load32x2_s offset=175879 align=1
    i16x8.le_s
    f64.const 0x1.3eb52df9f027ep-761 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000010264219604702975;)
    struct.new_default 3
    v128.const i32x4 0x94956096 0xec30c639 0xaca35cbf 0xd3a3c17d
    i64.const 7534875268885194839
    memory.size
    v128.load64_zero offset=276545
    i8x16.neg
    struct.new 2
    f64.const -0x1.e29066986d94dp+842 (;=-55280423623379663000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
    struct.new 2
    local.get 0
    struct.new 2
    f32.const 0x1.7ffep-131 (;=0.000000000000000000000000000000000000000551002;)
    i64.trunc_f32_u
    f64.const 0x1.fffffffffffffp-992 (;=0.0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000477830972673648;)
    i32.trunc_f64_s
    i32.const 1979392484
    i64.extend_i32_u
    i64.store32 offset=192777 align=1
    i64.extend16_s
    i64x2.splat
    i16x8.neg
    i32x4.neg
    i32x4.all_true
    array.new_fixed 14 0
    data.drop 2
    extern.convert_any
    atomic.fence
    atomic.fence
    atomic.fence
    i64.const 8589934592
    i64.const 5296848828425746633
    i64.mul_wide_s
    f64.convert_i64_u
    i64.reinterpret_f64
    i64.extend16_s
    i64.const 4503599627370496
    i64.lt_u
    f64.convert_i32_s
    i32.trunc_sat_f64_u
    i32.load8_s offset=393216
    local.get 1
    i64x2.extend_high_i32x4_s
    v128.store16_lane offset=205118 align=1 2
    atomic.fence
    f32.convert_i64_u
    f32.floor
    f64.promote_f32
    memory.size
    v128.load64_splat offset=13765
    i16x8.abs
    i16x8.extend_low_i8x16_u
    i64x2.all_true
    i64.load8_u offset=75371
    f32.convert_i64_s
    local.tee 2
    f64.promote_f32
    atomic.fence
    f64.neg
    f32.demote_f64
    i32.reinterpret_f32
    f64.convert_i32_s
    f64.ne
    struct.new 23
    memory.size
    f32.const 0x1.710aa4p+15 (;=47237.32;)
    f32.nearest
    f32.neg
    atomic.fence
    f32.trunc
    f32.ceil
    array.new_fixed 6 0
    local.get 1
    local.get 1
    i16x8.le_s
    i16x8.all_true
    v128.const i32x4 0x20ea16c6 0xc8264494 0x6bafb88a 0xc528ca59
    i32x4.extend_low_i16x8_u
    v128.store32_lane offset=227040 align=2 0
    memory.size
    f64.convert_i32_s
    i64.trunc_sat_f64_u
    struct.new 2
    v128.const i32x4 0x226e74e3 0x269b4678 0xeb8da986 0x962331c2
    i32x4.bitmask
    data.drop 2
    f32.convert_i32_u
    i32.reinterpret_f32
    global.get 0
    i32.xor
    global.set 0
    drop
    global.get 1
    i64.xor
    global.set 1
    drop
    i32.reinterpret_f32
    global.get 0
    i32.xor
    global.set 0
    global.get 2
    i32.xor
    global.set 2
    drop
    drop
    global.get 2
    i32.xor
    global.set 2
    drop
    i64.reinterpret_f64
    global.get 3
    i64.xor
    global.set 3
    drop
    i64.reinterpret_f64
    global.get 3
    i64.xor
    global.set 3
    drop
    global.get 4
    v128.xor
    global.set 4
    global.get 1
    i64.xor
    global.set 1
    global.get 4
    v128.xor
    global.set 4
    drop
    i64.reinterpret_f64
    global.get 3
    i64.xor
    global.set 3
    global.get 4
    v128.xor
    global.set 4
    drop
    global.get 2
    i32.xor
    global.set 2
  )
  (func (;1;) (type 13) (param f64) (result f32)
    (local (ref null 29) f32)
    data.drop 2
    atomic.fence
    memory.size
    i32.load offset=72677 align=2
    v128.load32_splat offset=30635 align=2
    i8x16.extract_lane_s 2
    local.get 0
    data.drop 1
    memory.size
    atomic.fence
    array.new_fixed 25 0
    atomic.fence
    i32.const 574728296
    i32.atomic.load8_u offset=393216
    v128.load16_splat offset=150702
    memory.size
    i32.extend16_s
    v128.load8x8_u offset=7350 align=4
    i16x8.lt_u
    i8x16.bitmask
    i32.load8_s offset=259816
    i64.load16_u offset=253375 align=1
    local.get 1
    i32.const -33554432
    i64.load32_s offset=4482 align=2
    f32.convert_i64_s
    f32.abs
    f32.floor
    struct.new 2
    local.get 2
    local.set 2
    data.drop 0
    data.drop 1
    f32.const 0x1.fffffep-96 (;=0.000000000000000000000000000025243547;)
    f32.floor
    data.drop 0
    struct.new 2
    f64.const 0x1.54b7da2d1f41p+792 (;=34666651827162736000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
    local.set 0
    f32.const -0x1.decb9p-40 (;=-0.0000000000017010221;)
    f64.const -0x1.b08644b459c1bp-496 (;=-0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000008258342374494769;)
    i64.trunc_sat_f64_s
    local.get 2
    i32.trunc_f32_u
    local.get 2
    i64.trunc_f32_s
    i32.wrap_i64
    array.new_data 6 0
    v128.const i32x4 0x15ae05ae 0xb15f7a2a 0xe85a0ce2 0x812d8cff
    struct.new_default 10
    atomic.fence
    f32.const 0x1.5e4e2ep+67 (;=201937300000000000000;)
    local.set 2
    data.drop 2
    f32.const -0x1.df9f06p+118 (;=-622583900000000000000000000000000000;)
    f64.promote_f32
    i64.const 262143
    i32.const -4194305
    v128.load32x2_s offset=386877 align=2
    i8x16.extract_lane_u 6
    v128.load offset=234971 align=1
    i32x4.bitmask
    f32.convert_i32_s
    i32.reinterpret_f32
    v128.load32_zero offset=288997
    i32.const -268435457
    i32.extend8_s
    i8x16.replace_lane 14
    struct.new 2
    data.drop 2
    data.drop 1
    f64.const -nan:0x7ffffffffffff (;=NaN;)
    f64.neg
    data.drop 1
    f64.neg
    f32.demote_f64
    local.tee 2
    i32.trunc_sat_f32_s
    i32.popcnt
    v128.const i32x4 0x4cc89637 0x39369ab4 0x4fdbf4ff 0x402f1b4a
    v128.const i32x4 0xa8627158 0x7e3ac40a 0x002b0fd3 0x5febac29
    local.get 1
    i64.const 5966490266626779156
    i64.eqz
    i32.const 536870911
    array.set 29
    i16x8.extend_high_i8x16_u
    f64.const -0x1.17ce1c4a00132p-392 (;=-0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000010835710421802862;)
    data.drop 2
    data.drop 2
    atomic.fence
    f32.const 0x1.8004p-131 (;=0.000000000000000000000000000000000000000551035;)
    struct.new 2
    f32.const 0x1.d2ca02p+109 (;=1183450950000000000000000000000000;)
    i32.trunc_sat_f32_u
    i64.atomic.load32_u offset=30230
    i64.const -65536
    i64.const -8134189160748179401
    f64.const -nan:0xfffffffffefff (;=NaN;)
    i32.trunc_f64_u
    global.get 2
    i32.xor
    global.set 2
    global.get 1
    i64.xor
    global.set 1
    global.get 1
    i64.xor
    global.set 1
    global.get 1
    i64.xor
    global.set 1
    drop
    i32.reinterpret_f32
    global.get 0
    i32.xor
    global.set 0
    i64.reinterpret_f64
    global.get 3
    i64.xor
    global.set 3
    global.get 4
    v128.xor
    global.set 4
    global.get 4
    v128.xor
    global.set 4
    global.get 2
    i32.xor
    global.set 2
    drop
    global.get 4
    v128.xor
    global.set 4
    global.get 1
    i64.xor
    global.set 1
    i64.reinterpret_f64
    global.get 3
    i64.xor
    global.set 3
    drop
    global.get 4
    v128.xor
    global.set 4
    drop
    global.get 1
    i64.xor
    global.set 1
    i32.reinterpret_f32
    global.get 0
    i32.xor
    global.set 0
    drop
    i32.reinterpret_f32
    global.get 0
    i32.xor
    global.set 0
    drop
    i32.reinterpret_f32
    global.get 0
    i32.xor
    global.set 0
    drop
    global.get 1
    i64.xor
    global.set 1
    drop
    global.get 2
    i32.xor
    global.set 2
    i64.reinterpret_f64
    global.get 3
    i64.xor
    global.set 3
    global.get 2
    i32.xor
    global.set 2
    f32.const -nan:0x6fffff (;=NaN;)
  )
  (data (;0;) "")
  (data (;1;) "\bd\17\ff")
  (data (;2;) (i32.const 244913) "")
)
