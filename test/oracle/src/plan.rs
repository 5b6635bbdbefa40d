//! Plans: what is done with an instance, one step after the other. Made by cvm's side (test/differential/plan.cpp), which
//! has read the module; followed by every engine, so that none has to agree with another on how to choose arguments.
//!
//! A plan is a row of steps: a byte that says what (below), the name of an export (a u32 count of bytes, then these), and for
//! calls (and SET) a byte count of arguments with a kind byte and 16 bytes each, and a byte count of results. Numbers are little-endian.
//! A step with the bit ENV is about the instance of the environment.

pub const CALL: u8 = 1;
pub const GLOBAL: u8 = 2;
pub const MEMORY: u8 = 3;
pub const TABLE: u8 = 4;
/// The first argument becomes the value of a variable; it leaves no line in the transcript.
pub const SET: u8 = 5;
pub const ENV: u8 = 0x80;

pub struct Step<'a> {
    pub what: u8,
    pub of_env: bool,
    pub name: &'a str,
    pub args: Vec<(u8, u128)>,
    pub results: usize,
}

pub struct Steps<'a> {
    rest: &'a [u8],
}

pub fn steps(plan: &[u8]) -> Steps<'_> {
    Steps { rest: plan }
}

impl<'a> Steps<'a> {
    fn take(&mut self, size: usize) -> &'a [u8] {
        let (head, rest) = self.rest.split_at(size);
        self.rest = rest;
        head
    }
    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let what = self.byte();
        let size = u32::from_le_bytes(self.take(4).try_into().unwrap()) as usize;
        let name = std::str::from_utf8(self.take(size)).expect("names are UTF-8");
        let (mut args, mut results) = (Vec::new(), 0);
        if matches!(what & !ENV, CALL | SET) {
            for _ in 0..self.byte() {
                let kind = self.byte();
                args.push((kind, u128::from_le_bytes(self.take(16).try_into().unwrap())));
            }
            results = self.byte() as usize;
        }
        Some(Step { what: what & !ENV, of_env: what & ENV != 0, name, args, results })
    }
}
