(module
  (rec
    (type (;0;) (array (mut i16)))
    (type (;1;) (func (param f64 i32) (result v128 v128)))
    (type (;2;) (struct (field i8) (field (mut i16)) (field (mut i32)) (field i16) (field i64) (field (mut i16)) (field i16) (field i8) (field i8) (field i16) (field f64) (field (mut i16)) (field i8) (field (mut f32)) (field (mut i16)) (field i16)))
    (type (;3;) (sub (array i16)))
    (type (;4;) (sub (array (mut i8))))
    (type (;5;) (sub (array (mut i16))))
    (type (;6;) (sub (array f64)))
    (type (;7;) (sub (array i16)))
    (type (;8;) (sub (func (param nullexternref f32 v128) (result v128 f32 f64 f64 v128 f32))))
    (type (;9;) (func (param f32) (result v128)))
    (type (;10;) (struct (field i8) (field (mut i8)) (field i8) (field (mut f32)) (field (mut f32)) (field (mut i16)) (field f32) (field (mut i16)) (field i16) (field i64) (field (mut i16)) (field (mut i8)) (field v128) (field i8)))
    (type (;11;) (sub (func (param v128) (result i64 f64 f32))))
  )
  (table (;0;) 57 92 eqref i32.const 46 array.new_default 3)
  (global (;0;) i32 i32.const -1267297023)
  (global (;1;) (mut v128) v128.const i32x4 0x54a61e5f 0x480ed0c8 0x5bbd6bac 0x693dd776)
  (global (;2;) i64 i64.const 6808406468145954812)
  (global (;3;) (mut i64) i64.const 4124656215145823263 i64.const 6224912367378446533 i64.const 3140153125845944413 i64.const -784488668152894538 i64.const -1207269453508540692 i64.const -9064472314772489024 i64.const -3951238276674196069 i64.const -6238224588106882017 i64.const -4440352514741277223 i64.const 4218417014397791627 i64.add i64.add i64.mul i64.mul i64.const 3867945187447086671 i64.mul i64.sub i64.sub i64.mul i64.mul i64.mul)
  (global (;4;) v128 v128.const i32x4 0x8acc1f46 0x8ab245ed 0x25cf6bf6 0x73966ed2)
  (global (;5;) (mut i32) i32.const 0)
  (global (;6;) (mut i64) i64.const 0)
  (global (;7;) (mut v128) v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
  (export "" (func 0))
  (export "1" (table 0))
  (export "2" (global 0))
  (export "3" (global 1))
  (export "4" (global 2))
  (export "5" (global 3))
  (export "6" (global 4))
  (export "Z" (global 5))
  (export "8" (global 6))
  (export "]" (global 7))
  (elem (;0;) (table 0) (global.get 0) i31ref)
  (elem (;1;) externref)
  (func (;0;) (type 1) (param f64 i32) (result v128 v128)
    global.get 0
    elem.drop 1
    i64.extend_i32_s
    i32.const -2060087330
    try_table (result i32) ;; label = @1
      global.get 4
      i16x8.extend_low_i8x16_u
      i16x8.extend_low_i8x16_u
      atomic.fence
      i16x8.extend_low_i8x16_s
      i32.const -1404887421
      i64x2.shr_u
      i32x4.neg
      i16x8.neg
      i16x8.extadd_pairwise_i8x16_u
      i8x16.neg
      i64x2.abs
      i32x4.extract_lane 3
      f32.convert_i32_u
      i32.trunc_sat_f32_u
      i64.const 8388607
      global.get 4
      i16x8.extadd_pairwise_i8x16_u
      elem.drop 0
      i32x4.extend_low_i16x8_s
      i64.const 31
      local.get 1
      f32.convert_i32_u
      i32.trunc_sat_f32_s
      table.size 0
      global.get 5
      i32.xor
      global.set 5
      global.get 5
      i32.xor
      global.set 5
      global.get 6
      i64.xor
      global.set 6
      global.get 7
      v128.xor
      global.set 7
      global.get 6
      i64.xor
      global.set 6
    end
    global.get 5
    i32.xor
    global.set 5
    global.get 5
    i32.xor
    global.set 5
    global.get 6
    i64.xor
    global.set 6
    v128.const i32x4 0x00000000 0x00004000 0xffffffff 0x00000003
    v128.const i32x4 0xfffe0000 0xffffffff 0x00000400 0x00000000
  )
)
