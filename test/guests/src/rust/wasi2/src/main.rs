// wasi2 WHAT: calls WASI 0.2 itself (crate wasip2), function by function, where the standard library of a language uses
// only part of it or hides the error code. What is not the same on every machine is printed as a verdict.
use std::env;
use std::fmt::Debug;
use wasip2::cli::{environment, stderr, stdin, stdout, terminal_stderr, terminal_stdin, terminal_stdout};
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::filesystem::preopens;
use wasip2::filesystem::types::{
    filesystem_error_code, Advice, Descriptor, DescriptorFlags, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};
use wasip2::io::poll::{poll, Pollable};
use wasip2::io::streams::{InputStream, OutputStream, StreamError};
use wasip2::random::{insecure, insecure_seed, random};

fn show<T: Debug>(what: &str, result: Result<T, ErrorCode>) {
    match result {
        Ok(value) => println!("{what}: {value:?}"),
        Err(error) => println!("{what}: error {}", error.name()),
    }
}

/// A stream error as text; the file system's code where there is one, never the host's own words.
fn stream_error(error: StreamError) -> String {
    match error {
        StreamError::Closed => "closed".into(),
        StreamError::LastOperationFailed(error) => {
            format!("failed, code {:?}, text {}", filesystem_error_code(&error), !error.to_debug_string().is_empty())
        }
    }
}

fn read_all(input: &InputStream, block: u64) -> Vec<u8> {
    let mut data = Vec::new();
    while let Ok(bytes) = input.blocking_read(block) {
        data.extend(bytes);
    }
    data
}

fn write_all(output: &OutputStream, data: &[u8]) {
    data.chunks(4096).for_each(|chunk| output.blocking_write_and_flush(chunk).expect("the stream takes it"));
}

fn environment() {
    println!("[environment]");
    println!("arguments: {:?}", environment::get_arguments());
    let mut variables = environment::get_environment();
    variables.sort();
    println!("variables: {variables:?}");
    println!("initial cwd: {:?}", environment::initial_cwd());
    println!("terminal: {}", terminal_stdin::get_terminal_stdin().is_some());
    println!("terminal: {}", terminal_stdout::get_terminal_stdout().is_some());
    println!("terminal: {}", terminal_stderr::get_terminal_stderr().is_some());
}

fn streams() {
    println!("[streams]");
    let (input, output, errors) = (stdin::get_stdin(), stdout::get_stdout(), stderr::get_stderr());
    input.subscribe().block();
    println!("ready: {}", input.subscribe().ready());
    println!("blocking-read: {:?}", input.blocking_read(5).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
    println!("blocking-skip: {:?}", input.blocking_skip(3));
    println!("read of nothing: {:?}", input.read(0).map(|bytes| bytes.len()));
    write_all(&output, b"written by hand\n");
    write_all(&errors, b"errors by hand\n");
    output.subscribe().block();
    println!("check-write: {}", output.check_write().is_ok_and(|room| room > 0));
    println!("flush: {}", output.flush().is_ok());
    let mut copied = 0;
    loop {
        match output.blocking_splice(&input, 7) {
            Ok(size) => copied += size,
            Err(error) => break println!("\nend of splice: {}", stream_error(error)),
        }
    }
    println!("copied: {copied}");
    println!("after the end: {}", input.blocking_read(1).map_or_else(stream_error, |bytes| format!("{bytes:?}")));
    println!("skip after the end: {}", input.blocking_skip(1).map_or_else(stream_error, |size| size.to_string()));
}

fn polls() {
    println!("[poll]");
    let start = monotonic_clock::now();
    let (early, late) = (monotonic_clock::subscribe_duration(2_000_000), monotonic_clock::subscribe_instant(u64::MAX));
    let past = monotonic_clock::subscribe_instant(start.saturating_sub(1));
    println!("past: {:?}", poll(&[&late, &past]));
    println!("late: {}", late.ready());
    println!("early: {:?}", poll(&[&early, &late]));
    println!("lasted: {}", monotonic_clock::now() - start >= 2_000_000);
    println!("still ready: {}", early.ready());
    println!("twice: {:?}", poll(&[&early, &early]));
    let timers: Vec<Pollable> = (0..50).map(|i| monotonic_clock::subscribe_duration(1_000_000 * (i % 3))).collect();
    let mut left: Vec<&Pollable> = timers.iter().collect();
    let mut rounds = 0;
    while !left.is_empty() {
        let ready = poll(&left);
        left = left.iter().enumerate().filter(|(i, _)| !ready.contains(&(*i as u32))).map(|(_, p)| *p).collect();
        rounds += 1;
    }
    println!("fifty: {}", (1..=50).contains(&rounds));
    println!("closed input: {:?}", poll(&[&late, &stdin::get_stdin().subscribe()]));
    println!("output: {:?}", poll(&[&stdout::get_stdout().subscribe(), &late]));
}

fn clocks() {
    println!("[clocks]");
    let (a, b) = (monotonic_clock::now(), monotonic_clock::now());
    println!("monotonic: {}", a <= b);
    println!("resolution: {}", (1..=1_000_000_000).contains(&monotonic_clock::resolution()));
    let now = wall_clock::now();
    println!("wall: {} {}", now.seconds > 1_577_836_800, now.nanoseconds < 1_000_000_000);
    let resolution = wall_clock::resolution();
    println!("wall resolution: {}", resolution.seconds * 1_000_000_000 + u64::from(resolution.nanoseconds) > 0);
}

fn randoms() {
    println!("[random]");
    println!("sizes: {:?}", [0, 1, 7, 5000].map(|size| random::get_random_bytes(size).len()));
    println!("bytes differ: {}", random::get_random_bytes(16) != random::get_random_bytes(16));
    println!("words differ: {}", random::get_random_u64() != random::get_random_u64());
    println!("insecure sizes: {:?}", [0, 3, 600].map(|size| insecure::get_insecure_random_bytes(size).len()));
    println!("insecure differ: {}", insecure::get_insecure_random_u64() != insecure::get_insecure_random_u64());
    println!("seed is stable: {}", insecure_seed::insecure_seed() == insecure_seed::insecure_seed());
}

const NONE: PathFlags = PathFlags::empty();
const FOLLOW: PathFlags = PathFlags::SYMLINK_FOLLOW;
const READ: DescriptorFlags = DescriptorFlags::READ;
const WRITE: DescriptorFlags = DescriptorFlags::WRITE;

fn open(root: &Descriptor, path: &str, how: OpenFlags, flags: DescriptorFlags) -> Result<Descriptor, ErrorCode> {
    root.open_at(FOLLOW, path, how, flags)
}

fn contents(root: &Descriptor) {
    let file = open(root, "f", OpenFlags::CREATE | OpenFlags::EXCLUSIVE, READ | WRITE).expect("the file is new");
    show("write", file.write(b"0123456789", 0));
    show("write at", file.write(b"xy", 4));
    show("read at", file.read(3, 3));
    show("read beyond", file.read(10, 8));
    show("read at end", file.read(1, 10));
    show("read far", file.read(1, 1 << 40));
    show("set-size", file.set_size(6));
    show("flags", file.get_flags());
    show("type", file.get_type());
    show("advise", file.advise(0, 4, Advice::WillNeed));
    show("sync", file.sync());
    show("sync-data", file.sync_data());
    let output = file.write_via_stream(2).expect("writable");
    write_all(&output, b"STREAM");
    let zeroes = output.check_write().and_then(|_| output.write_zeroes(3)).and_then(|()| output.blocking_flush());
    println!("zeroes: {}", zeroes.map_or_else(stream_error, |()| "ok".into()));
    write_all(&file.append_via_stream().expect("writable"), b"END");
    let input = file.read_via_stream(1).expect("readable");
    println!("stream: {:?}", String::from_utf8(read_all(&input, 4)));
    println!("after: {}", input.blocking_read(1).map_or_else(stream_error, |bytes| format!("{bytes:?}")));
    let source = file.read_via_stream(0).expect("readable");
    let sink = open(root, "g", OpenFlags::CREATE, WRITE).and_then(|g| g.write_via_stream(0)).expect("writable");
    println!("splice: {:?}", sink.blocking_splice(&source, 8).map_err(stream_error));
    let read_only = open(root, "f", OpenFlags::empty(), READ).expect("exists");
    show("write to a reader", read_only.write(b"x", 0));
    show("size of a reader", read_only.set_size(1));
    show("read of a writer", open(root, "g", OpenFlags::empty(), WRITE).and_then(|g| g.read(1, 0)));
}

fn names(root: &Descriptor) {
    show("mkdir", root.create_directory_at("d"));
    show("mkdir again", root.create_directory_at("d"));
    show("mkdir under nothing", root.create_directory_at("x/y"));
    show("link", root.link_at(NONE, "f", root, "d/hard"));
    show("symlink", root.symlink_at("hard", "d/soft"));
    show("absolute symlink", root.symlink_at("/etc/passwd", "d/bad"));
    show("readlink", root.readlink_at("d/soft"));
    show("readlink of a file", root.readlink_at("f"));
    show("stat link", root.stat_at(NONE, "d/soft").map(|stat| stat.type_));
    show("stat through", root.stat_at(FOLLOW, "d/soft").map(|stat| (stat.type_, stat.size, stat.link_count)));
    show("open link itself", root.open_at(NONE, "d/soft", OpenFlags::empty(), READ).map(drop));
    show("exclusive", open(root, "f", OpenFlags::CREATE | OpenFlags::EXCLUSIVE, WRITE).map(drop));
    show("directory flag", open(root, "f", OpenFlags::DIRECTORY, READ).map(drop));
    show("truncate", open(root, "g", OpenFlags::TRUNCATE, WRITE).and_then(|g| g.stat()).map(|stat| stat.size));
    show("rename", root.rename_at("g", root, "d/renamed"));
    show("rename nothing", root.rename_at("g", root, "h"));
    show("rename onto directory", root.rename_at("f", root, "d"));
    show("unlink directory", root.unlink_file_at("d"));
    show("rmdir full", root.remove_directory_at("d"));
    show("rmdir file", root.remove_directory_at("f"));
    let (f, g) = (open(root, "f", OpenFlags::empty(), READ), open(root, "d/hard", OpenFlags::empty(), READ));
    let (f, g) = (f.expect("exists"), g.expect("exists"));
    println!("same object: {} {}", f.is_same_object(&g), f.is_same_object(root));
    let hashes = [f.metadata_hash(), g.metadata_hash(), root.metadata_hash_at(FOLLOW, "d/soft"), root.metadata_hash()];
    let hashes = hashes.map(|hash| hash.map(|hash| (hash.lower, hash.upper)).ok());
    println!("hashes: {} {} {}", hashes[0] == hashes[1], hashes[0] == hashes[2], hashes[0] == hashes[3]);
    let folder = open(root, "d", OpenFlags::DIRECTORY, READ).expect("exists");
    let stream = folder.read_directory().expect("readable");
    let mut entries = Vec::new();
    while let Ok(Some(entry)) = stream.read_directory_entry() {
        entries.push(format!("{}:{:?}", entry.name, entry.type_));
    }
    entries.sort();
    println!("entries: {entries:?}");
    println!("after the last: {:?}", stream.read_directory_entry().map(|entry| entry.is_none()));
    show("read a file as directory", f.read_directory().map(drop));
}

fn times(root: &Descriptor) {
    let file = open(root, "f", OpenFlags::empty(), READ | WRITE).expect("exists");
    let at = |seconds, nanoseconds| NewTimestamp::Timestamp(wall_clock::Datetime { seconds, nanoseconds });
    let modified = || file.stat().map(|stat| stat.data_modification_timestamp.map(|t| (t.seconds, t.nanoseconds)));
    show("set-times", file.set_times(NewTimestamp::NoChange, at(1_234_567_890, 123_456_789)));
    show("modified", modified());
    show("set-times-at", root.set_times_at(FOLLOW, "f", at(5, 0), NewTimestamp::NoChange));
    show("modified", modified());
    let accessed = file.stat().map(|stat| stat.data_access_timestamp.map(|t| t.seconds));
    show("accessed", accessed);
    show("now", file.set_times(NewTimestamp::Now, NewTimestamp::Now));
    println!("is now: {}", matches!(modified(), Ok(Some((seconds, _))) if seconds > 1_577_836_800));
}

fn refusals(root: &Descriptor) {
    for path in ["../outside", "/etc/passwd", "d/../../outside", "..", "", "d/soft/", "f/", "up/outside", "missing", "d//hard", "./f", "d/."] {
        show(&format!("open {path:?}"), open(root, path, OpenFlags::empty(), READ).map(|opened| opened.get_type()));
    }
    show("symlink up", root.symlink_at("..", "up"));
    show("open through it", open(root, "up/outside", OpenFlags::empty(), READ).map(drop));
    show("create through it", open(root, "up/new", OpenFlags::CREATE, WRITE).map(drop));
    show("stat through it", root.stat_at(FOLLOW, "up/outside").map(|stat| stat.size));
    show("mkdir through it", root.create_directory_at("up/made"));
    show("rename out", root.rename_at("f", root, "up/f"));
    show("link out", root.link_at(NONE, "f", root, "../f"));
    show("unlink out", root.unlink_file_at("up/outside"));
    show("readlink out", root.readlink_at("up/../up"));
    show("times out", root.set_times_at(FOLLOW, "../outside", NewTimestamp::Now, NewTimestamp::Now));
    show("loop", root.symlink_at("loop", "loop").and_then(|()| root.stat_at(FOLLOW, "loop")).map(drop));
    show("long name", root.create_directory_at(&"n".repeat(300)));
    show("dot", root.stat_at(FOLLOW, ".").map(|stat| stat.type_));
    show("rmdir dot", root.remove_directory_at("."));
}

fn files() {
    println!("[files]");
    let directories = preopens::get_directories();
    println!("preopens: {:?}", directories.iter().map(|(_, name)| name).collect::<Vec<_>>());
    let Some((root, _)) = directories.first() else { return };
    show("root flags", root.get_flags());
    show("root type", root.get_type());
    contents(root);
    names(root);
    times(root);
    refusals(root);
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("environment") => environment(),
        Some("streams") => streams(),
        Some("poll") => polls(),
        Some("clocks") => clocks(),
        Some("random") => randoms(),
        Some("files") => files(),
        Some("empty-poll") => println!("{:?}", poll(&[])),
        Some("write-too-much") => {
            let output = stdout::get_stdout();
            let room = output.check_write().expect("open") as usize;
            let _ = output.write(&vec![b'x'; room + 1]);
        }
        Some("exit-ok") => wasip2::cli::exit::exit(Ok(())),
        Some("exit-with-code") => wasip2::cli::exit::exit_with_code(42),
        Some("exit-error") => wasip2::cli::exit::exit(Err(())),
        _ => std::process::exit(64),
    }
}
