// Kernels over text: matching, parsing, printing, encoding.
use crate::{mix, Random};
use serde_json::{json, Value};

fn log_line(random: &mut Random) -> String {
    let hosts = ["alpha.example.org", "beta.example.org", "münchen.example", "192.0.2.17"];
    format!(
        "2026-{:02}-{:02}T{:02}:{:02}:00Z {} GET /items/{}?q={} {} user{}@{}",
        1 + random.below(12),
        1 + random.below(28),
        random.below(24),
        random.below(60),
        ["INFO", "WARN", "ERROR"][random.below(3) as usize],
        random.below(100_000),
        ["tea", "größe", "a%20b", "日本"][random.below(4) as usize],
        [200, 304, 404, 500][random.below(4) as usize],
        random.below(1000),
        hosts[random.below(4) as usize],
    )
}

/// Regular expressions over log lines: searching, captures, alternation, case folding.
pub fn regex(scale: u32) -> u64 {
    let mut random = Random::new(19);
    let text: String = (0..10_000).map(|_| log_line(&mut random) + "\n").collect();
    let patterns = [
        r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})",
        r"(?i)\b(warn|error)\b.*\b(404|500)\b",
        r"[a-z]+\d+@(?:[a-z]+\.)+[a-z]+",
        r"q=(\w+)",
        r"(?m)^.*items/\d*7\d*7\?.*$",
    ];
    let mut sum = 0;
    for _ in 0..scale {
        for pattern in patterns {
            let regex = regex::Regex::new(pattern).expect("the pattern is valid");
            for found in regex.captures_iter(&text) {
                let whole = found.get(0).expect("group 0 is the match");
                sum = mix(sum, (whole.start() * 31 + whole.end()) as u64);
                sum = found.get(1).map_or(sum, |group| mix(sum, group.len() as u64));
            }
        }
    }
    sum
}

fn document(random: &mut Random) -> Value {
    let people: Vec<Value> = (0..400)
        .map(|id| {
            json!({
                "id": id,
                "name": format!("Name \"{}\" \u{e9}\u{4e2d}", random.below(1 << 40)),
                "score": random.below(1_000_000) as f64 / 64.0,
                "tags": (0..random.below(6)).map(|t| format!("tag{t}")).collect::<Vec<_>>(),
                "nested": { "ok": random.below(2) == 0, "none": null, "big": random.next() },
            })
        })
        .collect();
    json!({ "people": people })
}

fn weigh(value: &Value) -> u64 {
    match value {
        Value::Null => 1,
        Value::Bool(b) => 2 + u64::from(*b),
        Value::Number(n) => n.as_u64().unwrap_or_else(|| n.as_f64().unwrap_or(0.0).to_bits()),
        Value::String(s) => s.chars().map(u64::from).sum(),
        Value::Array(items) => items.iter().fold(5, |sum, item| mix(sum, weigh(item))),
        Value::Object(map) => map.iter().fold(7, |sum, (k, v)| mix(sum, k.len() as u64 ^ weigh(v))),
    }
}

/// Parse and print JSON with serde_json.
pub fn json(scale: u32) -> u64 {
    let mut random = Random::new(23);
    let mut text = document(&mut random).to_string();
    let mut sum = 0;
    for _ in 0..75 * scale {
        let mut value: Value = serde_json::from_str(&text).expect("own output parses");
        sum = mix(sum, weigh(&value));
        let person = &mut value["people"][random.below(400) as usize];
        person["score"] = json!(random.below(1_000_000) as f64 / 64.0);
        text = value.to_string();
    }
    sum
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().enumerate().fold(0u32, |group, (i, &byte)| group | u32::from(byte) << (16 - 8 * i));
        for i in 0..4 {
            let digit = ALPHABET[(group >> (18 - 6 * i) & 63) as usize];
            text.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

fn decode(text: &str) -> Vec<u8> {
    let mut values = [0u8; 128];
    ALPHABET.iter().zip(0..).for_each(|(&digit, value)| values[usize::from(digit)] = value);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in text.as_bytes().chunks_exact(4) {
        let digits = chunk.iter().filter(|&&digit| digit != b'=').count();
        let group = chunk.iter().fold(0u32, |group, &digit| group << 6 | u32::from(values[usize::from(digit & 127)]));
        bytes.extend_from_slice(&group.to_be_bytes()[1..digits]);
    }
    bytes
}

/// Base64 there and back over UTF-8 text, with upper-casing, reversing and counting of characters between.
pub fn base64(scale: u32) -> u64 {
    let mut random = Random::new(29);
    let mut text: String = (0..1_500).map(|_| log_line(&mut random) + "\n").collect();
    let mut sum = 0;
    for round in 0..32 * scale {
        let encoded = encode(text.as_bytes());
        sum = mix(sum, encoded.bytes().fold(0, |sum, byte| mix(sum, u64::from(byte))));
        let back = String::from_utf8(decode(&encoded)).expect("decoding gives the text back");
        assert!(back == text);
        text = match round % 3 {
            0 => back.to_uppercase(),
            1 => back.to_lowercase(),
            _ => back.chars().rev().collect(),
        };
        sum = mix(sum, text.chars().filter(|c| c.is_alphanumeric()).count() as u64);
        sum = mix(sum, text.split_whitespace().map(|word| word.chars().count() as u64).max().unwrap_or(0));
    }
    sum
}
