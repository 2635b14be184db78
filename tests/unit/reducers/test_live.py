"""Live things with a meaning elsewhere: files, connections, locks, queues, contexts."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ambient.lives import live_twice
from sojourn_kernel.snapshot.reducers import CannotKeep, live


def _same(folder: Path, cells: list[str], checks: list[str]) -> list[str]:
    lives = live_twice(folder, cells, checks)
    assert lives.after == lives.before
    assert not [check for check, value in lives.before.items() if value.startswith("!")]
    return lives.told


def test_open_files_go_on_at_their_place_and_are_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "in.txt").write_text("one\ntwo\nthree\n")
    cells = [
        "r = open('in.txt'); first = r.readline()",
        "w = open('out.txt', 'w', encoding='latin-1', newline='\\r\\n'); n = w.write('é\\n')",
        "a = open('log.txt', 'a'); n = a.write('b\\n')",
        "b = open('bin', 'w+b'); n = b.write(b'0123456789'); b.flush(); p = b.seek(4)",
        "c = open('closed.txt', 'w'); c.close()",
        "rest = tail = None",
    ]
    then = ("rest = r.read(); n = w.write('ü'); w.close(); n = a.write('c'); a.close(); tail = b.read(2)",)
    checks = ["w.encoding, w.mode, a.mode, b.mode", "c.closed, c.name", "rest", "tail"]
    lives = live_twice(tmp_path, cells, checks, then)
    assert lives.after["rest"] == "'two\\nthree\\n'" and lives.after["tail"] == "b'45'"
    assert lives.after["w.encoding, w.mode, a.mode, b.mode"] == "('latin-1', 'w', 'a', 'rb+')"
    assert lives.after["c.closed, c.name"] == "(True, 'closed.txt')"
    assert (tmp_path / "work" / "out.txt").read_bytes() == "é\r\nü".encode("latin-1")
    assert (tmp_path / "work" / "log.txt").read_text() == "b\nc"


def test_what_a_closed_temporary_file_left_under_its_name_is_there(tmp_path: Path) -> None:
    cells = [
        "import atexit, os, tempfile\nleft = tempfile.NamedTemporaryFile('w', dir='.', delete=False); n = left.write('12'); left.close()",
        "_ = atexit.register(os.remove, left.name)",
    ]
    assert _same(tmp_path, cells, ["left.closed, left._closer.delete, open(left.name).read()"]) == []


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    cells = [
        "import atexit, os\nf = open('x', 'w+'); n = f.write('12'); f.flush()",
        "r = atexit.register(os.remove, 'x')",
    ]
    lives = live_twice(tmp_path, cells, ["f.read()"])
    assert lives.after["f.read()"].startswith("!SojournLost") or lives.told


def test_compressed_files_and_archives(tmp_path: Path) -> None:
    cells = [
        "import gzip, bz2, lzma, zipfile, io",
        "for m, e in ((gzip, 'gz'), (bz2, 'bz2'), (lzma, 'xz')):\n    with m.open(f'f.{e}', 'wt') as f: n = f.write('l1\\nl2\\n')",
        "g = gzip.open('f.gz', 'rt'); l = g.readline(); z = zipfile.ZipFile('z.zip', 'w'); z.writestr('n', 'c'); z.close(); z = zipfile.ZipFile('z.zip')",
        "s = io.StringIO('abc'); n = s.read(1); b = io.BytesIO(b'xyz'); n = b.read(2)",
    ]
    cells.append("got = None")
    then = ("got = g.readline(), z.read('n'), s.read(), b.read(), s.getvalue()",)
    lives = live_twice(tmp_path, cells, ["got"], then)
    assert lives.after == {"got": "('l2\\n', b'c', 'bc', b'z', 'abc')"}
    assert lives.told == []


def test_databases_in_files_and_in_memory(tmp_path: Path) -> None:
    cells = [
        "import sqlite3, duckdb, sqlalchemy as sa",
        "f = sqlite3.connect('db'); f.row_factory = sqlite3.Row; _ = f.execute('create table t(a)'); _ = f.execute('insert into t values (1)'); f.commit()",
        "m = sqlite3.connect(':memory:'); _ = m.execute('create table t(a)'); _ = m.executemany('insert into t values (?)', [(i,) for i in range(5)]); m.commit()",
        "d = duckdb.connect(); _ = d.execute('create table t as select 42 as a')",
        "e = sa.create_engine('sqlite:///db')",
    ]
    checks = [
        "tuple(f.execute('select * from t').fetchone()), f.row_factory is sqlite3.Row",
        "m.execute('select sum(a) from t').fetchone()",
        "d.execute('select a from t').fetchall()",
        "e.connect().execute(sa.text('select count(*) from t')).scalar()",
        "str(e.url)",
    ]
    assert _same(tmp_path, cells, checks) == []


def test_locks_queues_and_pools(tmp_path: Path) -> None:
    cells = [
        "import threading, queue, asyncio, contextvars\nfrom concurrent.futures import ThreadPoolExecutor",
        "lock = threading.Lock(); held = threading.Lock(); held.acquire(); ev = threading.Event(); ev.set(); sem = threading.Semaphore(3); sem.acquire()\ncond = threading.Condition(lock); bar = threading.Barrier(2); rl = threading.RLock()",
        "q = queue.Queue(5); q.put([1]); sq = queue.SimpleQueue(); sq.put('s'); pq = queue.PriorityQueue(); pq.put(3); pq.put(1)",
        "tl = threading.local(); tl.x = [1]; pool = ThreadPoolExecutor(2); fut = pool.submit(pow, 2, 3); r = fut.result()",
        "cv = contextvars.ContextVar('cv', default=1); ctx = contextvars.copy_context(); ctx.run(lambda: None if cv.set(7) else None)",
        "th = threading.Thread(target=int, name='done'); th.start(); th.join()",
    ]
    checks = [
        "lock.locked(), held.locked(), ev.is_set(), sem._value, cond._lock is lock, bar.parties",
        "q.qsize(), q.maxsize, q.queue[0], sq.qsize(), pq.queue",
        "tl.x, fut.result(), pool.submit(pow, 3, 2).result()",
        "cv.get(), ctx[cv]",
        "th.is_alive(), th.name",
        "rl.acquire(blocking=False)",
    ]
    assert _same(tmp_path, cells, checks) == []


def test_what_has_no_meaning_elsewhere_is_told_beside_what_is_kept(tmp_path: Path) -> None:
    cells = ["import socket, subprocess\nbag = {'sock': socket.socket(), 'n': [1]}; n = bag['n']"]
    lives = live_twice(tmp_path, cells, ["bag['n'] is n", "bag['sock'].fileno()"])
    assert lives.after["bag['n'] is n"] == "True" and lives.after["bag['sock'].fileno()"].startswith("!SojournLost")
    assert [told for told in lives.told if told.startswith("bag['sock']")]


def test_scientific_files_and_clients(tmp_path: Path) -> None:
    cells = [
        "import numpy as np, h5py, requests\nfrom tqdm import tqdm",
        "mm = np.memmap('big', dtype='f4', mode='w+', shape=(4,)); mm[:] = [1, 2, 3, 4]; mm.flush()",
        "h = h5py.File('d.h5', 'w'); h['x'] = [1, 2]; h.attrs['k'] = 1; h.flush()",
        "s = requests.Session(); s.headers['X-A'] = '1'; c = s.cookies.set('c', 'v'); s.auth = ('u', 'p')",
        "bar = tqdm(total=10, desc='load', disable=False); u = bar.update(4)",
    ]
    checks = [
        "mm.tolist(), type(mm).__name__",
        "h['x'][:].tolist(), h.attrs['k']",
        "s.headers['X-A'], s.cookies.get('c'), s.auth",
        "bar.n, bar.total, bar.desc",
    ]
    assert _same(tmp_path, cells, checks) == []


def test_a_pool_whose_threads_were_busy_until_it_was_shut_down_is_not_at_work() -> None:
    with ThreadPoolExecutor(2) as pool:
        pool.submit(pow, 2, 2)
    while pool._idle_semaphore.acquire(blocking=False):  # since Python 3.12 they may end without having been idle
        pass
    assert live.executor(pool)[0] is live.make_executor


def test_a_pool_that_was_shut_down_while_a_thread_works_is_at_work() -> None:
    end = threading.Event()
    pool = ThreadPoolExecutor(2)
    done = [pool.submit(pow, 2, 2), pool.submit(end.wait)]
    assert done[0].result() == 4
    pool.shutdown(wait=False)
    try:
        with pytest.raises(CannotKeep, match="at work"):
            live.executor(pool)
    finally:
        end.set()


def test_a_local_of_a_library_that_remembers_its_process_remembers_the_one_where_it_is_loaded() -> None:
    class Pool(threading.local):
        pid, count = 0, 0

    pool = Pool()
    pool.pid, pool.count = os.getpid(), 1
    state = live.local(pool)[2]
    assert state["count"] == 1
    assert live.this_process(state["pid"]) == (os.getpid, ())
    pool.pid = 1 if os.getppid() != 1 else 2
    assert live.local(pool)[2] == pool.__dict__
