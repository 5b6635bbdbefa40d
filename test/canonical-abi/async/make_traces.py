"""Writes test/golden/async_traces.txt: random programs of two instances that use streams, futures, waitable sets and
backpressure, with what the specification's model answers to each step. A program ends with its first trap.

    python3 -O make_traces.py PATH/TO/definitions.py >../../golden/async_traces.txt

The one choice that the model leaves open is made as cvm makes it: a set delivers its events in the order in which they
came. And where the official suite differs from the model, the suite is right: cancelling a copy of a stream of which a
part was made answers "cancelled" (cancel-stream.wast)."""

import importlib.util
import random
import sys

spec = importlib.util.spec_from_file_location("definitions", sys.argv[1])
d = importlib.util.module_from_spec(spec)
sys.modules["definitions"] = d
spec.loader.exec_module(d)

MEMORY = 256
clock = 0


def set_pending_event(self, event):
    global clock
    if self.pending_event is None:
        clock += 1
        self.came = clock
    self.pending_event = event


def get_first_event(self):
    return min((w for w in self.elems if w.has_pending_event()), key=lambda w: w.came).get_pending_event()


d.Waitable.set_pending_event = set_pending_event
d.WaitableSet.get_pending_event = get_first_event

TYPES = {"none": None, "u8": d.U8Type(), "u32": d.U32Type(), "char": d.CharType()}
for name, kind in (("u8", d.U8Type), ("u32", d.U32Type), ("char", d.CharType)):
    kind.__eq__ = lambda self, other: type(self) is type(other)
    kind.__hash__ = lambda self: hash(type(self))


class Skip(Exception):
    pass


class FakeTask:
    def __init__(self, inst):
        self.inst = inst

    def deliver_pending_cancel(self, cancellable):
        return False


class FakeThread:
    def __init__(self, inst):
        self.task = FakeTask(inst)


class Program:
    def __init__(self, rng):
        self.rng = rng
        store = d.Store()
        self.insts = [d.ComponentInstance(store), d.ComponentInstance(store)]
        self.opts = []
        for inst in self.insts:
            memory = d.MemInst(bytearray(i % 251 for i in range(MEMORY)), "i32")
            self.opts.append(d.CanonicalOptions(memory=memory, async_=True))

    def handles(self, who, kinds, fits=lambda e: True):
        """A handle that the operation is made for; now and then another."""
        table = self.insts[who].handles.array
        found = [i for i, e in enumerate(table) if isinstance(e, kinds) and fits(e)]
        chance = self.rng.random()
        if chance < 0.004:
            return self.rng.randrange(0, len(table) + 1)
        if chance < 0.02:
            found = [i for i, e in enumerate(table) if isinstance(e, kinds)]
        if not found:
            raise Skip
        return self.rng.choice(found)

    def shared_type(self, who, i, default):
        e = self.insts[who].handles.array[i] if i < len(self.insts[who].handles.array) else None
        if isinstance(e, d.CopyEnd) and self.rng.random() > 0.004:
            return next(name for name, t in TYPES.items() if t == e.shared.t)
        return default

    def step(self):
        rng = self.rng
        who = rng.randrange(2)
        inst, opts = self.insts[who], self.opts[who]
        handler = d.Handler()
        handler.current_thread = FakeThread(inst)
        d.thread_local_handler.value = handler
        t = rng.choice(["none", "u8", "u8", "u32", "char"])
        ends = {"stream-read": d.ReadableStreamEnd, "stream-write": d.WritableStreamEnd,
                "future-read": d.ReadableFutureEnd, "future-write": d.WritableFutureEnd}
        op = rng.choices(["new", "copy", "cancel", "drop", "give", "set", "join", "poll", "dropset", "pressure"],
                         [5, 14, 4, 4, 5, 2, 5, 7, 1, 1])[0]
        if op == "new":
            what = rng.choice(["stream", "future"])
            make = d.canon_stream_new if what == "stream" else d.canon_future_new
            kind = d.StreamType if what == "stream" else d.FutureType
            return f"{who} new {what} {t}", lambda: make(kind(TYPES[t]))[0]
        if op in ("copy", "cancel", "drop"):
            name = rng.choice(list(ends))
            i = self.handles(who, ends[name], {
                "copy": lambda e: e.state == d.CopyState.IDLE,
                "cancel": lambda e: e.state == d.CopyState.COPYING,
                "drop": lambda e: not e.copying() and (name != "future-write" or e.state == d.CopyState.DONE)}[op])
            t = self.shared_type(who, i, t)
            kind = (d.StreamType if name.startswith("stream") else d.FutureType)(TYPES[t])
            if op == "copy":
                ptr = rng.choice([0, 4, 8, 16, 32, 64, 128] * 12 + [1])
                n = rng.choice([0, 1, 1, 2, 3, 4, 5, 8, 16]) if name.startswith("stream") else 1
                f = getattr(d, "canon_" + name.replace("-", "_"))
                args = (kind, opts, i, ptr, n) if name.startswith("stream") else (kind, opts, i, ptr)
                return f"{who} {name} {t} {i} {ptr} {n}", lambda: f(*args)[0]
            f = name.replace("-read", "_cancel_read").replace("-write", "_cancel_write")
            if op == "cancel":

                def cancel():
                    e = inst.handles.array[i] if i < len(inst.handles.array) else None
                    early = isinstance(e, d.Waitable) and e.has_pending_event()
                    [payload] = getattr(d, "canon_" + f)(kind, True, i)
                    return payload | 2 if early and name.startswith("stream") and payload & 15 == 0 else payload

                return f"{who} cancel {name} {t} {i}", cancel
            f = name.replace("-read", "_drop_readable").replace("-write", "_drop_writable")
            return f"{who} drop {name} {t} {i}", lambda: len(getattr(d, "canon_" + f)(kind, i))
        if op == "give":
            stream = rng.random() < 0.5
            i = self.handles(who, d.ReadableStreamEnd if stream else d.ReadableFutureEnd,
                             lambda e: e.state == d.CopyState.IDLE and not e.wset)
            t = self.shared_type(who, i, t)
            other = self.insts[1 - who]

            def give():
                lift, lower = (d.lift_stream, d.lower_stream) if stream else (d.lift_future, d.lower_future)
                shared = lift(d.LiftLowerContext(opts, inst), i, TYPES[t])
                return lower(d.LiftLowerContext(self.opts[1 - who], other), shared, TYPES[t])

            return f"{who} give {'stream' if stream else 'future'} {t} {i}", give
        if op == "set":
            return f"{who} set", lambda: d.canon_waitable_set_new()[0]
        if op == "join":
            w = self.handles(who, d.Waitable)
            s = 0 if rng.random() < 0.2 else self.handles(who, d.WaitableSet)
            return f"{who} join {w} {s}", lambda: len(d.canon_waitable_join(w, s))
        if op == "poll":
            s = self.handles(who, d.WaitableSet)

            def poll():
                [code] = d.canon_waitable_set_poll(False, opts.memory, s, 248)
                p = [int.from_bytes(opts.memory[248 + k:252 + k], "little") for k in (0, 4)]
                return f"{code}:{p[0]}:{p[1]}"

            return f"{who} poll {s}", poll
        if op == "dropset":
            s = self.handles(who, d.WaitableSet, lambda e: not e.elems)
            return f"{who} dropset {s}", lambda: len(d.canon_waitable_set_drop(s))
        up = rng.random() < 0.9
        f = d.canon_backpressure_inc if up else d.canon_backpressure_dec
        return f"{who} {'inc' if up else 'dec'}", lambda: len(f())

    def run(self, steps):
        print("program")
        for _ in range(steps):
            try:
                words, f = self.step()
            except Skip:
                continue
            try:
                print(words, "->", f())
            except d.Trap:
                print(words, "-> trap")
                break
        for opts in self.opts:
            print("memory", sum((i + 1) * b for i, b in enumerate(opts.memory.bytes)) % 65521)


d.DETERMINISTIC_PROFILE = True
for seed in range(300):
    Program(random.Random(seed)).run(120)
