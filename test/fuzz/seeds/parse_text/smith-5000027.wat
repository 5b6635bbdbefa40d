(module
  (rec
    (type (;0;) (func (param externref f32) (result f64)))
    (type (;1;) (sub (func (param exnref i32 f64))))
    (type (;2;) (sub (func (param f64 arrayref i32))))
    (type (;3;) (sub (array (mut f64))))
    (type (;4;) (func (param f32)))
    (type (;5;) (struct (field (mut f32)) (field i8)))
    (type (;6;) (struct (field (mut nullfuncref)) (field (mut i16)) (field (mut i8)) (field i16) (field (mut i64)) (field (mut i16)) (field i8) (field i8) (field (mut i8)) (field i16) (field i8) (field i64) (field (mut i64)) (field (mut i16)) (field i8) (field i16) (field (mut i8))))
    (type (;7;) (sub (array (mut i64))))
    (type (;8;) (array i32))
    (type (;9;) (sub (struct (field (mut i8)))))
    (type (;10;) (sub (array i8)))
    (type (;11;) (sub (array (mut i16))))
    (type (;12;) (struct (field (mut i8)) (field (mut i8))))
    (type (;13;) (func (param v128 f32) (result f64 i32 f32 i32 i64 f32 f32 i32 i64 v128 v128)))
    (type (;14;) (func (param funcref eqref) (result i64 externref v128)))
    (type (;15;) (sub (func (param i64 f64))))
    (type (;16;) (sub (func (param i64 i64) (result funcref))))
    (type (;17;) (func (param i64)))
    (type (;18;) (sub (array (mut i16))))
    (type (;19;) (func))
    (type (;20;) (struct (field (mut i16)) (field i16) (field f32) (field nullref) (field (mut i8)) (field (mut i8)) (field i8) (field (mut i8)) (field (mut f32)) (field i16) (field i8) (field (mut i16)) (field (mut i8)) (field f32) (field i8)))
    (type (;21;) (struct (field i8)))
    (type (;22;) (array i16))
  )
  (rec
    (type (;23;) (sub (array f64)))
    (type (;24;) (func))
    (type (;25;) (sub (array (mut i8))))
    (type (;26;) (sub (func (param i64 i32 i32 i64 structref) (result f64))))
    (type (;27;) (sub (array i8)))
  )
  (export "" (func 0))
  (export "1" (func 1))
  (export "2" (func 2))
  (export "3" (func 3))
  (export "4" (func 4))
  (export "5" (func 5))
  (func (;0;) (type 19)
    (local i64)
    data.drop 0
    atomic.fence
    data.drop 0
    v128.const i32x4 0xb71aa768 0xffba0878 0x05af1020 0xe9a008f6
    i64x2.extend_low_i32x4_u
    i64.const 7452003267311291874
    i64.extend8_s
    atomic.fence
    i32.wrap_i64
    i8x16.shr_u
    i32x4.relaxed_trunc_f64x2_u_zero
    i32x4.bitmask
    data.drop 0
    ref.null array
    ref.null extern
    ref.cast nullexternref
    i64.const 70368744177664
    atomic.fence
    i64.clz
    v128.const i32x4 0x94a1b375 0x722e81e4 0x76d8bcba 0x58cc1d68
    f64x2.convert_low_i32x4_u
    i64x2.extend_low_i32x4_u
    f64x2.neg
    i64x2.extend_low_i32x4_u
    local.get 0
    unreachable
  )
  (func (;1;) (type 16) (param i64 i64) (result funcref)
    unreachable
  )
  (func (;2;) (type 0) (param externref f32) (result f64)
    unreachable
  )
  (func (;3;) (type 26) (param i64 i32 i32 i64 structref) (result f64)
    unreachable
  )
  (func (;4;) (type 0) (param externref f32) (result f64)
    unreachable
  )
  (func (;5;) (type 24))
  (data (;0;) "")
)
