// tour DIRECTORY [end=HOW] [ARGS...]: a walk through what WASI gives an ordinary Rust program. Each language has a tour
// of its own with the same sections; what is printed depends only on arguments, variables, input and the directory,
// so clocks and random numbers appear as verdicts. The same source is built as preview-1 module and as component.
use std::collections::hash_map::RandomState;
use std::fs::{self, File, FileTimes, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};
use std::{env, thread};

fn arguments() {
    println!("[arguments]");
    for (index, argument) in env::args().enumerate() {
        println!("{index}: {argument:?}");
    }
}

fn environment() {
    println!("[environment]");
    let mut variables: Vec<(String, String)> = env::vars().collect();
    variables.sort();
    for (name, value) in variables {
        println!("{name}={value}");
    }
    println!("absent: {:?}", env::var("SURELY_NOT_SET").is_err());
}

fn streams() -> io::Result<()> {
    println!("[streams]");
    let mut first = String::new();
    let size = io::stdin().lock().read_line(&mut first)?;
    println!("first line, {size} bytes: {:?}", first.trim_end());
    let mut rest = Vec::new();
    io::stdin().lock().read_to_end(&mut rest)?;
    let text = String::from_utf8_lossy(&rest);
    println!("rest: {} bytes, {} lines, {} characters", rest.len(), text.lines().count(), text.chars().count());
    println!("at end: {}", io::stdin().lock().read(&mut [0; 4])?);
    print!("written in ");
    io::stdout().flush()?;
    println!("two pieces");
    eprintln!("to standard error: {}", text.lines().last().unwrap_or("nothing"));
    Ok(())
}

fn list(directory: &Path) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let kind = if kind.is_dir() { "dir" } else if kind.is_symlink() { "link" } else { "file" };
        names.push(format!("{}:{kind}", entry.file_name().to_string_lossy()));
    }
    names.sort();
    println!("list {}: {}", directory.file_name().unwrap_or_default().to_string_lossy(), names.join(" "));
    Ok(())
}

fn files(root: &Path) -> io::Result<()> {
    println!("[files]");
    let path = root.join("tour.txt");
    fs::write(&path, "one\ntwo\nthree\n")?;
    writeln!(OpenOptions::new().append(true).open(&path)?, "four: ä€😀")?;
    println!("content: {:?}", fs::read_to_string(&path)?);

    let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
    println!("seek end: {}", file.seek(SeekFrom::End(-4))?);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    println!("tail: {bytes:?}");
    println!("seek set: {}", file.seek(SeekFrom::Start(4))?);
    file.write_all(b"TWO")?;
    println!("position: {}", file.stream_position()?);
    println!("seek before start: {:?}", file.seek(SeekFrom::Current(-100)).map_err(|e| e.kind()));
    file.seek(SeekFrom::Start(100))?;
    file.write_all(b"!")?;
    println!("with hole: {}", file.metadata()?.len());
    file.set_len(11)?;
    file.sync_all()?;
    println!("truncated: {:?}", fs::read_to_string(&path)?);
    file.set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 500)))?;
    let modified = file.metadata()?.modified()?.duration_since(SystemTime::UNIX_EPOCH);
    println!("modified: {:?}", modified.map(|d| (d.as_secs(), d.subsec_nanos())));
    drop(file);

    fs::copy(&path, root.join("copy.txt"))?;
    fs::rename(&path, root.join("renamed.txt"))?;
    fs::hard_link(root.join("renamed.txt"), root.join("second-name.txt"))?;
    println!("exists: {} {}", path.exists(), root.join("renamed.txt").exists());
    fs::remove_file(root.join("second-name.txt"))?;
    println!("copy: {}", fs::metadata(root.join("copy.txt"))?.len());
    Ok(())
}

fn directories(root: &Path) -> io::Result<()> {
    println!("[directories]");
    let deep = root.join("made/a/b");
    fs::create_dir_all(&deep)?;
    fs::create_dir(root.join("made/empty"))?;
    for i in 0..40 {
        fs::write(deep.join(format!("file-{i:02}")), vec![b'x'; i])?;
    }
    list(root)?;
    list(&root.join("made"))?;
    list(&deep)?;
    let total: u64 = fs::read_dir(&deep)?.map(|e| e.and_then(|e| e.metadata()).map_or(0, |m| m.len())).sum();
    println!("total: {total}");
    fs::remove_dir(root.join("made/empty"))?;
    fs::rename(root.join("made/a"), root.join("moved"))?;
    for i in 1..40 {
        fs::remove_file(root.join(format!("moved/b/file-{i:02}")))?;
    }
    fs::remove_dir_all(root.join("made"))?;
    list(root)
}

#[allow(deprecated)] // soft_link: the one spelling that is stable on WASI
fn links(root: &Path) -> io::Result<()> {
    println!("[links]");
    let link = root.join("link");
    fs::soft_link("renamed.txt", &link)?;
    println!("target: {}", fs::read_link(&link)?.display());
    println!("through it: {}", fs::read(&link)?.len());
    println!("itself: {}", fs::symlink_metadata(&link)?.file_type().is_symlink());
    fs::soft_link("nowhere", root.join("dangling"))?;
    println!("dangling: {:?}", fs::metadata(root.join("dangling")).map(|_| ()).map_err(|e| e.kind()));
    fs::soft_link("../../../etc", root.join("escape"))?;
    println!("escape: {}", fs::read_dir(root.join("escape")).is_err());
    fs::remove_file(root.join("escape"))
}

fn errors(root: &Path) {
    println!("[errors]");
    let show = |what: &str, result: io::Result<()>| match result {
        Ok(()) => println!("{what}: ok"),
        Err(error) => println!("{what}: {:?}, errno {:?}", error.kind(), error.raw_os_error()),
    };
    show("open missing", File::open(root.join("missing")).map(drop));
    show("create existing", File::create_new(root.join("renamed.txt")).map(drop));
    show("mkdir existing", fs::create_dir(root.join("moved")));
    show("rmdir full", fs::remove_dir(root.join("moved")));
    show("rmdir file", fs::remove_dir(root.join("renamed.txt")));
    show("unlink directory", fs::remove_file(root.join("moved")));
    show("file as directory", fs::read(root.join("renamed.txt/x")).map(drop));
    show("read directory as file", fs::read(root.join("moved")).map(drop));
    show("above the root", fs::read(root.join("../outside")).map(drop));
    show("absolute elsewhere", fs::read("/etc/passwd").map(drop));
    show("empty path", fs::read(PathBuf::new()).map(drop));
    show("write read-only handle", File::open(root.join("renamed.txt")).and_then(|mut f| f.write_all(b"x")));
}

fn clocks() {
    println!("[clocks]");
    let instants: Vec<Instant> = (0..100).map(|_| Instant::now()).collect();
    println!("monotonic: {}", instants.windows(2).all(|pair| pair[0] <= pair[1]));
    let start = Instant::now();
    thread::sleep(Duration::from_millis(5));
    println!("slept: {}", start.elapsed() >= Duration::from_millis(5));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    println!("after 2020: {}", now > Duration::from_secs(1_577_836_800));
}

fn random() {
    println!("[random]");
    // RandomState takes its keys from the host's random numbers.
    let draw = || RandomState::new().build_hasher().finish();
    println!("differ: {}", draw() != draw());
}

fn tour(root: &Path) -> io::Result<()> {
    arguments();
    environment();
    streams()?;
    list(root)?;
    files(root)?;
    directories(root)?;
    links(root)?;
    errors(root);
    clocks();
    random();
    Ok(())
}

#[inline(never)]
fn index(values: &[u8], at: usize) -> u8 {
    values[at]
}

fn main() -> ExitCode {
    let Some(root) = env::args().nth(1) else {
        eprintln!("usage: tour DIRECTORY [end=HOW] [ARGS...]");
        return ExitCode::from(2);
    };
    if let Err(error) = tour(Path::new(&root)) {
        println!("failed: {:?}", error.kind());
        return ExitCode::from(3);
    }
    println!("[end]");
    match env::args().nth(2).as_deref().and_then(|argument| argument.strip_prefix("end=")) {
        Some("failure") => ExitCode::FAILURE,
        Some("exit-7") => std::process::exit(7),
        Some("abort") => std::process::abort(),
        Some("panic") => panic!("as asked: {}", index(&[1, 2, 3], root.len() + 100)),
        _ => ExitCode::SUCCESS,
    }
}
