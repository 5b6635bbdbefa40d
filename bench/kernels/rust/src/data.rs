// Kernels over data in memory: hashing, compressing, maps and sorting.
use crate::{mix, Random};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

/// Round constants of SHA-256 (FIPS 180-4, 4.2.2): the first 32 bits of the fractional parts of the cube roots of primes.
fn round_constants() -> [u32; 64] {
    let is_prime = |n: &u64| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0);
    let mut primes = (2u64..).filter(is_prime);
    std::array::from_fn(|_| {
        let p = u128::from(primes.next().unwrap());
        // floor(cbrt(p) * 2^32) by bisection on x^3 <= p * 2^96.
        let (mut low, mut high) = (0u128, 1u128 << 36);
        while high - low > 1 {
            let middle = (low + high) / 2;
            if middle * middle * middle <= p << 96 {
                low = middle;
            } else {
                high = middle;
            }
        }
        low as u32
    })
}

fn sha256_block(state: &mut [u32; 8], block: &[u8], constants: &[u32; 64]) {
    let mut w = [0u32; 64];
    for (i, word) in block.chunks_exact(4).enumerate() {
        w[i] = u32::from_be_bytes(word.try_into().unwrap());
    }
    for i in 16..64 {
        let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
        let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for i in 0..64 {
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & f) ^ (!e & g);
        let t1 = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(constants[i]).wrapping_add(w[i]);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        (h, g, f, e) = (g, f, e, d.wrapping_add(t1));
        (d, c, b, a) = (c, b, a, t1.wrapping_add(s0.wrapping_add(majority)));
    }
    for (s, v) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *s = s.wrapping_add(v);
    }
}

/// SHA-256 of some megabytes.
pub fn sha256(scale: u32) -> u64 {
    let constants = round_constants();
    let mut state = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ];
    let mut random = Random::new(256);
    let message: Vec<u8> = (0..1 << 20).map(|_| random.next() as u8).collect();
    for _ in 0..8 * scale {
        message.chunks_exact(64).for_each(|block| sha256_block(&mut state, block, &constants));
    }
    state.iter().fold(0, |sum, &word| mix(sum, u64::from(word)))
}

/// Bytes with the repetitions of prose: words of a small vocabulary, frequent ones first.
fn prose(length: usize, random: &mut Random) -> Vec<u8> {
    let words: Vec<Vec<u8>> = (0..500)
        .map(|_| (0..2 + random.below(8)).map(|_| b'a' + random.below(26) as u8).collect())
        .collect();
    let mut text = Vec::with_capacity(length + 10);
    while text.len() < length {
        let rank = random.below(500) * random.below(500) / 500;
        text.extend_from_slice(&words[rank as usize]);
        text.push(if random.below(12) == 0 { b'\n' } else { b' ' });
    }
    text
}

/// Deflate and inflate with miniz_oxide.
pub fn deflate(scale: u32) -> u64 {
    let mut random = Random::new(1951);
    let mut sum = 0;
    for _ in 0..scale {
        let text = prose(2_400_000, &mut random);
        let packed = miniz_oxide::deflate::compress_to_vec(&text, 6);
        let unpacked = miniz_oxide::inflate::decompress_to_vec(&packed).expect("own output inflates");
        assert!(unpacked == text);
        sum = packed.iter().fold(sum, |sum, &byte| mix(sum, u64::from(byte)));
    }
    sum
}

/// Insert, look up, change and remove in a hash map (SipHash with fixed keys), then order it in a B-tree.
pub fn hashmap(scale: u32) -> u64 {
    let mut random = Random::new(11);
    let mut sum = 0;
    for _ in 0..scale {
        let mut map: HashMap<u64, u64, BuildHasherDefault<DefaultHasher>> = HashMap::default();
        let mut names: HashMap<String, u32, BuildHasherDefault<DefaultHasher>> = HashMap::default();
        for i in 0..1_000_000u64 {
            let key = random.below(60_000);
            *map.entry(key).or_insert(i) += key;
            if i % 5 == 0 {
                map.remove(&random.below(60_000));
            }
            if i % 4 == 0 {
                *names.entry(format!("name-{}", key % 5_000)).or_default() += 1;
            }
        }
        let ordered: BTreeMap<_, _> = map.into_iter().collect();
        sum = ordered.iter().fold(sum, |sum, (k, v)| mix(mix(sum, *k), *v));
        let mut counts: Vec<_> = names.into_iter().collect();
        counts.sort();
        sum = counts.iter().fold(sum, |sum, (name, count)| mix(sum, u64::from(*count) + name.len() as u64));
    }
    sum
}

/// The standard library's sorts, stable and not, on integers, by key, and on strings.
pub fn sort(scale: u32) -> u64 {
    let mut random = Random::new(13);
    let mut sum = 0;
    for _ in 0..scale {
        let mut numbers: Vec<u64> = (0..500_000).map(|_| random.next()).collect();
        numbers.sort_unstable();
        sum = mix(sum, numbers[numbers.len() / 2]);
        numbers.sort_by_key(|n| (n & 0xff, n >> 40));
        sum = mix(sum, numbers[numbers.len() / 3]);
        let mut words: Vec<String> = (0..60_000).map(|_| format!("{:x}", random.next() % 1_000_003)).collect();
        words.sort();
        sum = words.iter().step_by(100).fold(sum, |sum, word| mix(sum, u64::from(word.as_bytes()[0])));
    }
    sum
}
