"""Files, connections, locks, threads: what has a sensible meaning elsewhere is kept, the rest is told."""

from ..case import IDLE, Case

CASES = [
    Case(
        "file_open_for_reading_keeps_its_place",
        ["fh = open('data.txt'); fh.readline()"],
        ["fh.tell()", "fh.name", "fh.mode"],
        [("fh.readline()", "'two\\n'"), ("fh.read()", "'three\\n'")],
        files={"data.txt": "one\ntwo\nthree\n"},
    ),
    Case(
        "file_open_for_writing_is_not_emptied",
        ["fh = open('out.txt', 'w'); n = fh.write('kept ')", "fh.flush()"],
        ["fh.mode", "fh.closed"],
        [("fh.write('more'); fh.close(); open('out.txt').read()", "'kept more'")],
    ),
    Case(
        "unflushed_writes_survive",
        ["fh = open('out.txt', 'w'); n = fh.write('buffered ')"],
        ["n"],
        [("fh.write('end'); fh.flush(); open('out.txt').read()", "'buffered end'")],
    ),
    Case(
        "file_open_for_append",
        ["open('log.txt', 'w').write('a\\n'); fh = open('log.txt', 'a'); n = fh.write('b\\n')"],
        ["fh.mode"],
        [("fh.write('c\\n'); fh.flush(); open('log.txt').read()", "'a\\nb\\nc\\n'")],
    ),
    Case(
        "files_whose_names_are_relative_to_another_directory_by_now",
        [
            "import csv, gzip, os, zipfile\nwith gzip.open('a.gz', 'wb') as h: h.write(b'abcdef')\nwith zipfile.ZipFile('a.zip', 'w') as h: h.writestr('m', 'zipped')",
            "f = open('in.txt'); f.readline(); w = open('out.txt', 'w'); w.write('1'); a = open('log.txt', 'a'); a.write('x'); b = open('in.txt', 'rb', buffering=0); b.read(1)\n"
            "rows = csv.reader(open('in.txt')); next(rows); g = gzip.open('a.gz'); g.read(2); z = zipfile.ZipFile('a.zip')",
            "%cd -q sub\nfor name in ('out.txt', 'log.txt'):\n    with open(name, 'w') as h: h.write('another')",
        ],
        ["f.name, w.name, a.name"],
        [
            "f.readline(), b.read(2), next(rows), g.read(2), z.read('m')",
            "w.write('2'); a.write('y'); w.close(); a.close(); [open(n).read() for n in ('../out.txt', '../log.txt', 'out.txt', 'log.txt')]",
        ],
        files={"in.txt": "one\ntwo\nthree\n", "sub/in.txt": "another one\nanother two\n"},
    ),
    Case(
        "a_file_that_was_renamed_while_it_was_open_and_one_in_its_place",
        [
            "import os\nf = open('a.log', 'a'); f.write('1'); r = open('in.txt'); r.readline()",
            "f.flush(); os.rename('a.log', 'b.log'); os.rename('in.txt', 'old.txt')\nwith open('in.txt', 'w') as h: h.write('NEW\\n' * 9)",
        ],
        ["f.name, r.name"],
        ["r.readline()", "f.write('2'); f.close(); open('b.log').read(), os.path.exists('a.log')"],
        files={"in.txt": "one\ntwo\n"},
    ),
    Case(
        "a_file_that_another_was_put_in_the_place_of_is_told",
        ["import os\nr = open('in.txt'); r.readline(); os.replace('new.txt', 'in.txt')"],
        ["r.name"],
        either=True,
        told=["r"],
        files={"in.txt": "one\ntwo\n", "new.txt": "another one\nanother two\n"},
    ),
    Case(
        "readers_of_pandas_relative_to_another_directory_by_now",
        ["import os\nimport pandas as pd\nchunks = pd.read_csv('in.txt', chunksize=1); next(chunks); os.chdir('sub')"],
        then=["next(chunks).values.tolist()"],
        files={"in.txt": "one\ntwo\nthree\n", "sub/in.txt": "another one\nanother two\nanother three\n"},
        modules=["pandas"],
    ),
    Case(
        "databases_relative_to_another_directory_by_now",
        [
            "import os, sqlite3\nimport h5py\nimport sqlalchemy as sa\nd = sqlite3.connect('a.db'); d.execute('create table t(x)'); d.execute('insert into t values(1)'); d.commit()\n"
            "u = sqlite3.connect('file:a.db?mode=ro', uri=True); e = sa.create_engine('sqlite:///a.db'); f = h5py.File('a.h5', 'w'); f['x'] = 1",
            "os.makedirs('sub'); os.chdir('sub')",
        ],
        ["int(f['x'][()])"],
        [
            "d.execute('select x from t').fetchall(), u.execute('select x from t').fetchall()",
            "with e.connect() as c: print(c.execute(sa.text('select x from t')).fetchall(), os.listdir('.'))",
            "try:\n    u.execute('insert into t values(2)')\nexcept sqlite3.OperationalError as error: print(error)",
        ],
        modules=["sqlalchemy", "h5py"],
    ),
    Case(
        "dimensions_of_an_hdf5_dataset",
        [
            "import h5py\nf = h5py.File('x.h5', 'w'); d = f.create_dataset('d', data=[[1, 2]]); dims = d.dims; second = dims[1]; dims[0].label = 'rows'"
        ],
        ["dims[0].label, len(dims)"],
        ["second.label = 'columns'; d.dims[1].label"],
        modules=["h5py"],
    ),
    Case(
        "cursors_of_duckdb_that_share_a_database",
        [
            "import duckdb\ncon = duckdb.connect(); cur = con.cursor(); box = [con.cursor()]; other = duckdb.connect(); alone = [duckdb.connect()]; alone.append(alone[0].cursor())",
            "con.execute('create table t as select 1 x'); cur.execute('create temp table own as select 7 y'); alone[0].execute('create table q as select 1 x')\n"
            "cur.create_function('thrice', lambda x: 3 * x, ['BIGINT'], 'BIGINT'); None",
        ],
        then=[
            (
                "con.execute('insert into t values (2)'); cur.execute('select thrice(x) from t').fetchall(), cur.execute('select y from own').fetchall()",
                "([(3,), (6,)], [(7,)])",
            ),
            (
                "box[0].execute('insert into t values (3)'); con.execute('select thrice(max(x)) from t').fetchall()",
                "[(9,)]",
            ),
            (
                "alone[0].execute('insert into q values (5)'); alone[1].execute('select count(*) from q').fetchall()",
                "[(2,)]",
            ),
            (
                "for one, table in ((con, 'own'), (other, 't')):\n    try:\n        one.execute(f'select * from {table}')\n    except duckdb.CatalogException: print('apart')",
                "apart\napart",
            ),
        ],
        modules=["duckdb"],
    ),
    Case(
        "transactions_of_duckdb_that_are_open_are_told",
        [
            "import duckdb\ncon = duckdb.connect(); con.execute('create table t as select 1 x'); con.execute('begin'); con.execute('insert into t values (2)'); cur = con.cursor()"
        ],
        then=["cur.execute('select x from t').fetchall()"],
        told=["con"],
        modules=["duckdb"],
    ),
    Case(
        "a_pool_of_threads_of_multiprocessing_that_waits",
        [
            "from multiprocessing.pool import ThreadPool\npool = ThreadPool(2); squares = pool.map(lambda x: x * x, range(3)); held = {'pool': pool}; r = pool.apply_async(len, ('ab',)); r.wait()"
        ],
        ["held['pool'] is pool, squares", "repr(pool)", "r.get()"],
        ["pool.map(abs, [-3, -4]), held['pool'].apply_async(len, ('abc',)).get()"],
    ),
    Case(
        "binary_and_read_write_files",
        ["fh = open('b.bin', 'w+b'); n = fh.write(b'0123456789'); p = fh.seek(4)", "rb = open('b.bin', 'rb')"],
        ["fh.tell()"],
        [("fh.read(2), rb.read(1)", "(b'45', b'0')")],
        either=True,
    ),
    Case(
        "binary_file_after_flush",
        ["fh = open('b.bin', 'w+b'); n = fh.write(b'0123456789'); fh.flush(); p = fh.seek(4)"],
        ["fh.tell()"],
        [
            ("fh.read(2)", "b'45'"),
            ("fh.seek(0); fh.write(b'X'); fh.flush(); open('b.bin','rb').read()", "b'X123456789'"),
        ],
    ),
    Case(
        "closed_file_stays_closed",
        ["fh = open('x.txt', 'w'); fh.write('1'); fh.close()"],
        ["fh.closed", "fh.name"],
        [("open('x.txt').read()", "'1'")],
    ),
    Case(
        "file_encoding_and_newlines",
        ["fh = open('l.txt', 'w', encoding='latin-1', newline='\\r\\n'); n = fh.write('é\\n')"],
        ["fh.encoding"],
        [("fh.write('ü\\n'); fh.close(); open('l.txt', 'rb').read()", "b'\\xe9\\r\\n\\xfc\\r\\n'")],
    ),
    Case(
        "open_file_that_vanished_is_told",
        ["fh = open('gone.txt'); l = fh.readline()"],
        ["l"],
        [("fh.readline()", "'2\\n'")],
        files={"gone.txt": "1\n2\n"},
        between={"gone.txt": None},
        either=True,
    ),
    Case(
        "csv_writer_over_an_open_file",
        ["import csv\nfh = open('t.csv', 'w', newline=''); w = csv.writer(fh); n = w.writerow([1, 2])"],
        ["fh.closed"],
        [("w.writerow([3, 4]); fh.close(); open('t.csv').read()", "'1,2\\n3,4\\n'")],
        either=True,
    ),
    Case(
        "handles_of_c_libraries",
        [
            "import ctypes\nclass Handle(ctypes.c_void_p): pass\nclass Code(ctypes.c_int): pass",
            "none = Handle(); code = Code(7); null = ctypes.c_void_p(); kept = 5",
            "class Window:\n    def __init__(self): self.handle = Handle(ctypes.addressof(code))\nw = Window()",
        ],
        ["none.value, null.value", "code.value, type(code) is Code", "kept", "bool(w.handle.value)"],
        either=True,
    ),
    Case(
        "gzip_and_zip_handles",
        [
            "import gzip, zipfile\nwith gzip.open('a.gz', 'wt') as g: g.write('l1\\nl2\\n')",
            "g = gzip.open('a.gz', 'rt'); g.readline()",
            "with zipfile.ZipFile('z.zip', 'w') as z: z.writestr('n', 'c')",
            "z = zipfile.ZipFile('z.zip'); info = z.getinfo('n')",
        ],
        ["z.namelist()", "z.getinfo('n') is info"],
        [("g.readline()", "'l2\\n'"), ("z.read('n')", "b'c'")],
        either=True,
    ),
    Case(
        "temporary_directory_and_file",
        ["import tempfile, os\ntd = tempfile.TemporaryDirectory(); open(os.path.join(td.name, 'f'), 'w').write('x')"],
        [],
        [("open(os.path.join(td.name, 'f')).read()", "'x'")],
        either=True,
    ),
    Case(
        "sqlite_file",
        [
            "import sqlite3\ncon = sqlite3.connect('db.sqlite'); con.row_factory = sqlite3.Row\ncon.execute('create table t(a, b)'); con.execute('insert into t values (1, 2)'); con.commit()"
        ],
        ["tuple(con.execute('select * from t').fetchone())", "con.row_factory is sqlite3.Row"],
        [
            (
                "con.execute('insert into t values (3, 4)'); con.commit(); con.execute('select count(*) from t').fetchone()[0]",
                "2",
            )
        ],
    ),
    Case(
        "sqlite_in_memory",
        [
            "import sqlite3\nmem = sqlite3.connect(':memory:'); mem.execute('create table t(a)'); mem.executemany('insert into t values (?)', [(i,) for i in range(5)]); mem.commit()"
        ],
        ["mem.execute('select sum(a) from t').fetchone()"],
        [("mem.execute('insert into t values (10)'); mem.execute('select sum(a) from t').fetchone()", "(20,)")],
    ),
    Case(
        "sqlite_uncommitted_rows",
        [
            "import sqlite3\ncon = sqlite3.connect('db.sqlite'); con.execute('create table t(a)'); con.commit()",
            "con.execute('insert into t values (1)')",
            "inside = con.in_transaction",
        ],
        ["inside"],
        [("con.execute('select count(*) from t').fetchone()[0]", "1")],
        either=True,
    ),
    Case(
        "sqlite_row_inserted_once",
        [
            "import sqlite3\ncon = sqlite3.connect('db.sqlite'); con.execute('create table t(a)'); con.commit()",
            "con.execute('insert into t values (1)'); con.commit()",
        ],
        ["con.execute('select count(*) from t').fetchone()"],
    ),
    Case(
        "line_is_appended_once",
        ["with open('audit.log', 'a') as f: n = f.write('ran\\n')", "x = len(open('audit.log').read())"],
        ["x", "open('audit.log').read()"],
    ),
    Case(
        "locks_events_semaphores",
        [
            "import threading\nlock = threading.Lock(); rl = threading.RLock(); ev = threading.Event(); ev.set(); sem = threading.Semaphore(3); ok = sem.acquire(); cond = threading.Condition(lock)",
            "held = threading.Lock(); held.acquire()",
        ],
        ["lock.locked()", "held.locked()", "ev.is_set()", "sem._value", "cond._lock is lock"],
        [("with lock: print('in')", "in"), ("held.release(); held.locked()", "False")],
    ),
    Case(
        "object_with_a_lock_inside",
        [
            "import threading\nclass Counter:\n    def __init__(s): s.n, s._lock = 0, threading.Lock()\n    def up(s):\n        with s._lock: s.n += 1\n        return s.n",
            "c = Counter(); c.up()",
        ],
        ["c.n"],
        [("c.up()", "2")],
    ),
    Case(
        "queues_with_contents",
        [
            "import queue\nq = queue.Queue(maxsize=5); q.put({'a': 1}); q.put(2); pq = queue.PriorityQueue(); pq.put((2, 'b')); pq.put((1, 'a')); sq = queue.SimpleQueue(); sq.put('s')"
        ],
        ["q.qsize()", "q.maxsize", "sq.qsize()"],
        [("q.get(), q.get(), pq.get(), sq.get()", "({'a': 1}, 2, (1, 'a'), 's')")],
    ),
    Case(
        "thread_local_value",
        ["import threading\ntl = threading.local(); tl.x = [1]"],
        ["tl.x"],
        [("tl.x.append(2); tl.x", "[1, 2]")],
        either=True,
    ),
    Case(
        "thread_pool_and_finished_futures",
        [
            "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2); futs = [pool.submit(pow, 2, i) for i in range(3)]; res = [f.result() for f in futs]"
        ],
        ["res"],
        [("futs[2].result()", "4"), ("pool.submit(pow, 3, 2).result()", "9")],
        either=True,
    ),
    Case(
        "running_thread_is_told",
        [
            "import threading, time\nstop = threading.Event(); ticks = []\ndef work():\n    while not stop.wait(0.05): ticks.append(1)\nth = threading.Thread(target=work, daemon=True); th.start()"
        ],
        ["stop.is_set()"],
        [("th.is_alive()", "True"), ("stop.set()", "")],
        either=True,
    ),
    Case(
        "finished_thread",
        [
            "import threading\nbox = []\nth = threading.Thread(target=box.append, args=(1,), name='w'); th.start(); th.join()"
        ],
        ["box"],
        [("th.is_alive(), th.name", "(False, 'w')")],
        either=True,
    ),
    Case(
        "subprocess_is_told",
        ["import subprocess\np = subprocess.Popen(['sleep', '600'])", "pid_known = p.pid > 0", "other = [1]"],
        ["pid_known", "other"],
        [("p.poll() is None", "True")],
        either=True,
    ),
    Case(
        "finished_subprocess_result",
        ["import subprocess\nr = subprocess.run(['echo', 'x'], capture_output=True, text=True)"],
        ["r.stdout", "r.returncode"],
    ),
    Case(
        "socket_is_told_and_the_rest_stays",
        [
            "import socket\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()",
            "conf = {'port_known': s.getsockname()[1] > 0, 'sock': s}",
        ],
        ["conf['port_known']"],
        [("s.getsockname()[0]", "'127.0.0.1'"), ("conf['sock'].fileno() > 0", "True")],
        either=True,
    ),
    Case(
        "socket_inside_a_container_leaves_its_neighbours",
        ["import socket\nbag = {'data': [1, 2], 'sock': socket.socket()}; data = bag['data']"],
        ["bag['data'] is data", "data"],
        [("bag['data'].append(3); data", "[1, 2, 3]")],
    ),
    Case(
        "running_generator_is_told_or_right",
        ["def gen():\n    for i in range(5):\n        yield i", "g = gen(); next(g); next(g)"],
        [],
        [("next(g)", "2")],
        either=True,
    ),
    Case(
        "generator_never_started",
        ["def gen(n):\n    for i in range(n):\n        yield i", "g = gen(3)"],
        [],
        [("list(g)", "[0, 1, 2]")],
        either=True,
    ),
    Case(
        "generator_expression_over_a_file",
        ["fh = open('d.txt'); g = (l.strip() for l in fh); first = next(g)"],
        ["first"],
        [("next(g)", "'b'")],
        files={"d.txt": "a\nb\nc\n"},
        either=True,
    ),
    Case(
        "generator_inside_a_pipeline_object",
        [
            "class P:\n    def __init__(s): s.src = (i for i in range(3)); s.seen = []\n    def step(s): s.seen.append(next(s.src))",
            "p = P(); p.step()",
        ],
        [],
        [("p.step(); p.seen", "[0, 1]")],
        either=True,
    ),
    Case(
        "generators_half_way_go_on_where_they_waited",
        [
            "import contextlib\nlog = []\n@contextlib.contextmanager\ndef kept(name):\n    with open(name, 'w') as file:\n        try: yield file\n        except ValueError as error: log.append(str(error))\n    log.append('closed')",
            "manager = kept('a.txt'); file = manager.__enter__(); n = file.write('one ')",
            "class Feed:\n    def __init__(self, out): self.out, self.gen = out, self._run(); next(self.gen)\n    def _run(self):\n        count = 0\n        def up():\n            nonlocal count\n            count += 1\n            return count\n        try:\n            while True: self.out.append((up(), (yield count) * scale))\n        finally: log.append(('ended', count))",
            "scale = 2; out = []; feed = Feed(out); feed.gen.send(5)",
            "def leaves(tree):\n    if not isinstance(tree, list): yield tree; return\n    for one in tree: yield from leaves(one)",
            "tree = [1, [2, [3]], 4]; walk = leaves(tree); next(walk), next(walk)",
            "def says():\n    try: {}['none']\n    except KeyError: pass\n    while True: print('got', (yield))",
            "said = says(); next(said); said.send(1)",
            "def itself():\n    me = yield\n    yield\n    yield me is ring[0]",
            "ring = [itself()]; next(ring[0]); ring[0].send(ring[0])",
            "def fails():\n    yield\n    return {}['missing']",
            "bad = fails(); next(bad)",
        ],
        [
            "feed.gen.gi_frame.f_locals['self'] is feed",
            "manager.gen.gi_frame.f_locals['file'] is file",
            "walk.gi_yieldfrom.__name__",
            "bad.gi_frame.f_lineno",
        ],
        [
            ("scale = 10; feed.gen.send(7), out", "(3, [(1, 10), (2, 70)])"),
            ("feed.gen.close(); log", "[('ended', 3)]"),
            (
                "file.write('two'); print(manager.__exit__(ValueError, ValueError('no'), None), log[1:], open('a.txt').read())",
                "True ['no', 'closed'] one two",
            ),
            ("tree[1][1].append(9); list(walk)", "[3, 9, 4]"),
            ("said.send(2)", "got 2"),
            ("next(ring[0])", "True"),
            ("next(bad)", "KeyError: 'missing'"),
        ],
    ),
    Case(
        "generators_of_libraries_half_way",
        [
            "import networkx as nx, numpy as np\nfrom sklearn.model_selection import KFold",
            "edges = nx.bfs_edges(nx.balanced_tree(2, 2), 0); next(edges)",
            "rows = np.arange(8); folds = KFold(4, shuffle=True, random_state=0).split(rows); first = next(folds)[1].tolist()",
            "parts = (rows[at : at + 2] for at in range(0, 8, 2)); next(parts)",
        ],
        ["first"],
        [
            ("list(edges)", "[(0, 2), (1, 3), (1, 4), (2, 5), (2, 6)]"),
            "[test.tolist() for _, test in folds]",
            ("next(parts)[0] = -1; rows.tolist()", "[0, 1, -1, 3, 4, 5, 6, 7]"),
        ],
        modules=["networkx", "sklearn"],
    ),
    Case(
        "an_asynchronous_generator_half_way",
        [
            "import asyncio\nlock = asyncio.Lock(); seen = []\nasync def pages(n):\n    async with lock:\n        for page in range(n): seen.append((yield page))",
            "pages_ = pages(4); await pages_.__anext__(), await pages_.asend('a')",
        ],
        ["lock.locked()", "seen"],
        [("[page async for page in pages_], seen, lock.locked()", "([2, 3], ['a', None, None, None], False)")],
    ),
    Case(
        "a_future_that_waits_tells_whom_cells_named",
        [
            "import asyncio, contextvars\nwho = contextvars.ContextVar('who'); _ = who.set('ada'); seen = []",
            "future = asyncio.get_running_loop().create_future(); future.add_done_callback(lambda one: seen.append((who.get(), one.result())))\nfuture.add_done_callback(seen.append); _ = who.set('bob')",
        ],
        ["future.done()"],
        [("future.set_result(5); await asyncio.sleep(0.01); print(seen[0], seen[1] is future)", "('ada', 5) True")],
    ),
    Case(
        "a_pool_of_threads_that_a_with_block_ended",
        [
            "from concurrent.futures import ThreadPoolExecutor",
            "with ThreadPoolExecutor(3, thread_name_prefix='w') as pool: squares = [pool.submit(pow, n, 2) for n in range(3)]",
        ],
        ["[one.result() for one in squares]", "pool._shutdown"],
        [("pool.submit(len, [])", "RuntimeError: cannot schedule new futures after shutdown")],
    ),
    Case(
        "coroutine_and_task_are_told",
        [
            "import asyncio\nasync def tick():\n    await asyncio.sleep(3600)",
            "task = asyncio.create_task(tick())",
            "fut = asyncio.get_running_loop().create_future(); kept = [1]",
        ],
        ["kept"],
        [("task.done()", "False")],
        either=True,
    ),
    Case(
        "finished_task",
        ["import asyncio\nasync def f(): return [1]\nt = asyncio.create_task(f()); r = await t"],
        ["r"],
        [("t.result() is r", "True")],
        either=True,
    ),
    Case(
        "asyncio_lock_and_event",
        ["import asyncio\nlk = asyncio.Lock(); ev = asyncio.Event(); ev.set()"],
        ["lk.locked()", "ev.is_set()"],
        either=True,
    ),
    Case(
        "multiprocessing_things_are_told",
        ["import multiprocessing as mp\nmq = mp.Queue(); val = mp.Value('i', 4); n = 3"],
        ["n"],
        [("val.value", "4")],
        either=True,
    ),
    Case(
        "contextvar_token_and_context",
        [
            "import contextvars\ncv = contextvars.ContextVar('cv'); tok = cv.set(1); ctx = contextvars.copy_context(); cv.set(2)"
        ],
        ["ctx[cv]"],
        [("cv.get()", "2")],
        either=True,
    ),
    Case(
        "databases_whose_files_were_replaced_or_removed",
        [
            "import sqlite3, os, h5py\nfor name, value in (('a', 1), ('b', 2), ('c', 3)):\n    made = sqlite3.connect(name + '.db'); made.execute('create table t (x)'); made.execute('insert into t values (?)', (value,)); made.commit(); made.close()\n"
            "    with h5py.File(name + '.h5', 'w') as made: made['x'] = value",
            "replaced, removed, kept = (sqlite3.connect(name + '.db') for name in 'acb')\nfor one in (replaced, removed, kept): one.execute('select * from t').fetchall()\n"
            "h_replaced, h_removed = (h5py.File(name + '.h5', 'r') for name in 'ac')",
            "import shutil\nfor kind in ('.db', '.h5'):\n    shutil.copy('b' + kind, 'new'); os.replace('new', 'a' + kind); os.remove('c' + kind)",
        ],
        [
            "[one.execute('select x from t').fetchall() for one in (replaced, removed, kept)]",
            "int(h_replaced['x'][()]), int(h_removed['x'][()])",
        ],
        then=["kept.execute('insert into t values (9)').rowcount; kept.commit()"],
        told=["replaced", "removed", "h_replaced", "h_removed"],
        modules=["h5py"],
    ),
    Case(
        "a_dataset_whose_file_was_replaced",
        [
            "import os, numpy as np, xarray as xr\nfor name, value in (('a', 1.), ('b', 2.)): xr.Dataset({'v': ('x', np.full(5, value))}).to_netcdf(name + '.nc', engine='scipy')",
            "replaced = xr.open_dataset('a.nc', engine='scipy'); kept = xr.open_dataset('b.nc', engine='scipy')",
            "import shutil; shutil.copy('b.nc', 'new'); os.replace('new', 'a.nc')",
        ],
        ["replaced.v.shape"],
        then=["float(kept.v.sum())", "float(replaced.v.sum())"],
        told=["replaced"],
        modules=["xarray", "scipy"],
    ),
    Case(
        "archives_whose_files_were_replaced",
        [
            "import os, zipfile\nfor name in 'ab':\n    with zipfile.ZipFile(name + '.zip', 'w') as made: made.writestr('m', name)",
            "archive = zipfile.ZipFile('a.zip'); os.replace('b.zip', 'a.zip')",
        ],
        ["archive.read('m')"],
        told=["archive"],
        either=True,
    ),
    Case(
        "mmap_of_a_file",
        ["import mmap\nfh = open('m.bin', 'r+b'); mm = mmap.mmap(fh.fileno(), 0)"],
        ["mm[:4]"],
        [("mm[0:2] = b'ZZ'; mm[:4]", "b'ZZcd'")],
        files={"m.bin": "abcdef"},
        either=True,
    ),
    Case(
        "weakref_finalizer",
        ["import weakref\nclass T: pass\nt = T(); out = []\nfin = weakref.finalize(t, out.append, 'gone')"],
        ["fin.alive"],
        [("del t; import gc; gc.collect(); out", "['gone']")],
        either=True,
    ),
    Case(
        "finalizers_that_no_variable_holds",
        [
            "import weakref, umod\nclass T:\n    def __init__(self, log):\n        self.log, self.end = log, weakref.finalize(self, log.append, 'own')\n"
            "seen = []; a, b = T(seen), umod.tracked(T(seen), seen)\n_ = weakref.finalize(a, seen.append, 'a'); weakref.finalize(umod, print, 'never').atexit = False",
            "ends = {'b': b.end}",
        ],
        ["seen", "ends['b'] is b.end, ends['b'].alive"],
        ["del a, _; seen", "ends['b'].detach() is None; del b; seen", "import umod; umod.log"],
        files={
            "umod.py": "import weakref\nlog = []\nclass P: pass\np = P()\nweakref.finalize(p, log.append, 'p')\ndef tracked(one, seen):\n    weakref.finalize(one, seen.append, 'tracked')\n    return one\n"
        },
    ),
    Case(
        "what_process_state_held_ends_with_it",
        [
            "import atexit, gc, weakref\nclass K:\n    def before(self, info): pass\ndef bye(k): pass\nk, h = K(), K(); r, s = weakref.ref(k), weakref.ref(h)\n"
            "done = atexit.register(bye, k); ip = get_ipython(); ip.events.register('pre_run_cell', h.before)"
        ],
        ["r() is k, s() is h"],
        [
            "del k; atexit.unregister(bye); gc.collect(); r()",
            "ip.events.unregister('pre_run_cell', h.before); del h; gc.collect(); s()",
        ],
    ),
    Case(
        "ends_of_pipes_and_numbers_of_files_write_into_no_other",
        [
            "import multiprocessing as mp, os, sys\nsys.path.insert(0, 'site-packages'); import locks\nr, w = mp.Pipe(duplex=False); closed, other = mp.Pipe(); closed.close(); other.close()",
            "os.makedirs('sub', exist_ok=True); open('sub/x', 'w').close(); kept = [1]\nclass Folder:\n    def __init__(self, path): self.fd = os.open(path, os.O_RDONLY)\nclass Ends:\n    def __init__(self): self.r, self.w = os.pipe()\nfolder, ends = Folder('sub'), Ends(); free, held = locks.Lock(), locks.Lock().acquire('a.lock')",
        ],
        ["closed.closed, other.closed, os.listdir(folder.fd), kept, free.lock_fd"],
        ["free.acquire('b.lock').lock_fd > 2"],
        told=["r", "w", "held", "ends"],
        files={
            "site-packages/locks.py": (
                "import os\nclass Lock:\n    def __init__(self): self.lock_fd = None\n"
                "    def acquire(self, path):\n        self.lock_fd = os.open(path, os.O_CREAT | os.O_RDWR); return self\n"
            )
        },
    ),
    Case(
        "what_pointers_of_ctypes_lead_to_is_what_they_were_made_of",
        [
            "import ctypes\nclass P(ctypes.Structure):\n    _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]\nx = ctypes.c_int(3); pointer = ctypes.pointer(x); y = pointer.contents; many = (P * 3)(P(1, 2.)); second = ctypes.cast(many, ctypes.POINTER(P))[1]; alone = ctypes.pointer(ctypes.c_long(9)).contents",
        ],
        ["x.value, y.value, many[1].x, second.x, alone.value"],
        ["y.value = 5; second.x = 7; x.value, pointer.contents.value, many[1].x"],
    ),
    Case(
        "ctypes_values",
        [
            "import ctypes\nclass S(ctypes.Structure):\n    _fields_ = [('a', ctypes.c_int)]\ns = S(5); arr = (ctypes.c_int * 3)(1, 2, 3)"
        ],
        ["s.a", "list(arr)"],
        either=True,
    ),
    Case(
        "http_session_with_cookies",
        [
            "import requests\nses = requests.Session(); ses.headers['X-A'] = '1'; ses.cookies.set('c', 'v'); ses.auth = ('u', 'p'); ses.verify = False"
        ],
        ["ses.headers['X-A']", "ses.cookies.get('c')", "ses.auth", "ses.verify", "sorted(ses.adapters)"],
        modules=["requests"],
    ),
    Case(
        "adapters_of_a_web_session_of_ones_own",
        [
            "import requests, ssl\nfrom requests.adapters import HTTPAdapter\nfrom urllib3.util import Retry",
            "class Secured(HTTPAdapter):\n    def __init__(self, tls, timeout, **more):\n        self.tls, self.timeout = tls, timeout\n        super().__init__(**more)\n"
            "    def init_poolmanager(self, *given, **named):\n        return super().init_poolmanager(*given, ssl_context=self.tls, **named)",
            "ses = requests.Session(); tls = ssl.create_default_context(); tls.check_hostname = False\n"
            "ses.mount('https://', Secured(tls, 5, max_retries=Retry(3, backoff_factor=0.2)))\n"
            "plain = HTTPAdapter(pool_maxsize=3); plain.note = [1]; ses.mount('http://x', plain)",
        ],
        [
            "[(type(one).__name__, one.max_retries.total, vars(one).get('timeout'), vars(one).get('note')) for one in ses.adapters.values()]",
            "ses.get_adapter('https://a').tls is tls, ses.get_adapter('https://a').poolmanager.connection_pool_kw['ssl_context'] is tls",
            "ses.get_adapter('http://x') is plain, plain._pool_maxsize",
        ],
        modules=["requests"],
    ),
    Case(
        "progress_bars_in_the_middle_of_their_loops",
        [
            "import io\nfrom tqdm import tqdm\nout = io.StringIO()",
            "counting = tqdm(range(10), file=out, mininterval=0); going = iter(counting); _ = next(going), next(going)\n"
            "pairs = tqdm(enumerate('abcd'), file=out, mininterval=0); paired = iter(pairs); _ = next(paired)\n"
            "broken = tqdm([1, 2, 3], file=out)\nfor _ in broken: break",
        ],
        ["counting.n, counting.total, pairs.n, broken.n"],
        ["[*going], counting.n, next(paired), pairs.n, [*broken], broken.n"],
        modules=["tqdm"],
    ),
    Case(
        "progress_bar",
        [
            "from tqdm.auto import tqdm\nfrom tqdm import tqdm as tq\nbar = tq(total=10, desc='load', disable=False); bar.update(4)"
        ],
        ["bar.n", "bar.total", "bar.desc"],
        [("bar.update(2); bar.n", "6")],
        modules=["tqdm"],
    ),
    Case(
        "url_opener_and_ssl_context",
        [
            "import ssl, urllib.request\nctx = ssl.create_default_context(); ctx.check_hostname = False; op = urllib.request.build_opener(); op.addheaders = [('A', 'b')]"
        ],
        ["op.addheaders"],
        [("ctx.check_hostname", "False")],
        either=True,
    ),
    Case(
        "selector_and_pipes_are_told",
        [
            "import os, selectors\nr, w = os.pipe(); sel = selectors.DefaultSelector(); sel.register(r, selectors.EVENT_READ); keep = 'x'"
        ],
        ["keep"],
        [("len(sel.get_map())", "1")],
        either=True,
    ),
    Case(
        "logger_in_a_class",
        [
            "import logging\nclass App:\n    def __init__(s): s.log = logging.getLogger('myapp'); s.items = []",
            "a = App(); a.items.append(1)",
        ],
        ["a.log is logging.getLogger('myapp')", "a.items"],
    ),
    Case(
        "class_instance_as_context_with_open_file",
        [
            "class Sink:\n    def __init__(s, p): s.fh = open(p, 'a'); s.n = 0\n    def put(s, x): s.n += s.fh.write(x + '\\n'); s.fh.flush()",
            "sk = Sink('s.txt'); sk.put('a')",
        ],
        ["sk.n"],
        [("sk.put('b'); open('s.txt').read()", "'a\\nb\\n'")],
    ),
    Case(
        "shelve_and_dbm",
        ["import shelve\ndb = shelve.open('sh'); db['k'] = [1]; db.sync()"],
        [],
        [("db['k']", "[1]")],
        either=True,
    ),
    Case(
        "timer_and_barrier",
        ["import threading\nbar = threading.Barrier(2); t = threading.Timer(3600, print); k = 1"],
        ["bar.parties", "k"],
        [("t.interval", "3600")],
        either=True,
    ),
    Case(
        "loops_over_files_and_their_readers_go_on",
        [
            "import csv\nfh = open('d.csv'); rows = csv.reader(fh); head = next(rows)",
            "t = open('t.txt')\nfor line in t:\n    if line.startswith('b'): break\nnumbered = enumerate(t)",
            "import io\nout = io.StringIO(); w = csv.writer(out, delimiter=';'); n = w.writerow([1, 'a;b'])",
        ],
        ["head, line", "rows.line_num"],
        [
            ("list(rows), rows.line_num", "([['1', '2'], ['3', '4']], 3)"),
            ("next(numbered), t.readline()", "((0, 'c\\n'), 'd\\n')"),
            ("w.writerow([2]); out.getvalue()", "'1;\"a;b\"\\r\\n2\\r\\n'"),
        ],
        files={"d.csv": "a,b\n1,2\n3,4\n", "t.txt": "a\nb\nc\nd\n"},
    ),
    Case(
        "what_with_statements_leave_behind",
        [
            "import io, socket, sqlite3, subprocess, sys, zipfile\nfrom multiprocessing.pool import ThreadPool\nwith zipfile.ZipFile('f.zip', 'w') as z: z.writestr('n.txt', 'x')",
            "with subprocess.Popen([sys.executable, '-c', 'print(5)'], stdout=subprocess.PIPE, text=True) as p: out = p.stdout.read()\nwith socket.socket() as s: pass\nwith ThreadPool(2) as tp: r = tp.map(abs, [-1])\ncon = sqlite3.connect('x.db'); con.close()",
            "box = io.BytesIO(); zw = zipfile.ZipFile(box, 'w'); zw.writestr('a', 'A')",
        ],
        ["z.namelist(), z.fp", "p.returncode, p.poll(), out", "s.fileno(), r"],
        [
            ("zw.writestr('c', 'c'); zw.close(); zipfile.ZipFile(box).namelist()", "['a', 'c']"),
            (
                "try:\n    con.execute('select 1')\nexcept sqlite3.ProgrammingError as e:\n    print(e)",
                "Cannot operate on a closed database.",
            ),
        ],
    ),
    Case(
        "sqlite_cursors_rows_and_functions",
        [
            "import sqlite3\ncon = sqlite3.connect(':memory:'); cur = con.cursor()\ncon.create_function('dbl', 1, lambda x: x * 2)\ncur.execute('create table t(id integer primary key, n text)'); cur.executemany('insert into t(n) values (?)', [('a',), ('b',)])",
            "rows = cur.execute('select * from t').fetchall(); con.row_factory = sqlite3.Row; row = con.execute('select id, n as name from t').fetchone()",
        ],
        [
            "rows, [d[0] for d in cur.description], cur.fetchone()",
            "row['name'], row.keys()",
            "cur.connection is con, con.in_transaction",
        ],
        [
            ("cur.execute('select dbl(sum(id)) from t').fetchone()[0]", "6"),
            ("con.commit(); con.in_transaction", "False"),
        ],
    ),
    Case(
        "tasks_and_futures_that_are_done",
        [
            "import asyncio\nasync def work(x): return [x]\nasync def bad(): raise ValueError('no')",
            "tasks = [asyncio.create_task(work(i), name=f't{i}') for i in range(2)]; res = await asyncio.gather(*tasks); failed = asyncio.create_task(bad()); _ = await asyncio.wait([failed])",
            "fut = asyncio.get_running_loop().create_future()",
        ],
        ["tasks[0].done(), tasks[1].result() is res[1], tasks[0].get_name()", "repr(failed.exception())", "fut.done()"],
        [("await tasks[1]", "[1]"), ("fut.set_result(3); await fut", "3")],
    ),
    Case(
        "threads_and_timers_that_have_not_begun",
        [
            "import threading\ntimer = threading.Timer(60, print, args=('x',))\nclass W(threading.Thread):\n    def __init__(self, n): super().__init__(name=n); self.res = None\n    def run(self): self.res = 5",
            "w, done = W('a'), W('b'); done.start(); done.join()",
        ],
        ["timer.interval, timer.args", "done.res, done.name, done.is_alive()"],
        [("w.start(); w.join(); w.res", "5")],
    ),
    Case(
        "foreign_functions_callbacks_and_pointers",
        [
            "import ctypes, multiprocessing\nlibc = ctypes.CDLL(None); strlen = libc.strlen; strlen.restype = ctypes.c_size_t; strlen.argtypes = [ctypes.c_char_p]",
            "class Pt(ctypes.Structure): _fields_ = [('x', ctypes.c_int)]\np = Pt(1); ptr = ctypes.pointer(p)\nCB = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int); cb = CB(lambda v: v + 1); lock = multiprocessing.Lock()",
        ],
        ["strlen(b'hello'), strlen is libc.strlen", "cb(1), isinstance(cb, CB)"],
        [("ptr.contents.x = 77; p.x", "77"), ("with lock: print('in')", "in")],
    ),
    Case(
        "text_over_bytes_and_nameless_files",
        [
            "import io, tempfile\ntext = io.TextIOWrapper(io.BytesIO('é1\\né2\\n'.encode()), encoding='utf-8'); first = text.readline()",
            "tmp = tempfile.TemporaryFile('w+'); n = tmp.write('abc'); n = tmp.seek(1)",
        ],
        ["first"],
        [("text.readline(), tmp.read()", "('é2\\n', 'bc')")],
    ),
    Case(
        "pen_over_an_image",
        [
            "from PIL import Image, ImageDraw\nimage = Image.new('RGB', (8, 8))\npen = ImageDraw.Draw(image)\npen.point((1, 1), fill=(255, 0, 0))"
        ],
        ["image.getpixel((1, 1))", "pen.im is image.im"],
        [("pen.point((5, 5), fill=(1, 1, 1)); image.getpixel((5, 5))", "(1, 1, 1)")],
        modules=["PIL"],
    ),
    Case(
        "database_in_memory_in_which_nothing_was_made",
        ["import sqlite3\ndb = sqlite3.connect(':memory:')\ndb.row_factory = sqlite3.Row"],
        ["db.in_transaction"],
        [("db.execute('select 1 as a').fetchone()['a']", "1")],
    ),
    Case(
        "hdf5_files_in_memory_attributes_and_one_file_for_all",
        [
            "import h5py, numpy as np\nf=h5py.File('a.h5','w'); f['x']=np.arange(5); g=f.create_group('g'); g.attrs['u']='m'; ds=g.create_dataset('r',(0,),maxshape=(None,),dtype='f8'); x=f['x']; attrs=g.attrs; mem=h5py.File('mem','w',driver='core',backing_store=False); mem['q']=[1]; q=mem['q']; cl=h5py.File('b.h5','w'); cl.close()"
        ],
        ["x[:].tolist(), g.attrs['u'], f.mode, bool(cl)", "mem['q'][:].tolist(), x.file==f"],
        [
            "ds.resize((2,)); ds[:]=[1,2]; f['g/r'][:].tolist()",
            "attrs['z']=3; g.attrs['z'], attrs['u']",
            "mem['w']=[2]; q[0]=9; mem['q'][0], list(mem)",
            "f.close(); bool(f), bool(ds), bool(x)",
        ],
        modules=["h5py"],
    ),
    Case(
        "a_parser_whose_list_has_empty_places",
        [
            "import xml.etree.ElementTree as ET\nparser = ET.XMLPullParser(['end']); parser.feed('<a><b/>')",
            "rows = [1, 2]",
        ],
        ["rows", "len(list(parser.read_events()))"],
        either=True,
    ),
    Case(
        "duckdb_goes_on_after_a_background_checkpoint",
        [
            "import duckdb\nf = duckdb.connect('d.duckdb'); f.execute('create table t as select range a from range(5)'); f.execute('select a from t order by a'); one = f.fetchone()",
            IDLE,
            "two = f.fetchone(); duckdb.sql('create table g as select 1 x')",
            IDLE,
            "duckdb.sql('insert into g values (2)')",
        ],
        ["one, two", "f.execute('select sum(a) from t').fetchall()"],
        [("duckdb.sql('select sum(x) from g').fetchall()", "[(3,)]")],
        modules=["duckdb"],
    ),
    Case(
        "what_waits_in_a_buffer_is_written_once_though_checkpoints_are_taken",
        [
            "fh = open('out.txt', 'w'); n = fh.write('first ')",
            IDLE,
            "n = fh.write('second '); both = open('rw.txt', 'r+'); line = both.readline()",
            IDLE,
            "import tempfile\ntmp = tempfile.NamedTemporaryFile('w+'); n = tmp.write('kept '); raw = open('b.bin', 'wb'); n = raw.write(b'12')",
            IDLE,
            "n = both.write('end'); n = tmp.write('too'); n = raw.write(b'34')",
        ],
        ["line, both.tell(), raw.tell()"],
        [
            ("fh.write('third'); fh.close(); open('out.txt').read()", "'first second third'"),
            ("both.close(); open('rw.txt').read()", "'one\\ntwo\\nend'"),
            ("tmp.flush(); open(tmp.name).read()", "'kept too'"),
            ("raw.write(b'5'); raw.close(); open('b.bin', 'rb').read()", "b'12345'"),
        ],
        files={"rw.txt": "one\ntwo\n"},
    ),
    Case(
        "files_open_as_they_were_opened",
        [
            "import gzip, tempfile, os\nw = open('w.bin', 'wb'); w.write(b'x'); raw = open('r.bin', 'wb', buffering=0); raw.write(b'y'); x = open('x.txt', 'x'); x.write('1')\n"
            "with open('c.bin', 'wb') as c: c.write(b'z')\nwith gzip.open('g.gz', 'wb') as g: g.write(b'1')",
            "there = tempfile.TemporaryDirectory(ignore_cleanup_errors=True); inside = there.name; os.makedirs(inside + '/e/f'); open(inside + '/run.sh', 'w').write('#'); os.chmod(inside + '/run.sh', 0o755)\n"
            "gone = tempfile.TemporaryDirectory(); was = gone.name; gone.cleanup()",
        ],
        [
            "[(type(f).__name__, f.mode, f.closed) for f in (w, raw, x, c)]",
            "type(g).__name__, g.closed",
            "os.path.isdir(inside + '/e/f'), oct(os.stat(inside + '/run.sh').st_mode), there._ignore_cleanup_errors",
            "os.path.exists(was), gone.name == was",
        ],
        [
            (
                "w.write(b'2'); w.flush(); raw.write(b'3'); x.write('4'); x.flush(); [open(n, 'rb').read() for n in ('w.bin', 'r.bin', 'x.txt')]",
                None,
            )
        ],
    ),
    Case(
        "sqlite_connections_as_they_were_opened",
        [
            "import sqlite3\nlog = []\nclass Own(sqlite3.Connection):\n    def __init__(self, *a, **k): super().__init__(*a, **k); self.mine = [1]; log.append('made')",
            "c = sqlite3.connect('a.db', factory=Own, detect_types=sqlite3.PARSE_COLNAMES); c.set_trace_callback(log.append)\n"
            "c.execute('create temp table t(a, b blob)'); c.execute(\"insert into t values (1, x'00')\"); c.execute('create temp view v as select a from t'); c.execute('create index temp.ix on t(a)'); c.execute(\"attach 'b.db' as b\"); c.execute(\"attach ':memory:' as m\"); c.execute('create table b.q(a)'); c.execute('create table m.z(a)'); c.execute('insert into m.z values (4)'); c.commit()",
            "r = sqlite3.connect('file:a.db?mode=ro', uri=True); log.clear()",
        ],
        ["log, c.mine, type(c).__name__, r.execute('select 1').fetchone()"],
        [
            (
                "c.execute('select * from t').fetchall(), c.execute('select a from v').fetchone(), c.execute('select count(*) from b.q').fetchone(), c.execute('select a from m.z').fetchone(), len(log) > 3",
                None,
            ),
            ("c.execute('select \\'2020-01-02\\' as \"d [date]\"').fetchone()", None),
            ("try: r.execute('create table zz(a)')\nexcept sqlite3.OperationalError as error: print(error)", None),
        ],
    ),
    Case(
        "comms_that_are_open",
        [
            "import comm, warnings\nfrom ipykernel.comm import Comm\nmanager = comm.get_comm_manager()\nc = comm.create_comm(target_name='t'); got = []; c.on_msg(lambda m: got.append(m['content']['data'])); c.on_close(lambda m: got.append('closed'))",
            "old = Comm(target_name='t', show_warning=False); old.on_msg(got.append); shut = comm.create_comm(target_name='t'); shut.close(); lone = comm.create_comm(target_name='lone').comm_id",
        ],
        [
            "manager.get_comm(c.comm_id) is c, manager.get_comm(old.comm_id) is old, old.kernel is get_ipython().kernel",
            "list(manager.comms) == [c.comm_id, old.comm_id, lone], c._closed, old._closed, shut._closed",
        ],
        [
            ("manager.comm_msg(None, None, {'content': {'comm_id': c.comm_id, 'data': 5}}); got", "[5]"),
            (
                "manager.comm_close(None, None, {'content': {'comm_id': c.comm_id}}); got, c._closed, len(manager.comms)",
                "([5, 'closed'], True, 2)",
            ),
        ],
    ),
    Case(
        "progress_bars_as_they_were_made",
        [
            "import io\nfrom tqdm import tqdm, trange\nfrom tqdm.notebook import tqdm as drawn\nout = io.StringIO(); x = tqdm(total=50, desc='d', unit='B', unit_scale=True, unit_divisor=1024, leave=False, ncols=70, ascii=True, colour='red', initial=5, file=out, smoothing=0.1)\n"
            "x.update(3); x.set_postfix(a=1); later = trange(4, desc='q'); done = tqdm(total=3, file=out, ascii=True)\nfor _ in range(3): done.update()\ndone.close()\nbar = drawn(total=5, desc='n', leave=False); bar.update(2); shown = bar.container.model_id",
        ],
        [
            "x.n, x.total, x.unit_scale, x.unit_divisor, x.leave, x.ncols, x.ascii, x.colour, x.initial, x.smoothing, x.postfix",
            "x.fp._wrapped is out, out.getvalue().count('3/3'), str(done)[:8]",
            "bar.n, bar.leave, bar.container.model_id == shown",
        ],
        [("list(later)", None)],
        modules=["tqdm", "ipywidgets"],
    ),
    Case(
        "iterators_of_matches_half_way",
        [
            "import re\nit = re.finditer(r'\\w\\d', 'a1 b2 c3 d4'); next(it); same = it; done = re.finditer('a', 'a'); list(done); b = re.finditer(rb'\\d', b'1 2')",
            "part = re.compile('\\\\w').finditer('abcd', 1, 3); next(part)",
        ],
        ["same is it"],
        [("[m.group() for m in it], list(done), [m.group() for m in b], [m.group() for m in part]", None)],
    ),
    Case(
        "clients_of_web_apis_and_their_tls_contexts",
        [
            "import httpx, ssl\nc = httpx.Client(base_url='http://localhost:1', headers={'a': 'b'}, timeout=3, follow_redirects=True, event_hooks={'request': [print]}); c.cookies.set('k', 'v')\nac = httpx.AsyncClient(verify=False); t = httpx.HTTPTransport(retries=3); c2 = httpx.Client(transport=t)",
            "m = httpx.Client(transport=httpx.MockTransport(lambda r: httpx.Response(200, text='ok'))); r = m.get('http://x/'); closed = httpx.Client(); closed.close()",
            "x = ssl.create_default_context(); y = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); y.check_hostname = False; y.verify_mode = ssl.CERT_NONE; y.minimum_version = ssl.TLSVersion.TLSv1_3",
        ],
        [
            "c.headers['a'], c.timeout, c.follow_redirects, c.cookies['k'], c.event_hooks['request'][0] is print",
            "c2._transport is t, t._pool._retries, closed.is_closed, str(c.base_url)",
            "len(x.get_ca_certs()), x.verify_mode, x.check_hostname, x.options, x.verify_flags",
            "y.verify_mode, y.check_hostname, y.minimum_version, y.options",
        ],
        [
            "print(m.get('http://y/').text, r.text)",
            "try: c.get('/q')\nexcept httpx.ConnectError as e: print(type(e).__name__)",
        ],
        modules=["httpx"],
    ),
    Case(
        "entries_of_a_directory",
        [
            "import os\nos.mkdir('d'); open('d/a', 'w').write('abc'); os.mkdir('d/b')\nentries = sorted(os.scandir('d'), key=lambda one: one.name)"
        ],
        ["[(one.name, one.path, one.is_dir(), one.stat().st_size) for one in entries[:1]]", "entries[1].is_dir()"],
    ),
    Case(
        "asynchronous_generators_that_have_not_begun_and_that_are_done",
        [
            "async def count(n, *more, step=1):\n    for i in range(n): yield i * step\nfresh = count(3, step=2); done = count(1)\nasync for _ in done: pass"
        ],
        ["fresh.__name__, done.__qualname__"],
        ["print([i async for i in fresh], [i async for i in done])"],
    ),
    Case(
        "threads_that_no_variable_names_are_told",
        [
            "import threading, queue\ndef ring(): pass\nlog, jobs = [], queue.Queue()\nthreading.Timer(600, ring).start(); threading.Timer(600, log.append, ('rang',)).start()\nthreading.Thread(target=jobs.get, daemon=True, name='taker').start()\n"
            "for number, thread in enumerate(one for one in threading.enumerate() if isinstance(one, threading.Timer)): thread.name = f'timer{number}'\ndel thread"
        ],
        ["log, jobs.qsize()"],
        told=["thread timer0 (ring)", "thread timer1 (append)", "thread taker"],
    ),
    Case(
        "a_lock_on_an_open_file_is_told",
        [
            "import fcntl\nfh = open('l.txt', 'w'); fcntl.flock(fh, fcntl.LOCK_EX)\nbinary = open('m.bin', 'wb'); fcntl.lockf(binary, fcntl.LOCK_EX); free = open('n.txt', 'w')",
            IDLE,
        ],
        ["fh.mode, binary.mode, free.mode"],
        told=["binary", "fh"],
    ),
    Case(
        "modules_that_a_finder_of_the_users_makes",
        [
            "import sys, importlib.abc, importlib.machinery\nclass Loader(importlib.abc.Loader):\n    def create_module(self, spec): return None\n    def exec_module(self, module): module.answer = 42",
            "class Finder(importlib.abc.MetaPathFinder):\n    def find_spec(self, name, path, target=None):\n        if name.startswith('virtual_'): return importlib.machinery.ModuleSpec(name, Loader())\nsys.meta_path.append(Finder())",
            "import virtual_a",
        ],
        ["virtual_a.answer, type(virtual_a).__name__"],
        ["import virtual_b; print(virtual_b.answer)"],
    ),
    Case(
        "generator_half_way_whatever_its_code_does",
        [
            "log = []\nimport time\ndef gen(n, *more, step=1, **kw):\n    total = time.time() * 0\n    for i in range(n):\n        for j in 'ab':\n            total += step\n            log.append(i)\n            got = yield (i, j, total, more, kw)\n            if got: log.append(got)\n    return 'done'",
            "g = gen(3, 'm', step=2, z=log); a = next(g); next(g); next(g); alias = g; held = [g]",
        ],
        [
            "a, log, g.gi_frame.f_lineno, sorted(g.gi_frame.f_locals), g.__name__, held[0] is g, g.gi_frame.f_locals['kw']['z'] is log"
        ],
        ["g.send('hello'), log", "[x[2] for x in alias], log", "next(held[0], 'over')"],
    ),
    Case(
        "generator_inside_of_a_with_and_a_finally_statement",
        [
            "log = []\nclass C:\n    def __enter__(self): log.append('enter'); return 5\n    def __exit__(self, *a): log.append(('exit', a[0]))\ndef w(xs):\n    c = 0\n    def inc():\n        nonlocal c; c += 1; return c\n    with C() as v:\n        try:\n            for x in xs:\n                yield x, inc(), inc\n        finally: log.append(('finally', c))\ng = w(open('f.txt')); one = next(g); inc = one[2]"
        ],
        ["one[:2], log"],
        ["inc(), next(g)[:2]", "g.close(); log"],
        files={"f.txt": "a\nb\nc\n"},
    ),
    Case(
        "generator_beside_what_is_lost_runs_no_end_of_its_own",
        [
            "log = []\ndef w():\n    try:\n        yield 1\n        yield 2\n    finally: log.append('end')\ng = w(); next(g); bag = {'g': g, 's': __import__('socket').socket()}"
        ],
        ["log"],
        ["next(g), log", "del g, bag; log"],
    ),
    Case(
        "generators_half_way_in_each_other_and_in_iterators",
        [
            "import itertools, random\nrng = random.Random(3)\ndef a(): \n    while True: yield rng.random()\ndef b():\n    r = yield from itertools.islice(a(), 3)\n    yield 'end'\ng = b(); x = next(g)\npipe = map(str, (v * 2 for v in a() if v > 0.1)); y = next(pipe)\nz = zip(b(), itertools.count()); next(z); en = enumerate(a()); next(en)"
        ],
        ["x, y"],
        ["list(g)", "next(pipe)", "next(z), next(en)", "rng.random()"],
    ),
    Case(
        "context_managers_of_generators_entered_by_hand",
        [
            "import contextlib, os, numpy as np, pandas as pd\nlog = []\n@contextlib.contextmanager\ndef step(n):\n    log.append('in ' + n)\n    try:\n        yield n\n    finally:\n        log.append('out ' + n)\ncm = step('a'); v = cm.__enter__()",
            "opt = pd.option_context('display.max_rows', 5); opt.__enter__()\nst = contextlib.ExitStack(); st.enter_context(np.printoptions(precision=2)); st.enter_context(step('b'))",
        ],
        ["log, pd.get_option('display.max_rows')"],
        [
            "cm.__exit__(None, None, None); log",
            "opt.__exit__(None, None, None); pd.get_option('display.max_rows')",
            "st.close(); log, np.get_printoptions()['precision']",
        ],
        modules=["pandas"],
    ),
    Case(
        "walk_through_a_directory_half_way",
        [
            "import os, glob\nos.makedirs('d/e', exist_ok=True); os.makedirs('d/f', exist_ok=True); open('d/e/x.txt','w').close()\nw = os.walk('d'); t = next(w); gl = glob.iglob('d/**', recursive=True); next(gl)"
        ],
        ["t[0], sorted(t[1])"],
        ["sorted(x[0] for x in w)", "len(list(gl))"],
    ),
    Case(
        "generator_that_is_handling_an_error",
        [
            "def ex():\n    try: 1 / 0\n    except ZeroDivisionError as e:\n        import time; time.time()\n        try:\n            yield 1\n            yield str(e)\n            raise\n        finally: log.append('f')\nlog = []\ng = ex(); next(g); n = 1"
        ],
        ["n"],
        ["next(g)", "try: next(g)\nexcept ZeroDivisionError as e: print(repr(e), log)"],
    ),
    Case(
        "generators_half_way_of_a_module",
        [
            "import mygen\ng = mygen.stream('x'); next(g); c = mygen.Box(); it = iter(c); next(it); cm = mygen.opened('a'); cm.__enter__()"
        ],
        ["mygen.log"],
        ["next(g), mygen.log", "next(it), c.seen", "cm.__exit__(None, None, None); mygen.log"],
        files={
            "mygen.py": "import contextlib, time\nlog = []\ndef stream(p):\n    for i in range(9):\n        log.append((p, i)); time.time()\n        yield i\nclass Box:\n    def __init__(self): self.seen = 0\n    def __iter__(self):\n        for i in 'abc':\n            self.seen += 1\n            yield i\n@contextlib.contextmanager\ndef opened(n):\n    log.append('open ' + n)\n    try: yield n\n    finally: log.append('shut ' + n)\n"
        },
    ),
    Case(
        "asynchronous_generator_half_way",
        [
            "async def agen():\n    import time; time.time()\n    yield 1\n    yield 2\na = agen(); x = await a.__anext__()"
        ],
        ["x"],
        ["await a.__anext__()"],
    ),
    Case(
        "generators_half_way_that_share_what_they_hold",
        [
            "state = {'n': 0}\ndef gen():\n    while True:\n        state['n'] += 1\n        yield state\na = gen(); b = gen(); next(a); next(b); d = {'a': a, 'b': b, 'a2': a}"
        ],
        ["state, d['a'] is a, d['a2'] is a"],
        ["next(a) is state, state", "next(d['b'])"],
    ),
    Case(
        "generator_that_its_object_holds",
        [
            "class Loader:\n    def __init__(self): self.n = 0; self.it = None\n    def stream(self):\n        while True:\n            self.n += 1\n            yield self.n, self.it\n    def start(self): self.it = self.stream(); return next(self.it)\nl = Loader(); one = l.start()"
        ],
        ["one[0], one[1] is l.it, l.n"],
        ["next(l.it)[0], l.n", "next(l.it)[1] is l.it"],
    ),
    Case(
        "generators_and_context_managers_that_are_entered_go_on_where_they_were",
        [
            "import random\nfrom contextlib import ExitStack, contextmanager\nlog = []\n@contextmanager\ndef opened(name):\n    log.append('open ' + name); box = [name]\n    try: yield box\n    finally: log.append('close ' + box[0])\ncm = opened('a'); box = cm.__enter__(); stack = ExitStack(); other = stack.enter_context(opened('b'))",
            "data = list(range(9))\ndef batches(n):\n    with open('f.txt') as f:\n        for i in range(0, len(data), n):\n            log.append(random.random() < 2)\n            got = yield data[i:i + n], f.readline()\n            if got: log.append(got)\ng = batches(3); first = next(g), g.send('hi')",
            "import heapq\nlate = [2, 5]; merged = heapq.merge([1, 4], late); least = next(merged)\nasync def ticks():\n    for i in data: yield i\nt = ticks(); tick = await t.__anext__()",
        ],
        ["first, least, tick, log"],
        [
            "box[0] = 'c'; stack.close(); cm.__exit__(None, None, None); log[-2:]",
            "data.append(9); print(next(g), list(g), log)",
            "late.append(7); print(list(merged), [i async for i in t])",
        ],
        files={"f.txt": "x\ny\nz\n"},
    ),
    Case(
        "parquet_files_that_are_open",
        [
            "import io, pyarrow as pa, pyarrow.parquet as pq\nt = pa.table({'x': range(100), 's': ['a', 'b'] * 50}); pq.write_table(t, 'p.parquet', row_group_size=10); pq.write_table(t.slice(3), 'q.parquet')",
            "pf = pq.ParquetFile('p.parquet'); other = pq.ParquetFile('q.parquet', read_dictionary=['s'], memory_map=True); raw = io.BytesIO(open('p.parquet', 'rb').read()); of_memory = pq.ParquetFile(raw); first = pf.read_row_group(0)",
            "of_file = pq.ParquetFile(open('p.parquet', 'rb')); of_buffer = pq.ParquetFile(pa.BufferReader(raw.getvalue()))",
        ],
        [
            "pf.metadata.num_rows, pf.num_row_groups, pf.schema_arrow.names",
            "other.schema_arrow.field('s').type, other.metadata.num_rows",
        ],
        [
            "pf.read_row_group(2)['x'].to_pylist()",
            "sum(batch.num_rows for batch in other.iter_batches(batch_size=30)), other.read()['s'].type",
            "of_memory.read().num_rows, of_file.read().num_rows, of_buffer.read().num_rows",
        ],
        modules=["pyarrow"],
    ),
    Case(
        "files_of_gzip_that_are_being_written",
        [
            "import gzip, io\ng = gzip.open('a.gz', 'wt'); g.write('l1\\n' * 5000)",
            "w = gzip.GzipFile('b.gz', 'wb', mtime=0); w.write(b'abc' * 100000); raw = io.BytesIO(); m = gzip.GzipFile(fileobj=raw, mode='wb'); m.write(b'abc' * 10)",
            "m.flush(); m.write(b'more'); e = gzip.open('e.gz', 'ab')",
        ],
        ["w.tell(), w.name, m.tell(), w.writable(), e.tell()"],
        [
            "g.write('end\\n'); g.close(); x = gzip.open('a.gz', 'rt').read(); len(x), x[-8:]",
            "w.write(b'zz'); w.close(); d = gzip.open('b.gz').read(); len(d), d[-5:], d[:3]",
            "m.write(b'zz'); m.close(); gzip.decompress(raw.getvalue())",
            "e.write(b'one'); e.close(); gzip.open('e.gz').read()",
        ],
    ),
    Case(
        "local_context_of_decimal_entered_by_hand",
        [
            "import decimal, contextlib\nlc = decimal.localcontext(); ctx = lc.__enter__(); ctx.prec = 5\nst = contextlib.ExitStack(); inner = st.enter_context(decimal.localcontext()); inner.prec = 3; waiting = decimal.localcontext(prec=9) if __import__('sys').version_info >= (3, 11) else None"
        ],
        ["decimal.getcontext() is inner, ctx.prec, inner.prec, decimal.Decimal(1) / 3"],
        [
            "st.close(); decimal.getcontext() is ctx, decimal.Decimal(1) / 3",
            "lc.__exit__(None, None, None); decimal.getcontext().prec",
            "with waiting as w: print(w.prec)",
        ],
    ),
    Case(
        "descriptors_that_objects_and_dictionaries_hold",
        [
            "import os\nclass Log:\n    def __init__(s): s.fd = os.open('l.txt', os.O_WRONLY | os.O_CREAT)\n    def put(s, b): return os.write(s.fd, b)\nlg = Log(); n = lg.put(b'1'); conf = {'out': {'fd': os.open('m.txt', os.O_RDWR | os.O_CREAT)}, 'size': 50}; n = os.write(conf['out']['fd'], b'mm')"
        ],
        ["n, lg.fd > 2"],
        ["lg.put(b'2'); open('l.txt').read()", "os.lseek(conf['out']['fd'], 0, 0); os.read(conf['out']['fd'], 5)"],
    ),
    Case(
        "foreign_texts_references_and_functions_imported_with_a_star",
        [
            "from ctypes import *\nbuf = create_string_buffer(b'abc', 8); cs = c_char_p(b'zz'); ws = c_wchar_p('wide'); n = c_int(4); r = byref(n); arr = (c_char_p * 3)(b'p', b'q'); po = py_object(items := [1])"
        ],
        ["cs.value, ws.value, list(arr), po.value is items"],
        ["n.value = 9; print(memmove(buf, b'xy', 2) > 0, buf.value, r._obj is n, cast(r, POINTER(c_int))[0])"],
    ),
    Case(
        "a_class_whose_attribute_stands_still_while_it_is_saved_costs_itself",
        [
            "from slow import Slow\nclass Has:\n    slow = Slow()\ndef good(): return 5\nkept = [good]",
        ],
        ["good(), kept[0] is good"],
        files={
            "slow.py": "import time\nclass Slow:\n    def __reduce__(self):\n        time.sleep(60)\n        return Slow, ()\n"
        },
        told=["Has"],
    ),
    Case(
        "coroutines_that_are_done_and_methods_whose_object_is_gone",
        [
            "import inspect, weakref\nasync def found(x, *, y=2): return x + y\nc = found(1)\nmade = await c\nclosed = found(2); closed.close()",
            "class A:\n    def m(self): return 1\na, b = A(), A()\ngone, there = weakref.WeakMethod(a.m), weakref.WeakMethod(b.m)\ndel a",
        ],
        [
            "made, c.cr_frame, c.cr_running, c.__qualname__, c.cr_code.co_name, inspect.getcoroutinestate(closed)",
            "gone(), there()(), gone == gone, gone == there",
        ],
        ["try:\n    await c\nexcept RuntimeError as error:\n    print(error)"],
    ),
    Case(
        "class_that_holds_what_stands_still_in_its_pickling_costs_itself",
        [
            "import copyreg, threading\nlock = threading.Lock()\nclass Still: pass\ncopyreg.pickle(Still, lambda one: lock.acquire() and (Still, ()))\nclass Holder:\n    held = Still()\nclass Other:\n    x = [2]\nother = Other(); z = [1]; _ = lock.acquire()"
        ],
        ["z, other.x is Other.x, other.x"],
        told=["Holder"],
    ),
    Case(
        "iterators_over_ordered_dictionaries_and_sets_that_hear_of_changes",
        [
            "from collections import OrderedDict\nd = OrderedDict(a=1, b=2, c=3, d=4)\nall_of = [iter(d), reversed(d), iter(d.items()), reversed(d.values()), iter(d.values()), reversed(d.items())]\nfirst = [next(one) for one in all_of]\nfresh = [iter(d), reversed(d.items()), iter(d.values())]\nlast = reversed(d)\nthree = [next(last), next(last), next(last)]",
            "s = set(range(6)); it = iter(s); passed = [next(it), next(it)]\nwords = {'alpha', 'beta', 'gamma', 'delta'}; some = iter(words); begun = [next(some), next(some)]",
        ],
        ["first, passed, three"],
        [
            "[next(one) for one in all_of], [next(one) for one in fresh], next(last), next(it)",
            "d['z'] = 1\nfor one in (*all_of, *fresh):\n    try:\n        print(next(one))\n    except RuntimeError as error:\n        print(error)",
            "print(sorted([*begun, *some]) == sorted(words))\ns.add(99)\ntry:\n    next(it)\nexcept RuntimeError as error:\n    print(error)",
        ],
    ),
    Case(
        "rows_that_a_connection_counts_as_changed",
        [
            "import sqlite3\nkept = sqlite3.connect(':memory:')\nfile = sqlite3.connect('rows.db')\nfor one in (kept, file):\n    one.execute('create table t(a)')\n    one.executemany('insert into t values(?)', [(i,) for i in range(10)])\n    one.execute('update t set a = a + 1')\n    one.commit()"
        ],
        [
            "kept.total_changes, file.total_changes, file.execute('pragma database_list').fetchall()[1:], kept.in_transaction"
        ],
        ["kept.execute('delete from t where a < 4')\nkept.total_changes, kept.in_transaction"],
    ),
    Case(
        "members_of_tar_archives_half_read_and_buffers_over_a_file_of_ones_own",
        [
            "import io, tarfile\nwith tarfile.open('x.tgz', 'w:gz') as made:\n    for name in 'ab':\n        data = (name + ' line\\n').encode() * 3000\n        one = tarfile.TarInfo(name + '.txt')\n        one.size = len(data)\n        made.addfile(one, io.BytesIO(data))",
            "archive = tarfile.open('x.tgz')\nmember = archive.extractfile('b.txt')\nhead = member.read(5)\ntext = io.TextIOWrapper(archive.extractfile('a.txt'), encoding='utf-8')\nline = text.readline()",
            "class Counting(io.RawIOBase):\n    at = 0\n    def readable(self):\n        return True\n    seekable = readable\n    def seek(self, to, whence=0):\n        self.at = to if whence == 0 else self.at + to\n        return self.at\n    def tell(self):\n        return self.at\n    def readinto(self, into):\n        into[:] = bytes((self.at + n) % 251 for n in range(len(into)))\n        self.at += len(into)\n        return len(into)\ncounting = io.BufferedReader(Counting())\nfirst = counting.read(5)",
        ],
        ["member.tell(), head, line, counting.tell(), first, type(counting.raw) is Counting"],
        [
            "member.read(4), member.tell(), text.readline(), counting.read(3)",
            "archive.extractfile('a.txt').read(3), archive.getnames()",
        ],
    ),
    Case(
        "streams_of_pyarrow_over_a_buffer",
        [
            "import pyarrow as pa\nbuffer = pa.py_buffer(b'0123456789')\nreader = pa.BufferReader(buffer)\nhead = reader.read(3)\nsink = pa.BufferOutputStream()\nwith pa.ipc.new_stream(sink, pa.schema([('a', pa.int64())])) as made:\n    made.write_table(pa.table({'a': [1, 2]}))\nsource = pa.BufferReader(sink.getvalue())"
        ],
        ["reader.tell(), head, reader.mode"],
        ["reader.read(4), pa.ipc.open_stream(source).read_all().to_pydict()"],
        modules=["pyarrow"],
    ),
    Case(
        "temporary_files_that_were_closed",
        [
            "import tempfile, os\nwith tempfile.NamedTemporaryFile('w+', suffix='.csv') as gone: n = gone.write('a')\n"
            "left = tempfile.NamedTemporaryFile('w', suffix='.csv', delete=False); n = left.write('a,b\\n1,2\\n'); left.close()\nkept = {'f': left}"
        ],
        [
            "gone.closed, left.closed, os.path.exists(gone.name), gone.file.mode, left.name.endswith('.csv'), kept['f'] is left, left._closer.delete"
        ],
        [
            ("open(left.name).read()", "'a,b\\n1,2\\n'"),
            ("left.close(); gone.close(); name = left.name; del left, kept; os.path.exists(name)", "True"),
            ("try: gone.write('x')\nexcept ValueError as e: print(e)", "I/O operation on closed file."),
        ],
    ),
    Case(
        "files_in_memory_that_were_closed",
        [
            "import io\nwith io.BytesIO(b'x') as data: data.read()\nwith io.StringIO('x') as text: text.read()\nclass Mine(io.BytesIO): pass\nmine = Mine(b'1'); mine.tag = 3; mine.close(); kept = {'data': data}"
        ],
        ["data.closed, text.closed, mine.closed, type(mine) is Mine, mine.tag, kept['data'] is data"],
        ["try: data.read()\nexcept ValueError as e: print(e)"],
    ),
    Case(
        "context_of_variables_with_numpys_settings",
        [
            "import contextvars, numpy as np\nwho = contextvars.ContextVar('who', default='-'); seen = []\n_ = np.seterr(over='raise')",
            "ctx = contextvars.copy_context()\nctx.run(who.set, 'ada'); ctx.run(np.seterr, divide='call'); ctx.run(np.seterrcall, lambda kind, flag: seen.append(kind)); None",
        ],
        ["ctx[who], ctx.run(np.geterr), np.geterr()", "np.geterrcall() is None"],
        ["_ = ctx.run(lambda: np.float64(1) / np.zeros(1)); ctx.run(who.get), seen"],
        modules=["numpy"],
    ),
    Case(
        "servers_of_fakeredis_that_clients_find_by_name",
        [
            "import fakeredis\nr = fakeredis.FakeRedis(host='h'); _ = r.set('a', 'b'); _ = r.hset('m', 'k', 1)\nother = fakeredis.FakeStrictRedis(host='h', decode_responses=True)"
        ],
        ["r.get('a'), other.hgetall('m')"],
        ["other.set('c', 3)\nr.get('c'), fakeredis.FakeRedis(host='h').get('a')"],
        modules=["fakeredis"],
    ),
    Case(
        "tasks_of_a_celery_app_are_told",
        [
            "from celery import Celery\napp = Celery('t', broker='memory://'); app.conf.task_default_queue = 'mine'\n@app.task(name='mul')\ndef mul(x, y): return x * y\n_ = mul(2, 3)"
        ],
        ["app.main, app.conf.task_default_queue"],
        told=["app"],
        modules=["celery"],
    ),
    Case(
        "files_to_read_and_write_go_on_in_a_loop_over_their_lines",
        [
            "import os, tempfile, io\n_ = open('rw.txt', 'w').write(''.join(f'line {i}\\n' for i in range(3000)))\nrw = open('rw.txt', 'r+'); next(rw); rest = enumerate(rw); next(rest)",
            "numbered = os.fdopen(os.open('rw.txt', os.O_RDWR), 'r+'); next(numbered)\nnameless = tempfile.TemporaryFile('w+'); nameless.write('1\\n2\\n3\\n'); nameless.seek(0); next(nameless)",
            "grows = open('grows.txt', 'a+'); grows.write('1\\n2\\n3\\n'); grows.seek(0); next(grows)\nmemory = io.TextIOWrapper(io.BytesIO(b'a\\nb\\nc\\n')); next(memory)",
            IDLE,
            "mid = next(rw), next(numbered), next(nameless)",
        ],
        ["mid"],
        [
            (
                "next(rw), next(rest), next(numbered), list(nameless), next(grows), list(memory)",
                "('line 3\\n', (1, 'line 4\\n'), 'line 2\\n', ['3\\n'], '2\\n', ['b\\n', 'c\\n'])",
            ),
            ("len(list(rw)), len(list(numbered))", "(2995, 2997)"),
            ("grows.write('4\\n'), grows.seek(0), grows.read()", "(2, 0, '1\\n2\\n3\\n4\\n')"),
            ("rw.write('end'), rw.seek(0), rw.read()[-4:]", "(3, 0, '\\nend')"),
        ],
    ),
    Case(
        "a_limit_on_the_size_of_files_is_met_by_cells_alone",
        [
            "import random, resource\nlimit = resource.RLIMIT_FSIZE; resource.setrlimit(limit, (100_000, resource.getrlimit(limit)[1]))",
            "large = random.Random(1).randbytes(3_000_000); kept = [1]",
        ],
        ["kept, len(large)", "resource.getrlimit(limit)[0]"],
        [
            "with open('own', 'wb') as own:\n    try: own.write(large); own.flush()\n    except OSError as error: print(error.strerror)"
        ],
    ),
    Case(
        "a_stop_signal_whose_handler_compiled_code_took_away",
        [
            "import ctypes, signal\nheld = {'n': [1]}; n = held['n']",
            "_ = ctypes.CDLL(None).signal(15, None); n.append(2)",
        ],
        ["held['n'] is n, n"],
        ["n.append(3); held, signal.getsignal(signal.SIGTERM) == signal.SIG_DFL"],
    ),
    Case(
        "an_image_that_was_opened_from_an_open_file",
        [
            "from PIL import Image\nImage.new('L', (3, 2), 7).save('a.png', pnginfo=None)\nfile = open('a.png', 'rb'); image = Image.open(file); image.load(); file.close()",
            "frames = Image.new('L', (3, 2), 1); frames.save('b.gif', save_all=True, append_images=[Image.new('L', (3, 2), 200)])\nopened = open('b.gif', 'rb'); film = Image.open(opened); film.seek(1)",
        ],
        ["type(image).__name__, image.getpixel((0, 0)), image.tell(), film.tell(), film.n_frames"],
        [
            "image.seek(0); image.getpixel((1, 1)), image.format, film.getpixel((0, 0))",
            "film.seek(0); film.getpixel((0, 0))",
        ],
        modules=["PIL"],
    ),
]
