(module
  (rec
    (type (;0;) (func (param f64) (result externref i64)))
    (type (;1;) (struct (field (mut i8)) (field (mut f32)) (field i8) (field funcref) (field i64)))
    (type (;2;) (struct (field i8) (field (mut i8)) (field i16) (field i16) (field i31ref) (field (mut i16)) (field (mut funcref)) (field i16)))
    (type (;3;) (func (param f64) (result f32 i64 structref)))
    (type (;4;) (sub (array (mut (ref null 0)))))
    (type (;5;) (sub (array (mut i8))))
    (type (;6;) (array i64))
  )
  (rec
    (type (;7;) (array i31ref))
    (type (;8;) (sub (func)))
    (type (;9;) (struct (field (mut i64)) (field i16) (field f32) (field i8) (field (ref null 7))))
    (type (;10;) (sub (func (result eqref i32 f32))))
    (type (;11;) (struct (field exnref) (field i16) (field i8) (field i16) (field f64) (field (mut i8)) (field (mut i8)) (field (mut i8)) (field i32) (field (mut i8)) (field i8) (field (mut i16)) (field i16) (field (mut f32)) (field i16) (field (mut i16)) (field (mut i8)) (field i16) (field (mut i16)) (field f64)))
    (type (;12;) (sub (array (mut i64))))
    (type (;13;) (array (mut i16)))
  )
  (rec
    (type (;14;) (func (param i64 anyref) (result f32)))
    (type (;15;) (sub (func (param i32 (ref null 12)))))
    (type (;16;) (struct (field arrayref) (field i8) (field (mut i8)) (field i8) (field (mut i16)) (field (mut i16)) (field (mut i8)) (field (mut exnref)) (field externref) (field i16) (field i8) (field i64) (field (mut i16)) (field i8) (field (mut f64)) (field (mut i16)) (field i8) (field externref) (field i64) (field f32)))
    (type (;17;) (sub (func (result f64 arrayref))))
    (type (;18;) (sub (func (result f64 exnref))))
    (type (;19;) (func))
    (type (;20;) (sub (func (param f32 i64) (result i64 i32))))
    (type (;21;) (sub (struct (field (mut i8)) (field i64) (field (mut i8)) (field i16) (field (mut i16)) (field (mut i16)) (field (mut i16)) (field (mut (ref null 0))) (field i16) (field i16) (field f32) (field (mut i8)) (field i32) (field (mut i16)) (field (mut i16)) (field i16) (field i8) (field (mut i8)) (field (mut i8)) (field f32))))
  )
  (type (;22;) (sub (array i16)))
  (table (;0;) i64 0 30 (ref null 9))
  (table (;1;) i64 6 178 (ref null 15) ref.null 15)
  (memory (;0;) i64 4 7)
  (global (;0;) (mut i32) i32.const 1000)
  (export "\u{c}" (func 0))
  (export "" (func 1))
  (export "2" (func 2))
  (export "3" (func 3))
  (export "4" (func 4))
  (export "5" (func 5))
  (export "6" (func 6))
  (export "7" (func 7))
  (export "8" (table 0))
  (export "9" (table 1))
  (export "10" (memory 0))
  (export "cvm:fuel" (global 0))
  (func (;0;) (type 3) (param f64) (result f32 i64 structref)
    (local (ref null 4) f32 i64 f64)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    memory.size
    i64.ctz
    i64.extend8_s
    i64.const -1295408554906701901
    i64.lt_s
    i32.extend8_s
    i32.ctz
    memory.size
    i64.atomic.load offset=93087
    i64.load offset=113409 align=1
    atomic.fence
    local.tee 3
    i32.wrap_i64
    i32.xor
    i64.const -17592186044416
    i32.atomic.load8_u offset=200563
    atomic.fence
    i32.rem_s
    i64.extend_i32_s
    i64.atomic.load16_u offset=119176
    i64.load16_s offset=136274 align=1
    local.get 4
    local.set 0
    data.drop 0
    i32.atomic.load8_u offset=165517
    i32.extend8_s
    i32.const -224045333
    i32.mul
    i32.extend16_s
    i64.extend_i32_s
    i64.popcnt
    i64.load16_s offset=59413 align=1
    i64.extend8_s
    i32.load8_u offset=251368
    data.drop 0
    i32.clz
    local.get 4
    i32.const 262142
    i32.extend16_s
    i32.clz
    i32.ctz
    i32.extend16_s
    i32.ctz
    i32.eqz
    i32.const -2094209444
    i32.gt_u
    i32.extend8_s
    i32.popcnt
    i32.const -262144
    memory.size
    i32.load16_u offset=229542 align=1
    i32.gt_s
    i32.ge_u
    data.drop 0
    i32.popcnt
    data.drop 0
    i32.popcnt
    i32.popcnt
    i32.const -1219675948
    i32.div_s
    i32.popcnt
    i32.extend8_s
    i64.extend_i32_u
    i64.extend32_s
    i64.atomic.load offset=215252
    data.drop 0
    i64.extend32_s
    i32.load16_s offset=150751 align=1
    i32.eqz
    memory.size
    atomic.fence
    i64.atomic.load32_u offset=23739
    local.get 1
    atomic.fence
    local.get 0
    local.tee 4
    local.tee 0
    local.set 4
    local.tee 1
    i64.const 2244791708050660304
    i64.load offset=86795 align=1
    i64.extend8_s
    i64.ctz
    i64.atomic.load8_u offset=65648
    i64.extend16_s
    i64.atomic.load offset=78873
    i32.atomic.load8_u offset=168282
    i32.ctz
    memory.size
    i32.atomic.load8_u offset=118306
    i32.ctz
    i32.div_u
    i32.ctz
    i32.extend16_s
    i32.extend16_s
    i64.extend_i32_u
    i64.extend8_s
    local.get 2
    local.get 4
    data.drop 0
    memory.size
    i32.load16_s offset=33871
    i32.extend16_s
    atomic.fence
    local.get 1
    memory.size
    i64.eqz
    data.drop 0
    i32.clz
    local.get 3
    i64.ctz
    local.get 3
    i64.atomic.rmw8.and_u offset=11621
    i64.const 32768
    i64.atomic.rmw16.xchg_u offset=169590
    local.get 0
    atomic.fence
    i32.const -1067621460
    i32.extend8_s
    i32.popcnt
    i32.extend8_s
    local.get 0
    unreachable
  )
  (func (;1;) (type 8)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
  )
  (func (;2;) (type 8)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
  )
  (func (;3;) (type 14) (param i64 anyref) (result f32)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    unreachable
  )
  (func (;4;) (type 0) (param f64) (result externref i64)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    unreachable
  )
  (func (;5;) (type 14) (param i64 anyref) (result f32)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    unreachable
  )
  (func (;6;) (type 0) (param f64) (result externref i64)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    unreachable
  )
  (func (;7;) (type 19)
    global.get 0
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
  )
  (data (;0;) (i64.const 74788) "")
)
