// The walk through WASI of src/rust/tour in JavaScript, as a component of the world `app` (wasi:cli/command). One source
// for both engines, SpiderMonkey (componentize-js) and QuickJS (componentize-qjs --sync): it calls the interfaces of
// WASI 0.2 themselves, since the engines share no library above them; QuickJS has no console.
import { getArguments, getEnvironment } from 'wasi:cli/environment@0.2.12';
import { exit } from 'wasi:cli/exit@0.2.12';
import { getStdin } from 'wasi:cli/stdin@0.2.12';
import { getStdout } from 'wasi:cli/stdout@0.2.12';
import { getStderr } from 'wasi:cli/stderr@0.2.12';
import { now, subscribeDuration } from 'wasi:clocks/monotonic-clock@0.2.12';
import { now as wallNow } from 'wasi:clocks/wall-clock@0.2.12';
import { getDirectories } from 'wasi:filesystem/preopens@0.2.12';
import { poll } from 'wasi:io/poll@0.2.12';
import { getRandomBytes, getRandomU64 } from 'wasi:random/random@0.2.12';

// UTF-8 by hand: QuickJS as a component has no TextEncoder.
function encode(text) {
  const bytes = [];
  for (const character of text) {
    const code = character.codePointAt(0);
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return new Uint8Array(bytes);
}

function decode(bytes) {
  let escaped = '';
  for (const byte of bytes) escaped += '%' + (byte + 256).toString(16).slice(1);
  return decodeURIComponent(escaped);
}

function write(stream, text) {
  const bytes = encode(text);
  for (let at = 0; at < bytes.length; at += 4096) stream.blockingWriteAndFlush(bytes.slice(at, at + 4096));
}

let stdout;

function print(...values) {
  write(stdout, values.map(String).join(' ') + '\n');
}

// A 64-bit integer is a BigInt in one engine's bindings and a Number in the other's.
function u64(value) {
  return typeof now() === 'bigint' ? BigInt(value) : value;
}

// What a WASI error looks like differs between the engines: a payload, or the code itself.
function errorText(error) {
  const payload = error && error.payload !== undefined ? error.payload : error;
  const tag = payload && payload.tag !== undefined ? payload.tag : payload;
  return typeof tag === 'string' ? tag : `unexpected ${error}`;
}

function show(what, action) {
  try {
    const result = action();
    print(`${what}:`, result === undefined ? 'ok' : result);
  } catch (error) {
    print(`${what}: error`, errorText(error));
  }
}

function readAll(stream) {
  const parts = [];
  for (;;) {
    try {
      parts.push(...stream.blockingRead(u64(1000)));
    } catch (error) {
      return { bytes: new Uint8Array(parts), end: errorText(error) };
    }
  }
}

function environment() {
  print('[arguments]');
  getArguments().forEach((argument, index) => print(`${index}: ${JSON.stringify(argument)}`));
  print('[environment]');
  getEnvironment().map(([name, value]) => `${name}=${value}`).sort().forEach((line) => print(line));
}

function streams() {
  print('[streams]');
  const { bytes, end } = readAll(getStdin());
  const lines = decode(bytes).split('\n');
  print(`${bytes.length} bytes, ${lines.length} lines, end: ${end}`);
  print('first:', JSON.stringify(lines[0]), 'last:', JSON.stringify(lines[lines.length - 1]));
  write(getStderr(), `to standard error: ${lines.length}\n`);
}

function names(directory) {
  const stream = directory.readDirectory();
  const found = [];
  for (let entry = stream.readDirectoryEntry(); entry; entry = stream.readDirectoryEntry()) {
    found.push(`${entry.name}:${typeof entry.type === 'string' ? entry.type : entry.type.tag}`);
  }
  return found.sort().join(' ');
}

const follow = { symlinkFollow: true };

function files(root) {
  print('[files]');
  const file = root.openAt(follow, 'tour.txt', { create: true, exclusive: true }, { read: true, write: true });
  show('write', () => file.write(encode('one\ntwo\nthree\n'), u64(0)));
  show('append', () => write(file.appendViaStream(), 'four: ä€😀\n'));
  show('write at', () => file.write(encode('TWO'), u64(4)));
  show('content', () => JSON.stringify(decode(readAll(file.readViaStream(u64(0))).bytes)));
  show('read', () => { const [bytes, end] = file.read(u64(100), u64(20)); return `${bytes.length} ${end}`; });
  show('size', () => file.stat().size);
  show('set-size', () => file.setSize(u64(11)));
  show('size', () => file.stat().size);
  show('sync', () => file.sync());
  show('times', () => file.setTimes({ tag: 'no-change' }, { tag: 'timestamp', val: { seconds: u64(1000000000), nanoseconds: 500 } }));
  show('modified', () => { const at = file.stat().dataModificationTimestamp; return `${at.seconds} ${at.nanoseconds}`; });
  show('rename', () => root.renameAt('tour.txt', root, 'renamed.txt'));
  show('flags', () => JSON.stringify(Object.entries(file.getFlags()).filter(([, on]) => on).map(([name]) => name).sort()));
}

function directories(root) {
  print('[directories]');
  show('mkdir', () => root.createDirectoryAt('made'));
  show('mkdir again', () => root.createDirectoryAt('made'));
  const made = root.openAt(follow, 'made', { directory: true }, { read: true, mutateDirectory: true });
  for (let i = 0; i < 10; ++i) made.openAt(follow, `file-${i}`, { create: true }, { write: true }).write(encode('x'.repeat(i)), u64(0));
  show('list', () => names(root));
  show('list', () => names(made));
  show('unlink', () => made.unlinkFileAt('file-3'));
  show('rmdir full', () => root.removeDirectoryAt('made'));
  show('rename', () => root.renameAt('made', root, 'moved'));
  show('symlink', () => root.symlinkAt('renamed.txt', 'link'));
  show('readlink', () => root.readlinkAt('link'));
  show('missing', () => root.openAt(follow, 'missing', {}, { read: true }));
  show('outside', () => root.openAt(follow, '../outside', {}, { read: true }));
  show('absolute', () => root.openAt(follow, '/etc/passwd', {}, { read: true }));
  show('same', () => root.isSameObject(root));
  show('list', () => names(root));
}

function clocksAndRandom() {
  print('[clocks and random]');
  const start = now();
  print('monotonic:', now() >= start);
  const [early, late] = [subscribeDuration(u64(2000000)), subscribeDuration(u64(3600000000000))];
  print('poll:', Array.from(poll([late, early])).join());
  print('lasted:', now() - start >= u64(2000000));
  print('late is ready:', late.ready());
  print('after 2020:', wallNow().seconds > u64(1577836800));
  print('bytes:', getRandomBytes(u64(10)).length);
  print('differ:', getRandomU64() !== getRandomU64());
}

function language() {
  print('[language]');
  const text = '{"a":[1,2.5,null,true],"b":{"c":"größe"}}';
  print('json:', JSON.stringify(JSON.parse(text)) === text);
  print('regex:', [...'a=1, b=22; c=x'.matchAll(/(\w+)=(\d+)/g)].map((match) => match[0]).join());
  print('bigint:', 2n ** 200n % 1000000007n);
  print('map:', [...new Map([['b', 1], ['a', 2]]).keys()].sort().join());
  const squares = (function* () { for (let i = 0; i < 5; ++i) yield i * i; })();
  print('generator:', [...squares].join());
  print('date:', Date.now() > 1577836800000, new Date(0).toISOString());
  print('random:', Math.random() !== Math.random());
  try {
    null.property;
  } catch (error) {
    print('caught:', error instanceof TypeError);
  }
}

// What only an engine with an event loop has (SpiderMonkey): timers, promises, the Web's functions.
async function eventLoop() {
  print('[event loop]');
  print('promises:', await Promise.all([1, 2, 3].map(async (value) => value * 2)));
  const order = [];
  const sleep = (name, span) => new Promise((done) => setTimeout(() => done(order.push(name)), span));
  await Promise.all([sleep('long', 700), sleep('short', 250), sleep('none', 0), Promise.resolve().then(() => order.push('now'))]);
  print('timers:', order.join());
  const [a, b] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(16))];
  print('crypto:', a.join() !== b.join());
  print('text:', new TextDecoder().decode(new TextEncoder().encode('größe 😀')));
  console.log('console.log', { of: ['an', 'object'] });
}

function tour() {
  stdout = getStdout();
  environment();
  streams();
  const [[root, name]] = getDirectories();
  print('root:', name);
  show('list', () => names(root));
  files(root);
  directories(root);
  clocksAndRandom();
  language();
}

function finish() {
  print('[end]');
  const end = getArguments()[2];
  if (end === 'end=exit-ok') exit({ tag: 'ok' });
  if (end === 'end=exit-error') exit({ tag: 'err' });
  if (end === 'end=failure') throw undefined;
  if (end === 'end=exception') throw new Error('as asked');
}

async function tourWithEventLoop() {
  tour();
  await eventLoop();
  finish();
}

function tourWithoutEventLoop() {
  tour();
  finish();
}

export const run = { run: typeof setTimeout === 'function' ? tourWithEventLoop : tourWithoutEventLoop };
