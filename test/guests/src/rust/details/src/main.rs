// details WHAT [ARGS...]: one small matter at a time, where the tour does many. Built as preview-1 module and as component.
use std::hint::black_box;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Standard input to standard output in blocks of the size given.
fn echo(block: usize) -> io::Result<()> {
    let mut buffer = vec![0; block];
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    loop {
        match input.read(&mut buffer)? {
            0 => return output.flush(),
            size => output.write_all(&buffer[..size])?,
        }
    }
}

/// Numbered lines of standard input.
fn number() -> io::Result<()> {
    for (index, line) in io::stdin().lock().lines().enumerate() {
        println!("{:>4} {}", index + 1, line?);
    }
    Ok(())
}

/// More output than any buffer on the way holds.
fn big_output(bytes: usize) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let line: Vec<u8> = (0..64u8).map(|i| b'0' + i % 64).chain([b'\n']).collect();
    let mut left = bytes;
    while left > 0 {
        let size = left.min(line.len());
        output.write_all(&line[..size])?;
        left -= size;
    }
    output.flush()
}

/// A directory tree, depth first, in the order of names.
fn walk(directory: &Path, depth: usize) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let (name, metadata) = (entry.file_name(), fs::symlink_metadata(entry.path())?);
        let name = name.to_string_lossy();
        if metadata.is_dir() {
            println!("{:indent$}{name}/", "", indent = 2 * depth);
            walk(&entry.path(), depth + 1)?;
        } else if metadata.is_symlink() {
            println!("{:indent$}{name} -> {}", "", fs::read_link(entry.path())?.display(), indent = 2 * depth);
        } else {
            println!("{:indent$}{name} {}", "", metadata.len(), indent = 2 * depth);
        }
    }
    Ok(())
}

/// A file of many blocks, written and read back; the checksum covers the order.
fn big_file(path: &Path) -> io::Result<()> {
    let block: Vec<u8> = (0..=255).cycle().take(70_001).collect();
    let mut file = fs::File::create(path)?;
    for _ in 0..60 {
        file.write_all(&block)?;
    }
    drop(file);
    let data = fs::read(path)?;
    let sum = data.iter().fold(0u32, |sum, &byte| sum.rotate_left(5) ^ u32::from(byte));
    println!("{} bytes, checksum {sum:08x}", data.len());
    Ok(())
}

/// Sleeps several times; says whether each lasted long enough and none absurdly long.
fn sleep(milliseconds: u64) {
    for factor in [0, 1, 2] {
        let (start, span) = (Instant::now(), Duration::from_millis(milliseconds * factor));
        thread::sleep(span);
        let took = start.elapsed();
        println!("{factor}: {} {}", took >= span, took < span + Duration::from_secs(10));
    }
}

/// Takes blocks of 16 MiB, touching each, until memory is refused (an error the program handles) or the count is reached.
fn memory(count: u64) {
    let mut blocks: Vec<Vec<u64>> = Vec::new();
    for i in 0..count {
        let mut block = Vec::new();
        if block.try_reserve_exact(2 << 20).is_err() {
            println!("refused after the first: {}", i > 0);
            return;
        }
        block.push(i);
        blocks.push(block);
    }
    println!("{} blocks, sum {}", blocks.len(), blocks.iter().map(|block| block[0]).sum::<u64>());
}

#[inline(never)]
fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 16]);
    if depth == 0 {
        return 0;
    }
    recurse(depth - 1) + black_box(frame)[(depth % 16) as usize]
}

fn number_argument(index: usize, default: u64) -> u64 {
    env::args().nth(index).and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn run(what: &str) -> io::Result<ExitCode> {
    let path = env::args().nth(2).unwrap_or_default();
    match what {
        "args" => env::args().skip(2).for_each(|argument| println!("{} {argument:?}", argument.len())),
        "echo" => echo(number_argument(2, 4096) as usize)?,
        "number" => number()?,
        "ignore-input" => println!("did not read"),
        "big-output" => big_output(number_argument(2, 1000) as usize)?,
        "walk" => walk(Path::new(&path), 0)?,
        "big-file" => big_file(Path::new(&path))?,
        "sleep" => sleep(number_argument(2, 3)),
        "memory" => memory(number_argument(2, 16)),
        "recurse" => println!("{}", recurse(number_argument(2, 10))),
        "exit" => std::process::exit(number_argument(2, 0) as i32),
        "return" => return Ok(ExitCode::from(number_argument(2, 0) as u8)),
        "error" => return Err(io::Error::other("asked to fail")),
        "panic" => panic!("asked to panic"),
        "abort" => std::process::abort(),
        _ => return Ok(ExitCode::from(64)),
    }
    Ok(ExitCode::SUCCESS)
}

fn main() -> io::Result<ExitCode> {
    run(&env::args().nth(1).unwrap_or_default())
}
