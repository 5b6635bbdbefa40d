// Kernels of pure computation: calls, floating point, integer loops over arrays.
use crate::{mix, Random};
use std::hint::black_box;

#[inline(never)]
fn fib_of(n: u32) -> u64 {
    if n < 2 {
        return u64::from(n);
    }
    fib_of(n - 1) + fib_of(n - 2)
}

/// Doubly recursive Fibonacci: nothing but calls.
pub fn fib(scale: u32) -> u64 {
    (0..scale).fold(0, |sum, _| mix(sum, fib_of(black_box(37))))
}

#[derive(Clone, Copy)]
struct Body {
    position: [f64; 3],
    velocity: [f64; 3],
    mass: f64,
}

fn advance(bodies: &mut [Body], dt: f64) {
    for i in 0..bodies.len() {
        let (left, right) = bodies.split_at_mut(i + 1);
        let a = &mut left[i];
        for b in right {
            let d: [f64; 3] = std::array::from_fn(|k| a.position[k] - b.position[k]);
            let square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
            let magnitude = dt / (square * square.sqrt());
            for k in 0..3 {
                a.velocity[k] -= d[k] * b.mass * magnitude;
                b.velocity[k] += d[k] * a.mass * magnitude;
            }
        }
    }
    for body in bodies {
        for k in 0..3 {
            body.position[k] += dt * body.velocity[k];
        }
    }
}

/// Gravity between five bodies in double precision.
pub fn nbody(scale: u32) -> u64 {
    let mut bodies: [Body; 5] = std::array::from_fn(|i| {
        let r = i as f64 * 5.2;
        let angle = i as f64 * 1.3;
        Body {
            position: [r * angle.cos(), r * angle.sin(), 0.1 * r],
            velocity: [-0.4 * angle.sin() * i as f64, 0.4 * angle.cos() * i as f64, 0.01 * i as f64],
            mass: if i == 0 { 39.478 } else { 0.01 / i as f64 },
        }
    });
    for _ in 0..1_200_000 * scale {
        advance(&mut bodies, 0.001);
    }
    let sum = bodies.iter().flat_map(|b| b.position).fold(0, |sum, x| mix(sum, x.to_bits()));
    bodies.iter().flat_map(|b| b.velocity).fold(sum, |sum, x| mix(sum, x.to_bits()))
}

/// Escape times over a square of the plane.
pub fn mandelbrot(scale: u32) -> u64 {
    let (width, height, limit) = (600, 500 * scale, 500);
    let mut sum = 0;
    for y in 0..height {
        let ci = f64::from(y) * 2.0 / f64::from(height) - 1.0;
        for x in 0..width {
            let cr = f64::from(x) * 3.0 / f64::from(width) - 2.0;
            let (mut zr, mut zi, mut n) = (0.0, 0.0, 0);
            while n < limit && zr * zr + zi * zi <= 4.0 {
                (zr, zi) = (zr * zr - zi * zi + cr, 2.0 * zr * zi + ci);
                n += 1;
            }
            sum = mix(sum, n);
        }
    }
    sum
}

/// Primes below four million by Eratosthenes.
pub fn sieve(scale: u32) -> u64 {
    const LIMIT: usize = 4_000_000;
    let mut sum = 0;
    for round in 0..10 * scale {
        let mut composite = vec![false; LIMIT + round as usize % 2];
        let mut count = 0u64;
        for i in 2..LIMIT {
            if !composite[i] {
                count += 1;
                let mut multiple = i * i;
                while multiple < LIMIT {
                    composite[multiple] = true;
                    multiple += i;
                }
            }
        }
        sum = mix(sum, count);
    }
    sum
}

/// Product of square matrices of doubles, the plain triple loop.
pub fn matmul(scale: u32) -> u64 {
    const N: usize = 200;
    let mut random = Random::new(7);
    let mut fill = || (0..N * N).map(|_| random.below(1000) as f64 / 8.0).collect::<Vec<f64>>();
    let (mut a, b) = (fill(), fill());
    let mut c = vec![0.0; N * N];
    for _ in 0..14 * scale {
        for i in 0..N {
            for j in 0..N {
                c[i * N + j] = (0..N).map(|k| a[i * N + k] * b[k * N + j]).sum();
            }
        }
        a.iter_mut().zip(&c).for_each(|(x, y)| *x = y % 125.0);
    }
    c.iter().fold(0, |sum, x| mix(sum, x.to_bits()))
}

/// Most flips of a prefix over all permutations of nine elements.
pub fn fannkuch(scale: u32) -> u64 {
    const N: usize = 9;
    let mut sum = 0;
    for _ in 0..7 * scale {
        let mut permutation: [usize; N] = std::array::from_fn(|i| i);
        let mut counters = [0usize; N];
        let (mut most, mut parity, mut check) = (0u64, 0u32, 0i64);
        loop {
            let mut work = permutation;
            let mut flips = 0;
            while work[0] != 0 {
                let first = work[0];
                work[..=first].reverse();
                flips += 1;
            }
            most = most.max(flips);
            check += if parity == 0 { flips as i64 } else { -(flips as i64) };
            parity ^= 1;
            let mut i = 1;
            while i < N && counters[i] >= i {
                counters[i] = 0;
                i += 1;
            }
            if i == N {
                break;
            }
            // Heap's algorithm: one exchange gives the next permutation.
            permutation.swap(i, if i % 2 == 0 { 0 } else { counters[i] });
            counters[i] += 1;
        }
        sum = mix(mix(sum, most), check as u64);
    }
    sum
}

fn multiply(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut product = vec![0u32; a.len() + b.len()];
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0u64;
        for (j, &y) in b.iter().enumerate() {
            let t = u64::from(x) * u64::from(y) + u64::from(product[i + j]) + carry;
            product[i + j] = t as u32;
            carry = t >> 32;
        }
        product[i + b.len()] = carry as u32;
    }
    while product.last() == Some(&0) {
        product.pop();
    }
    product
}

fn divide_small(number: &mut Vec<u32>, divisor: u32) -> u32 {
    let mut remainder = 0u64;
    for limb in number.iter_mut().rev() {
        let t = remainder << 32 | u64::from(*limb);
        *limb = (t / u64::from(divisor)) as u32;
        remainder = t % u64::from(divisor);
    }
    while number.last() == Some(&0) {
        number.pop();
    }
    remainder as u32
}

/// Powers of a large integer by school multiplication, printed in decimal.
pub fn bigint(scale: u32) -> u64 {
    let mut sum = 0;
    for round in 0..7 * scale {
        let mut power = vec![1u32];
        let base = [0x1234_5677 + round, 0x9abc_def1];
        for _ in 0..9 {
            power = multiply(&multiply(&power, &power), &base);
        }
        let mut square = multiply(&power, &power);
        square = multiply(&square, &power);
        while !square.is_empty() {
            sum = mix(sum, u64::from(divide_small(&mut square, 1_000_000_000)));
        }
    }
    sum
}
