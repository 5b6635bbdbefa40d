// hello-dir DIRECTORY: lists a directory and counts what arrives on standard input.
//
// An ordinary Rust program: nothing in it knows about WebAssembly. Built for wasm32-wasip2 it is a component that sees
// only the directories, variables and streams it was given; the report is sorted, so that equal input gives equal output.
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

struct Entry {
    name: String,
    kind: &'static str,
    size: u64,
    first_line: Option<String>,
}

/// The first line of a text file, or nothing if it is empty or not UTF-8.
fn first_line(path: &Path) -> Option<String> {
    let file = fs::File::open(path).ok()?;
    let line = io::BufReader::new(file).lines().next()?.ok()?;
    (!line.is_empty()).then_some(line)
}

fn read_entries(directory: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let metadata = fs::symlink_metadata(entry.path())?;
        let is_file = metadata.is_file();
        entries.push(Entry {
            name: entry.file_name().to_string_lossy().into_owned(),
            kind: if metadata.is_dir() { "directory" } else if is_file { "file" } else { "other" },
            size: if is_file { metadata.len() } else { 0 },
            first_line: if is_file { first_line(&entry.path()) } else { None },
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

fn report(directory: &str) -> io::Result<()> {
    let entries = read_entries(Path::new(directory))?;
    let mut out = io::stdout().lock();
    let who = env::var("NAME").unwrap_or_else(|_| "world".into());
    writeln!(out, "Hello, {who}! This is a component looking at {directory}:")?;
    for e in &entries {
        match (e.kind, &e.first_line) {
            ("file", Some(line)) => writeln!(out, "  {:<9} {:>8}  {}: {line}", e.kind, e.size, e.name)?,
            ("file", None) => writeln!(out, "  {:<9} {:>8}  {}", e.kind, e.size, e.name)?,
            _ => writeln!(out, "  {:<9} {:>8}  {}", e.kind, "-", e.name)?,
        }
    }
    let bytes: u64 = entries.iter().map(|e| e.size).sum();
    writeln!(out, "{} entries, {bytes} bytes in files", entries.len())?;

    let (mut lines, mut words, mut longest) = (0, 0, String::new());
    for line in io::stdin().lock().lines() {
        let line = line?;
        lines += 1;
        words += line.split_whitespace().count();
        if line.chars().count() > longest.chars().count() {
            longest = line;
        }
    }
    writeln!(out, "standard input: {lines} lines, {words} words, longest line: {longest:?}")
}

fn main() -> ExitCode {
    let Some(directory) = env::args().nth(1) else {
        eprintln!("usage: hello-dir DIRECTORY < INPUT");
        return ExitCode::from(2);
    };
    match report(&directory) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hello-dir: {directory}: {error}");
            ExitCode::FAILURE
        }
    }
}
