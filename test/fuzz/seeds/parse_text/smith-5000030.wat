(module
  (rec
    (type (;0;) (array (mut i8)))
    (type (;1;) (func (param i32) (result anyref)))
    (type (;2;) (sub (array i16)))
    (type (;3;) (struct (field (mut i8)) (field (mut i16)) (field (mut i16)) (field i16) (field i8) (field i16) (field nullfuncref) (field (mut i16)) (field (mut (ref null 2))) (field nullexternref) (field i32) (field (mut i16)) (field (mut i8)) (field (mut nullexternref)) (field (mut i32)) (field i16) (field (mut i64)) (field i64)))
    (type (;4;) (func (result i64 anyref i64 i32)))
    (type (;5;) (sub (func (param funcref) (result nullexternref))))
    (type (;6;) (sub (array (mut i16))))
    (type (;7;) (sub (struct (field i16) (field i32) (field (mut i64)) (field (ref null 4)) (field i8) (field (mut i64)) (field (mut i16)) (field (mut i64)) (field i32) (field i8) (field (mut i16)) (field (mut i16)) (field i8) (field i16) (field i32) (field i32) (field i8) (field i8) (field i31ref))))
    (type (;8;) (array (mut i16)))
    (type (;9;) (sub (array (mut i16))))
    (type (;10;) (sub (func (param i64 (ref null 4) (ref null 0)) (result structref i64 i32 i64 i64))))
    (type (;11;) (struct (field i8) (field (mut i16)) (field (mut i8)) (field (mut i16)) (field i8) (field (mut i64)) (field i8) (field i16) (field i16) (field (mut i32)) (field i16) (field (mut i8)) (field (mut i16)) (field i8)))
  )
  (rec
    (type (;12;) (struct (field i8) (field i64) (field i16) (field i8) (field (mut i8)) (field (mut i64)) (field (mut i32)) (field i16) (field i16) (field i8) (field i8)))
    (type (;13;) (struct (field (mut (ref null 4))) (field i8) (field i8) (field (mut i16)) (field (mut i16)) (field i16) (field (mut i8)) (field (mut i8)) (field (mut i16)) (field i8) (field (mut i8))))
    (type (;14;) (sub 10 (func (param i64 funcref eqref) (result (ref null 11) i64 i32 i64 i64))))
    (type (;15;) (struct (field i16) (field (mut i16)) (field i8) (field (mut i8)) (field (mut i16)) (field (mut i32)) (field i16) (field nullfuncref) (field (mut nullfuncref)) (field (mut i8)) (field i64) (field (mut i8)) (field i8) (field i16) (field i16) (field (mut funcref)) (field (mut i16))))
    (type (;16;) (func (result i64 i64 i32 i64 i32 (ref null 7))))
    (type (;17;) (func (param i64)))
    (type (;18;) (struct (field i8) (field i16) (field i8) (field (mut i16)) (field (mut i64)) (field i16) (field i8) (field (mut i64)) (field (mut i16))))
    (type (;19;) (struct (field i16) (field (mut i16)) (field (mut i16)) (field i16) (field (mut i16)) (field (mut i16)) (field i16) (field i16) (field (mut i8)) (field i8) (field (mut i32)) (field (mut i16)) (field (mut i8)) (field (mut nullref)) (field i32) (field (mut i8))))
    (type (;20;) (sub (struct)))
    (type (;21;) (sub (struct (field i8) (field i8) (field (mut i64)))))
    (type (;22;) (sub (func (param (ref null 12) i32 i64 nullexternref i64))))
  )
  (global (;0;) (mut i64) i64.const 1996164978603370669)
  (global (;1;) i64 i64.const -2147278480101150584)
  (export "8" (global 1))
  (export "\u{1c}ZP" (global 1))
  (export "j" (global 0))
  (func (;0;) (type 1) (param i32) (result anyref)
    (local (ref null 9) i64)
    local.get 1
    extern.convert_any
    local.get 0
    data.drop 0
    i32.extend16_s
    i64.extend_i32_u
    i32.const -951330537
    nop
    call 0
    br 0
    i64.extend8_s
    loop (type 16) (result i64 i64 i32 i64 i32 (ref null 7)) ;; label = @1
      data.drop 0
      local.get 0
      struct.new_default 11
      br_on_non_null 1
      i32.extend8_s
      call 3
      ref.is_null
      local.tee 0
      i32.clz
      i32.extend8_s
      i32.clz
      try_table (type 4) (result i64 anyref i64 i32) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) (catch_all 0 (;@1;)) ;; label = @2
        struct.new 20
        ref.cast (ref 20)
        data.drop 0
        br_on_null 1 (;@1;)
        global.get 0
        global.set 0
        nop
        ref.as_non_null
        br_on_cast_fail 2 (ref 20) (ref 20)
        data.drop 0
        try_table (type 16) (result i64 i64 i32 i64 i32 (ref null 7)) ;; label = @3
          struct.new_default 18
          loop ;; label = @4
            global.get 1
            i64.clz
            local.get 1
            ref.as_non_null
            ref.as_non_null
            ref.test (ref none)
            call 3
            ref.null none
            local.tee 1
            block (type 4) (result i64 anyref i64 i32) ;; label = @5
              loop (type 16) (result i64 i64 i32 i64 i32 (ref null 7)) ;; label = @6
                data.drop 0
                block (type 4) (result i64 anyref i64 i32) ;; label = @7
                  i64.const -4194304
                  loop (type 17) (param i64) ;; label = @8
                    i64.eqz
                    if (type 4) (result i64 anyref i64 i32) ;; label = @9
                      local.get 2
                      loop (type 16) (result i64 i64 i32 i64 i32 (ref null 7)) ;; label = @10
                        i32.const -673323220
                        i32.ctz
                        i32.clz
                        i64.const 31
                        i64.popcnt
                        i64.ctz
                        loop (result nullref) ;; label = @11
                          i32.const -17
                          atomic.fence
                          br_if 7 (;@4;)
                          global.get 1
                          local.set 2
                          data.drop 0
                          global.get 1
                          loop (type 16) (result i64 i64 i32 i64 i32 (ref null 7)) ;; label = @12
                            block (type 16) (result i64 i64 i32 i64 i32 (ref null 7)) ;; label = @13
                              block (result i64) ;; label = @14
                                i64.const -144115188075855872
                              end
                              local.tee 2
                              nop
                              i64.const 2079082940092845667
                              i64.xor
                              local.set 2
                              local.get 0
                              block (type 16) (result i64 i64 i32 i64 i32 (ref null 7)) ;; label = @14
                                data.drop 0
                                global.get 0
                                i32.wrap_i64
                                i32.extend16_s
                                try_table (result i64) (catch_all 10 (;@4;)) (catch_all 13 (;@1;)) (catch_all 13 (;@1;)) (catch_all 10 (;@4;)) (catch_all 2 (;@12;)) (catch_all 10 (;@4;)) (catch_all 3 (;@11;)) (catch_all 3 (;@11;)) (catch_all 4 (;@10;)) (catch_all 13 (;@1;)) ;; label = @15
                                  atomic.fence
                                  atomic.fence
                                  struct.new_default 19
                                  global.get 0
                                  br 14 (;@1;)
                                  block (result i32) ;; label = @16
                                    struct.new 20
                                    global.get 1
                                    struct.new 20
                                    global.get 1
                                    try_table (catch_all 12 (;@4;)) (catch_all 4 (;@12;)) (catch_all 4 (;@12;)) (catch_all 10 (;@6;)) (catch_all 4 (;@12;)) (catch_all 4 (;@12;)) (catch_all 10 (;@6;)) (catch_all 5 (;@11;)) (catch_all 15 (;@1;)) ;; label = @17
                                      data.drop 0
                                      ref.null 14
                                      ref.test (ref 14)
                                      br_table 0 (;@17;) 5 (;@12;) 6 (;@11;) 7 (;@10;) 11 (;@6;) 13 (;@4;) 16 (;@1;) 6 (;@11;)
                                      atomic.fence
                                      ref.null nofunc
                                      struct.new_default 11
                                      struct.new 20
                                      br_on_cast_fail 17 (ref 20) (ref 20)
                                      loop ;; label = @18
                                        ref.null 20
                                        block (type 4) (result i64 anyref i64 i32) ;; label = @19
                                          local.get 2
                                          i64.popcnt
                                          global.set 0
                                          block (type 4) (result i64 anyref i64 i32) ;; label = @20
                                            block (type 4) (result i64 anyref i64 i32) ;; label = @21
                                              block ;; label = @22
                                              end
                                              unreachable
                                            end
                                          end
                                        end
                                        unreachable
                                      end
                                      unreachable
                                    end
                                    unreachable
                                  end
                                  unreachable
                                end
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
                    else
                      unreachable
                    end
                    unreachable
                  end
                  unreachable
                end
                unreachable
              end
              unreachable
            end
            unreachable
          end
          unreachable
        end
        unreachable
      end
      unreachable
    end
    unreachable
  )
  (func (;1;) (type 1) (param i32) (result anyref)
    unreachable
  )
  (func (;2;) (type 5) (param funcref) (result nullexternref)
    unreachable
  )
  (func (;3;) (type 1) (param i32) (result anyref)
    unreachable
  )
  (data (;0;) "")
)
