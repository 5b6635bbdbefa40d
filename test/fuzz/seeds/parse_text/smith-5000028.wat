(module
  (rec)
  (rec
    (type (;0;) (array i16))
    (type (;1;) (sub (struct (field i16) (field (mut i8)) (field (mut i8)) (field (mut f32)) (field i8) (field (mut i16)) (field i16) (field (mut i8)) (field (mut i32)) (field v128) (field (mut i8)) (field i16) (field (mut i8)))))
    (type (;2;) (sub (struct (field (mut i16)) (field (mut i8)) (field (mut i8)) (field (mut i8)) (field i8) (field i8) (field (mut i16)) (field i64) (field (mut i8)) (field structref) (field (mut i32)) (field v128) (field (mut (ref null 1))) (field (mut i16)))))
    (type (;3;) (sub 2 (struct (field (mut i16)) (field (mut i8)) (field (mut i8)) (field (mut i8)) (field i8) (field i8) (field (mut i16)) (field i64) (field (mut i8)) (field nullref) (field (mut i32)) (field v128) (field (mut (ref null 1))) (field (mut i16)) (field (mut i64)) (field (mut i8)) (field i8) (field (mut v128)) (field f64))))
    (type (;4;) (struct (field i64) (field (mut i8)) (field (mut v128)) (field nullref) (field (mut nullexternref)) (field (mut i8)) (field (mut i8)) (field (mut i16)) (field i8) (field f32) (field (mut i8)) (field i16) (field (mut i16)) (field i8)))
    (type (;5;) (sub (func (param f32 f64) (result f64 v128 f32))))
    (type (;6;) (array (mut i8)))
    (type (;7;) (array i8))
    (type (;8;) (struct (field (mut i8)) (field (mut i8))))
    (type (;9;) (array i8))
    (type (;10;) (sub (struct (field (mut i32)) (field f64) (field (mut i16)) (field (mut i16)) (field (mut (ref null 0))) (field (mut i8)) (field i16) (field v128))))
    (type (;11;) (sub (func)))
    (type (;12;) (struct (field i8) (field i16) (field i16) (field i16) (field (mut i16)) (field (mut i8)) (field i16) (field i8) (field i64)))
    (type (;13;) (array (mut i8)))
    (type (;14;) (struct (field (mut i16)) (field i32) (field (mut i16)) (field (mut i16)) (field (mut i8)) (field (ref null 4)) (field (mut i8)) (field i16) (field (mut i16)) (field (mut f32)) (field (mut i8)) (field (mut i16)) (field (mut i8)) (field i8) (field (mut i16)) (field (mut i16)) (field (mut i8))))
  )
  (table (;0;) 16 34 (ref null 12) struct.new_default 12)
  (table (;1;) 56 81 (ref null 14))
  (global (;0;) (mut i32) i32.const -992953386 i32.const 1569568684 i32.mul i32.const -728915000 i32.const -1034560750 i32.const -338755352 i32.const 730650486 i32.mul i32.mul i32.sub i32.mul)
  (global (;1;) (mut i32) i32.const 0)
  (global (;2;) (mut v128) v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000)
  (global (;3;) (mut i64) i64.const 0)
  (global (;4;) (mut i64) i64.const 0)
  (global (;5;) (mut i32) i32.const 0)
  (global (;6;) (mut i32) i32.const 500)
  (export "p\u{7}o" (func 0))
  (export "" (func 1))
  (export "2" (func 2))
  (export "3" (func 3))
  (export "4" (table 0))
  (export "5" (table 1))
  (export "6" (global 0))
  (export "|t" (global 1))
  (export "8" (global 2))
  (export "9" (global 3))
  (export "10" (global 4))
  (export ")\u{1e}K\u{c}" (global 5))
  (export "cvm:fuel" (global 6))
  (func (;0;) (type 5) (param f32 f64) (result f64 v128 f32)
    global.get 6
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    block (type 11) ;; label = @1
      global.get 0
      try_table (result i32) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) ;; label = @2
        loop (type 11) ;; label = @3
          global.get 6
          i32.eqz
          if ;; label = @4
            unreachable
          end
          global.get 6
          i32.const 1
          i32.sub
          global.set 6
          data.drop 2
          global.get 0
          v128.const i32x4 0x155290c0 0x6d3dcf6b 0xa5c40020 0x6d018538
          local.get 0
          block (result i32) ;; label = @4
            try_table (catch_all 1 (;@3;)) (catch_all 1 (;@3;)) (catch_all 3 (;@1;)) (catch_all 3 (;@1;)) (catch_all 3 (;@1;)) (catch_all 1 (;@3;)) (catch_all 3 (;@1;)) (catch_all 3 (;@1;)) (catch_all 1 (;@3;)) (catch_all 1 (;@3;)) ;; label = @5
              block (type 11) ;; label = @6
                try_table (type 11) (catch_all 3 (;@3;)) (catch_all 0 (;@6;)) (catch_all 1 (;@5;)) ;; label = @7
                  local.get 1
                  block (type 11) ;; label = @8
                    call 2
                    call 2
                    call 2
                    v128.const i32x4 0x66d8fcb2 0xad3caeb5 0x93cdc41d 0xfce008af
                    try_table (result i64) (catch_all 5 (;@3;)) (catch_all 5 (;@3;)) (catch_all 3 (;@5;)) (catch_all 1 (;@7;)) (catch_all 0 (;@8;)) (catch_all 5 (;@3;)) (catch_all 3 (;@5;)) (catch_all 3 (;@5;)) ;; label = @9
                      data.drop 0
                      try_table (catch_all 4 (;@5;)) (catch_all 1 (;@8;)) (catch_all 4 (;@5;)) (catch_all 2 (;@7;)) (catch_all 6 (;@3;)) (catch_all 2 (;@7;)) ;; label = @10
                        i64.const -34359738369
                        block ;; label = @11
                          i64.const -997831487065875861
                          br 2 (;@9;)
                          loop ;; label = @12
                            global.get 6
                            i32.eqz
                            if ;; label = @13
                              unreachable
                            end
                            global.get 6
                            i32.const 1
                            i32.sub
                            global.set 6
                            i32.const 1991555252
                            i64.const 128
                            loop (result f64) ;; label = @13
                              global.get 6
                              i32.eqz
                              if ;; label = @14
                                unreachable
                              end
                              global.get 6
                              i32.const 1
                              i32.sub
                              global.set 6
                              call 2
                              call 2
                              data.drop 2
                              v128.const i32x4 0xaf02f894 0x006f1228 0xf65d7cb7 0xed3d7181
                              i64.const -3713760963264630337
                              try_table (type 11) (catch_all 8 (;@5;)) (catch_all 1 (;@12;)) (catch_all 3 (;@10;)) (catch_all 5 (;@8;)) (catch_all 10 (;@3;)) (catch_all 2 (;@11;)) (catch_all 7 (;@6;)) (catch_all 5 (;@8;)) (catch_all 6 (;@7;)) (catch_all 7 (;@6;)) ;; label = @14
                                block (type 11) ;; label = @15
                                  data.drop 0
                                  br 5 (;@10;)
                                  i64.const 942283154184333353
                                  i64.const -2147483649
                                  i64.ne
                                  i32.popcnt
                                  i32.popcnt
                                  if (type 11) ;; label = @16
                                    local.get 1
                                    i64.const -7970178333965562553
                                    i64.extend32_s
                                    i64.clz
                                    call 2
                                    block (result v128) ;; label = @17
                                      br 6 (;@11;)
                                      try_table (result (ref null 12)) (catch_all 5 (;@12;)) (catch_all 4 (;@13;)) (catch_all 12 (;@5;)) (catch_all 14 (;@3;)) (catch_all 10 (;@7;)) (catch_all 3 (;@14;)) (catch_all 4 (;@13;)) (catch_all 3 (;@14;)) (catch_all 14 (;@3;)) (catch_all 11 (;@6;)) ;; label = @18
                                        try_table (result v128) (catch_all 7 (;@11;)) (catch_all 7 (;@11;)) (catch_all 15 (;@3;)) (catch_all 12 (;@6;)) ;; label = @19
                                          v128.const i32x4 0xadf0d62c 0xd8b4781a 0x0cfa4efa 0xc5ccff9e
                                          i64.const -8631993392157300501
                                          i32.wrap_i64
                                          v128.const i32x4 0x6024a566 0x83d6cba4 0x0ebe820a 0xa15603f9
                                          v128.const i32x4 0x03cca1a7 0x3662c6ab 0x223bcade 0x45fc955b
                                          br 2 (;@17;)
                                          atomic.fence
                                          v128.const i32x4 0x8d4e045d 0x1e1af40f 0x9c864c77 0xbe75ba3d
                                          block ;; label = @20
                                          end
                                          block (type 11) ;; label = @20
                                            i64.const -8388608
                                            call 2
                                            atomic.fence
                                            loop (result eqref) ;; label = @21
                                              global.get 6
                                              i32.eqz
                                              if ;; label = @22
                                                unreachable
                                              end
                                              global.get 6
                                              i32.const 1
                                              i32.sub
                                              global.set 6
                                              call 2
                                              i64.const 18014398509481984
                                              br 12 (;@9;)
                                              loop (result v128) ;; label = @22
                                                global.get 6
                                                i32.eqz
                                                if ;; label = @23
                                                  unreachable
                                                end
                                                global.get 6
                                                i32.const 1
                                                i32.sub
                                                global.set 6
                                                i32.const -8388608
                                                try_table (type 11) (catch_all 7 (;@15;)) ;; label = @23
                                                  call 2
                                                  nop
                                                  atomic.fence
                                                  try_table (catch_all 2 (;@21;)) (catch_all 2 (;@21;)) (catch_all 7 (;@16;)) (catch_all 1 (;@22;)) (catch_all 9 (;@14;)) (catch_all 0 (;@23;)) (catch_all 7 (;@16;)) (catch_all 12 (;@11;)) (catch_all 3 (;@20;)) (catch_all 9 (;@14;)) ;; label = @24
                                                  end
                                                  loop (result nullexternref) ;; label = @24
                                                    global.get 6
                                                    i32.eqz
                                                    if ;; label = @25
                                                      unreachable
                                                    end
                                                    global.get 6
                                                    i32.const 1
                                                    i32.sub
                                                    global.set 6
                                                    v128.const i32x4 0x5859876c 0x8607e31e 0x96d90a07 0x5637f983
                                                    call 2
                                                    atomic.fence
                                                    atomic.fence
                                                    data.drop 2
                                                    i64.const 1316266554092361623
                                                    v128.const i32x4 0xd1d7c574 0x9bee9e96 0xd2abebd7 0x27b2e860
                                                    br 17 (;@7;)
                                                    global.get 0
                                                    global.set 0
                                                    br 14 (;@10;)
                                                    call 2
                                                    global.get 0
                                                    i32.const 1258820559
                                                    i32.ne
                                                    global.set 0
                                                    i32.const 2
                                                    i32.extend16_s
                                                    br 13 (;@11;)
                                                    i32.clz
                                                    global.get 1
                                                    i32.xor
                                                    global.set 1
                                                    global.get 2
                                                    v128.xor
                                                    global.set 2
                                                    global.get 3
                                                    i64.xor
                                                    global.set 3
                                                    global.get 2
                                                    v128.xor
                                                    global.set 2
                                                    ref.null noextern
                                                  end
                                                  drop
                                                end
                                                global.get 1
                                                i32.xor
                                                global.set 1
                                                v128.const i32x4 0xffffff7f 0xffffffff 0xffffffff 0xfffffffd
                                              end
                                              global.get 2
                                              v128.xor
                                              global.set 2
                                              ref.null eq
                                            end
                                            drop
                                            global.get 3
                                            i64.xor
                                            global.set 3
                                          end
                                          global.get 2
                                          v128.xor
                                          global.set 2
                                          global.get 2
                                          v128.xor
                                          global.set 2
                                          global.get 1
                                          i32.xor
                                          global.set 1
                                        end
                                        global.get 2
                                        v128.xor
                                        global.set 2
                                        ref.null 12
                                      end
                                      drop
                                      v128.const i32x4 0x8bf49899 0x96553f12 0x85c1b204 0x5a3c0494
                                    end
                                    global.get 2
                                    v128.xor
                                    global.set 2
                                    global.get 3
                                    i64.xor
                                    global.set 3
                                    i64.reinterpret_f64
                                    global.get 4
                                    i64.xor
                                    global.set 4
                                  end
                                end
                              end
                              global.get 3
                              i64.xor
                              global.set 3
                              global.get 2
                              v128.xor
                              global.set 2
                              f64.const 0x1.p-1034 (;=0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000543230922487;)
                            end
                            i64.reinterpret_f64
                            global.get 4
                            i64.xor
                            global.set 4
                            global.get 3
                            i64.xor
                            global.set 3
                            global.get 1
                            i32.xor
                            global.set 1
                          end
                        end
                        global.get 3
                        i64.xor
                        global.set 3
                      end
                      i64.const 8122310742049789897
                    end
                    global.get 3
                    i64.xor
                    global.set 3
                    global.get 2
                    v128.xor
                    global.set 2
                  end
                  i64.reinterpret_f64
                  global.get 4
                  i64.xor
                  global.set 4
                end
              end
            end
            i32.const 1023
          end
          global.get 1
          i32.xor
          global.set 1
          i32.reinterpret_f32
          global.get 5
          i32.xor
          global.set 5
          global.get 2
          v128.xor
          global.set 2
          global.get 1
          i32.xor
          global.set 1
        end
        i32.const -460464631
      end
      global.get 1
      i32.xor
      global.set 1
      global.get 1
      i32.xor
      global.set 1
    end
    f64.const -0x1.3e87b1d418e08p-592 (;=-0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000007676319124729527;)
    v128.const i32x4 0x3a4ecf4f 0x68c06d75 0xb7b56885 0x7948e0d8
    f32.const -0x1.a554a2p+99 (;=-1043164000000000000000000000000;)
  )
  (func (;1;) (type 5) (param f32 f64) (result f64 v128 f32)
    global.get 6
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    i32.const 848387860
    block (type 11) ;; label = @1
      try_table (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) ;; label = @2
        block (result i32) ;; label = @3
          local.get 0
          data.drop 2
          global.get 0
          v128.const i32x4 0x8dbcdec4 0x0050c4d0 0x9131831d 0x81d49dd8
          block ;; label = @4
            atomic.fence
            br 2 (;@2;)
            v128.const i32x4 0x02220a20 0xcaeeae22 0x13a9a312 0xd1fd768b
            loop (type 11) ;; label = @5
              global.get 6
              i32.eqz
              if ;; label = @6
                unreachable
              end
              global.get 6
              i32.const 1
              i32.sub
              global.set 6
              loop (result (ref null 6)) ;; label = @6
                global.get 6
                i32.eqz
                if ;; label = @7
                  unreachable
                end
                global.get 6
                i32.const 1
                i32.sub
                global.set 6
                block ;; label = @7
                  call 2
                end
                br 1 (;@5;)
                atomic.fence
                atomic.fence
                atomic.fence
                i32.const 1701618012
                data.drop 2
                i32.clz
                call 2
                call 2
                i32.clz
                i32.const -32769
                i32.add
                data.drop 1
                v128.const i32x4 0x8e0f21da 0xbef6a78c 0x6809d1d2 0x1313d124
                local.get 1
                i32.const -65537
                call 2
                try_table (result eqref) (catch_all 0 (;@6;)) (catch_all 5 (;@1;)) (catch_all 4 (;@2;)) (catch_all 2 (;@4;)) (catch_all 0 (;@6;)) (catch_all 2 (;@4;)) (catch_all 1 (;@5;)) (catch_all 4 (;@2;)) (catch_all 1 (;@5;)) (catch_all 5 (;@1;)) ;; label = @7
                  data.drop 2
                  global.get 0
                  br 4 (;@3;)
                  br 6 (;@1;)
                  i32.const -1128547955
                  global.get 0
                  br_if 1 (;@6;)
                  local.get 0
                  loop (type 11) ;; label = @8
                    global.get 6
                    i32.eqz
                    if ;; label = @9
                      unreachable
                    end
                    global.get 6
                    i32.const 1
                    i32.sub
                    global.set 6
                    i32.const 519191710
                    br 2 (;@6;)
                    i32.const 363811195
                    i32.mul
                    i32.popcnt
                    i32.extend8_s
                    i64.const -6344663215430096225
                    call 2
                    i64.extend32_s
                    br 7 (;@1;)
                    call 2
                    call 2
                    i32.const 32768
                    i64.const -1073741824
                    call 2
                    br 7 (;@1;)
                    atomic.fence
                    call 2
                    i32.const -536870912
                    i32.popcnt
                    i64.const 8385909099869864523
                    block (type 11) ;; label = @9
                      call 2
                    end
                    br 7 (;@1;)
                    local.get 0
                    v128.const i32x4 0x83b86458 0x084aeee2 0xac29c489 0x4459c39a
                    i64.const 8821152912056151805
                    i64.extend8_s
                    loop ;; label = @9
                      global.get 6
                      i32.eqz
                      if ;; label = @10
                        unreachable
                      end
                      global.get 6
                      i32.const 1
                      i32.sub
                      global.set 6
                      v128.const i32x4 0x21f87310 0xcd620b78 0xfef689e0 0x6316c968
                      i32.const 2012007591
                      i32.const -2147483648
                      i64.const 512
                      i64.extend16_s
                      i64.extend16_s
                      i32.const 65536
                      i64.extend_i32_s
                      i32.wrap_i64
                      local.get 1
                      try_table (catch_all 7 (;@2;)) ;; label = @10
                        i32.const -1907743560
                        loop (result f32) ;; label = @11
                          global.get 6
                          i32.eqz
                          if ;; label = @12
                            unreachable
                          end
                          global.get 6
                          i32.const 1
                          i32.sub
                          global.set 6
                          global.get 0
                          i32.clz
                          global.get 0
                          i32.sub
                          br_if 3 (;@8;)
                          i32.const 131071
                          i64.extend_i32_s
                          v128.const i32x4 0x0a8cf348 0xb4410bb3 0x0bd1a9b6 0x90a947ec
                          block (type 11) ;; label = @12
                            i64.const 68719476735
                            loop (result v128) ;; label = @13
                              global.get 6
                              i32.eqz
                              if ;; label = @14
                                unreachable
                              end
                              global.get 6
                              i32.const 1
                              i32.sub
                              global.set 6
                              i64.const 288230376151711744
                              i32.const -33554433
                              global.get 1
                              i32.xor
                              global.set 1
                              global.get 3
                              i64.xor
                              global.set 3
                              v128.const i32x4 0xbfffffff 0xffffffff 0x80000000 0x00000000
                            end
                            global.get 2
                            v128.xor
                            global.set 2
                            global.get 3
                            i64.xor
                            global.set 3
                          end
                          global.get 2
                          v128.xor
                          global.set 2
                          global.get 3
                          i64.xor
                          global.set 3
                          f32.const 0x1p-126 (;=0.000000000000000000000000000000000000011754944;)
                        end
                        i32.reinterpret_f32
                        global.get 5
                        i32.xor
                        global.set 5
                        global.get 1
                        i32.xor
                        global.set 1
                      end
                      i64.reinterpret_f64
                      global.get 4
                      i64.xor
                      global.set 4
                      global.get 1
                      i32.xor
                      global.set 1
                      global.get 3
                      i64.xor
                      global.set 3
                      global.get 1
                      i32.xor
                      global.set 1
                      global.get 1
                      i32.xor
                      global.set 1
                      global.get 2
                      v128.xor
                      global.set 2
                    end
                    global.get 3
                    i64.xor
                    global.set 3
                    global.get 2
                    v128.xor
                    global.set 2
                    i32.reinterpret_f32
                    global.get 5
                    i32.xor
                    global.set 5
                    global.get 3
                    i64.xor
                    global.set 3
                    global.get 1
                    i32.xor
                    global.set 1
                    global.get 3
                    i64.xor
                    global.set 3
                    global.get 1
                    i32.xor
                    global.set 1
                    global.get 3
                    i64.xor
                    global.set 3
                    global.get 1
                    i32.xor
                    global.set 1
                  end
                  i32.reinterpret_f32
                  global.get 5
                  i32.xor
                  global.set 5
                  global.get 1
                  i32.xor
                  global.set 1
                  ref.null eq
                end
                drop
                global.get 1
                i32.xor
                global.set 1
                i64.reinterpret_f64
                global.get 4
                i64.xor
                global.set 4
                global.get 2
                v128.xor
                global.set 2
                global.get 1
                i32.xor
                global.set 1
                ref.null 6
              end
              drop
            end
            global.get 2
            v128.xor
            global.set 2
          end
          global.get 2
          v128.xor
          global.set 2
          global.get 1
          i32.xor
          global.set 1
          i32.reinterpret_f32
          global.get 5
          i32.xor
          global.set 5
          i32.const -1098374144
        end
        global.get 1
        i32.xor
        global.set 1
      end
    end
    global.get 1
    i32.xor
    global.set 1
    f64.const 0x1.fefffffep-1043 (;=0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000021178512674;)
    v128.const i32x4 0x9e887936 0xb2a54842 0xb82becf4 0x97140e5e
    f32.const 0x1.1f71eep+84 (;=21718733000000000000000000;)
  )
  (func (;2;) (type 11)
    (local i64 i32 i32)
    global.get 6
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    call 2
    atomic.fence
    atomic.fence
    i64.const 5711239994033548697
    return_call 2
    data.drop 0
    i64.eqz
    br 0
    i32.clz
    global.set 0
    call 2
    return_call 2
    call 2
    block (result (ref null 8)) ;; label = @1
      br 1
      nop
      try_table (result f64) (catch_all 1) ;; label = @2
        atomic.fence
        nop
        block (type 11) ;; label = @3
          i32.const 134217727
          nop
          global.set 0
          atomic.fence
          local.get 0
          v128.const i32x4 0x06b4a2d1 0x32280d89 0x9644e7a5 0x326938e8
          local.get 0
          i32.wrap_i64
          i64.extend_i32_s
          i32.wrap_i64
          return_call 2
          block (type 11) ;; label = @4
            return_call 2
          end
          br_if 3
          v128.const i32x4 0xddb32df6 0x46f7eb33 0x41fbbe71 0x9796f26d
          return_call 2
          global.get 0
          i32.extend8_s
          i32.extend16_s
          i64.extend_i32_s
          i64.ctz
          i64.popcnt
          br 3
          v128.const i32x4 0x727687bb 0x35b2d003 0xe6431da1 0xe713fea9
          br 3
          i32.const -16777217
          br_if 0 (;@3;)
          try_table (result v128) ;; label = @4
            try_table (result i64) (catch_all 1 (;@3;)) (catch_all 4) (catch_all 4) (catch_all 1 (;@3;)) (catch_all 1 (;@3;)) (catch_all 4) (catch_all 4) (catch_all 4) (catch_all 1 (;@3;)) ;; label = @5
              return_call 2
              br 2 (;@3;)
              i32.const 1750141829
              i64.const 5714185642827093592
              global.get 0
              i32.ctz
              global.get 0
              i32.popcnt
              local.set 1
              i32.const 1
              local.get 1
              local.get 1
              i32.eqz
              select
              local.set 1
              local.set 2
              block ;; label = @6
                block ;; label = @7
                  local.get 2
                  local.get 1
                  local.set 1
                  local.tee 2
                  i32.const -2147483648
                  i32.ne
                  br_if 0 (;@7;)
                  local.get 1
                  i32.const -1
                  i32.ne
                  br_if 0 (;@7;)
                  i32.const 1
                  local.set 1
                  br 1 (;@6;)
                end
              end
              local.get 2
              local.get 1
              i32.rem_s
              data.drop 0
              call 2
              i32.eqz
              br_if 2 (;@3;)
              i64.const 4072303656001310425
              i64.shl
              i64.extend32_s
              i64.eqz
              return_call 2
              i32.rotl
              try_table (result i32) ;; label = @6
                data.drop 1
                atomic.fence
                i32.const -524289
              end
              global.get 1
              i32.xor
              global.set 1
              global.get 1
              i32.xor
              global.set 1
              i64.const -8192
            end
            global.get 3
            i64.xor
            global.set 3
            v128.const i32x4 0xf0d62386 0x69e3ef35 0xd8252b16 0x15c2be8f
          end
          global.get 2
          v128.xor
          global.set 2
          global.get 2
          v128.xor
          global.set 2
          global.get 3
          i64.xor
          global.set 3
          global.get 2
          v128.xor
          global.set 2
          global.get 2
          v128.xor
          global.set 2
          global.get 3
          i64.xor
          global.set 3
        end
        f64.const -nan:0xffffffeffffff (;=NaN;)
      end
      i64.reinterpret_f64
      global.get 4
      i64.xor
      global.set 4
      ref.null 8
    end
    drop
  )
  (func (;3;) (type 5) (param f32 f64) (result f64 v128 f32)
    global.get 6
    i32.eqz
    if ;; label = @1
      unreachable
    end
    global.get 6
    i32.const 1
    i32.sub
    global.set 6
    local.get 0
    global.get 0
    global.get 1
    i32.xor
    global.set 1
    i32.reinterpret_f32
    global.get 5
    i32.xor
    global.set 5
    f64.const 0x1.ee8928cb7308cp+918 (;=4280492807831008000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000;)
    v128.const i32x4 0x3314ed2c 0x2faa47cd 0x9e215bed 0xdc8103f5
    f32.const -0x1.f7fb78p+42 (;=-8658350000000;)
  )
  (data (;0;) "\d7\8d\b0")
  (data (;1;) "\ba")
  (data (;2;) "\b0")
)
