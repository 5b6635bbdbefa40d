// Benchmark kernels, one program: `kernels NAME SCALE` runs one of them and prints a checksum; without arguments it
// lists the names. At scale 1 a kernel takes about a second under an interpreter; work grows in proportion to the scale.
// Every result is a function of name and scale alone, so that engines can be compared by equality.
mod data;
mod numeric;
mod objects;
mod text;

use std::process::ExitCode;

type Kernel = fn(u32) -> u64;

const KERNELS: &[(&str, Kernel)] = &[
    ("fib", numeric::fib),
    ("nbody", numeric::nbody),
    ("mandelbrot", numeric::mandelbrot),
    ("sieve", numeric::sieve),
    ("matmul", numeric::matmul),
    ("fannkuch", numeric::fannkuch),
    ("bigint", numeric::bigint),
    ("sha256", data::sha256),
    ("deflate", data::deflate),
    ("hashmap", data::hashmap),
    ("sort", data::sort),
    ("dyncall", objects::dyncall),
    ("trees", objects::trees),
    ("regex", text::regex),
    ("json", text::json),
    ("base64", text::base64),
];

/// The generator every kernel takes its input from (xorshift64*; Vigna, 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }
}

/// Folds one more value into a checksum (FNV-1a over 64-bit words).
pub fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let Some(name) = args.get(1) else {
        KERNELS.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    };
    let scale = args.get(2).map_or(Ok(1), |text| text.parse::<u32>());
    match (KERNELS.iter().find(|(kernel, _)| kernel == name), scale) {
        (Some((_, kernel)), Ok(scale)) if scale > 0 => {
            println!("{name} {scale} {:016x}", kernel(scale));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: kernels [NAME [SCALE]]");
            ExitCode::from(2)
        }
    }
}
