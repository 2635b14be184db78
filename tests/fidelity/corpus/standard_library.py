"""What modules of the standard library hold and remember beyond the values of variables."""

from ..case import Case

CASES = [
    Case(
        "proxies_that_say_the_class_of_what_they_stand_for",
        [
            "class Proxy:\n    def __init__(self, of): self._of = of\n    @property\n    def __class__(self): return type(self._of)\n    def __len__(self): return len(self._of)",
            "class Fake:\n    __class__ = str\nfake = Fake(); proxy = Proxy([1, 2])",
        ],
        ["isinstance(fake, str), isinstance(proxy, list), len(proxy), type(proxy) is Proxy"],
        then=[("proxy._of.append(3); len(proxy), len(Proxy('ab')), isinstance(Fake(), str)", "(3, 2, True)")],
    ),
    Case(
        "dialects_of_separated_values",
        [
            "import csv, io\ncsv.register_dialect('mine', delimiter=';', quoting=csv.QUOTE_NONNUMERIC, strict=True)",
            "mine = csv.get_dialect('mine'); excel = csv.get_dialect('excel'); of_reader = csv.reader(['a'], 'mine').dialect",
        ],
        [
            "mine.delimiter, mine.quoting, mine.strict, of_reader.delimiter, excel.lineterminator, excel.skipinitialspace"
        ],
        then=[("next(csv.reader(['1;2'], mine)), type(mine) is type(excel)", "([1.0, 2.0], True)")],
    ),
    Case(
        "a_class_of_modules_that_notes_what_is_asked",
        [
            "import types\nlog = []\nclass M(types.ModuleType):\n    def __getattribute__(self, name):\n        log.append(name); return types.ModuleType.__getattribute__(self, name)",
            "m = M('noted'); m.x = 5; y = m.x",
        ],
        ["len(log)"],
        then=[("m.x, len(log)", "(5, 2)")],
    ),
    Case(
        "a_second_module_of_a_library_by_the_same_name",
        [
            "import sys, importlib, colorsys\nfirst = colorsys; del sys.modules['colorsys']; import colorsys as second",
            "first.mark = 7",
        ],
        ["first is second, first.mark, hasattr(second, 'mark')"],
        told=["colorsys"],
    ),
    Case(
        "faulthandlers_signals_are_registered_again",
        [
            "import faulthandler, signal, os, time\nff = open('dump.txt', 'w')\nfaulthandler.register(signal.SIGUSR1, file=ff, all_threads=False)",
            "faulthandler.register(signal.SIGUSR2, ff)\n_x = faulthandler.unregister(signal.SIGUSR2)",
        ],
        then=[
            "os.kill(os.getpid(), signal.SIGUSR1); time.sleep(0.2); 'most recent' in open('dump.txt').read()",
            "faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR2)",
        ],
    ),
    Case(
        "a_handler_of_the_stop_signal",
        [
            "import signal, sys\nhits = []\ndef term(number, frame):\n    hits.append(number); open('end.txt', 'w').write('called')\n    sys.exit(3)\nold = signal.signal(signal.SIGTERM, term)"
        ],
        ["hits, old", "signal.getsignal(signal.SIGTERM) is term"],
    ),
    Case(
        "the_stop_signal_ignored",
        ["import signal\nold = signal.signal(signal.SIGTERM, signal.SIG_IGN)\nx = 1"],
        ["x, old, signal.getsignal(signal.SIGTERM)"],
    ),
    Case(
        "worker_processes_that_are_ended_as_soon_as_they_begin",
        [
            "import multiprocessing as mp, time\nctx = mp.get_context('fork')\ndef end_one():\n    p = ctx.Process(target=time.sleep, args=(60,)); p.start(); p.terminate(); p.join(5)\n    return p.exitcode\ncodes = [end_one() for _ in range(5)]"
        ],
        ["codes"],
        then=["end_one()"],
    ),
    Case(
        "sqlite_rows_and_text_of_the_users_own_kind",
        [
            "import sqlite3\nc = sqlite3.connect(':memory:')\ndef dict_factory(cursor, row): return {d[0]: v for d, v in zip(cursor.description, row)}\nc.row_factory = dict_factory\nc.execute('create table t(a)'); c.execute('insert into t values(1)'); c.commit()",
            "b = sqlite3.connect(':memory:'); b.text_factory = bytes; b.create_function('twice', 1, lambda v: v * 2)\nb.execute('create table t(a)'); b.execute(\"insert into t values('x')\"); b.commit()",
        ],
        ["c.execute('select * from t').fetchall()", "b.execute('select *, twice(2) from t').fetchall()"],
        then=["c.row_factory is dict_factory, b.text_factory is bytes"],
    ),
    Case(
        "a_time_zone_that_is_not_the_cached_one",
        [
            "import zoneinfo, datetime\nzn = zoneinfo.ZoneInfo.no_cache('Europe/Vienna'); other = zoneinfo.ZoneInfo.no_cache('Europe/Vienna')",
            "a = datetime.datetime(2024, 1, 1, tzinfo=zn); b = datetime.datetime(2024, 6, 1, tzinfo=zn)",
        ],
        ["str(b - a)", "a.tzinfo is zn, zn is other, zn is zoneinfo.ZoneInfo('Europe/Vienna')"],
        then=["str(datetime.datetime(2024, 6, 1, tzinfo=zn) - a)"],
    ),
    Case(
        "what_errors_say_of_names_and_objects",
        [
            "class K: pass\nk = K()\ntry: k.nope\nexcept AttributeError as e: err = e\ntry: undefined_thing\nexcept NameError as e: err2 = e\ntry:\n    from os import nothing_such\nexcept ImportError as e: err3 = e",
            "class Mine(AttributeError):\n    def __init__(self, text, more):\n        super().__init__(text, name='n', obj=k); self.more = more\nerr4 = Mine('m', 3)",
        ],
        ["err.name, err.obj is k, err2.name", "err3.name, err3.path", "err4.name, err4.obj is k, err4.more, err4.args"],
    ),
    Case(
        "parts_of_a_queue_in_variables",
        [
            "import queue\nq = queue.Queue(5); q.put(1); m = q.mutex; dq = q.queue; c = q.not_empty\np = queue.PriorityQueue(); p.put(3); p.put(1)"
        ],
        ["q.mutex is m, q.queue is dq, q.not_empty is c", "q.maxsize, q.unfinished_tasks, p.qsize()"],
        then=["q.put(2); list(dq)", "q.get(), q.task_done(), q.unfinished_tasks, p.get(), p.get()"],
    ),
    Case(
        "handlers_of_logs_by_name_and_flushed_at_the_end",
        [
            "import logging, logging.config, logging.handlers\nlogging.config.dictConfig({'version': 1, 'disable_existing_loggers': False, 'handlers': {'h': {'class': 'logging.StreamHandler'}}, 'root': {'handlers': ['h']}})",
            "mh = logging.handlers.MemoryHandler(100, target=logging.FileHandler('s.log', delay=True)); lg = logging.getLogger('sh'); lg.propagate = False; lg.addHandler(mh); lg.warning('w1')",
        ],
        then=[
            "logging.config.dictConfig({'version': 1, 'incremental': True, 'handlers': {'h': {'level': 'ERROR'}}}); logging.root.handlers[0].level",
            "logging.shutdown(); open('s.log').read()",
        ],
    ),
    Case(
        "the_list_of_arguments_by_another_name",
        ["import sys\nsys.argv = ['prog', '--lr', '3']; a = sys.argv"],
        ["a is sys.argv"],
        then=["a.append('y'); sys.argv[-1]"],
    ),
    Case(
        "the_name_and_attributes_of_the_main_thread",
        ["import threading\nthreading.current_thread().name = 'Chief'; threading.current_thread().request_id = 5"],
        ["threading.current_thread().name", "threading.main_thread().request_id"],
    ),
    Case(
        "registries_of_the_standard_library_with_what_was_removed",
        [
            "import mimetypes, csv, copyreg, fractions, copy\nmimetypes.add_type('chem/x-pdb', '.pdbx', strict=False); del mimetypes.types_map['.html']; csv.unregister_dialect('unix')",
            "copyreg.pickle(fractions.Fraction, lambda f: (fractions.Fraction, (f.numerator, f.denominator)))\nclass K: pass\nk = K(); copy._deepcopy_dispatch[K] = lambda v, m: 'dd'",
            "import builtins, sys\ndel builtins.ascii\nsys.meta_path[:] = [f for f in sys.meta_path if getattr(f, '__name__', '') != 'FrozenImporter']; sys.setdlopenflags(258); sys.warnoptions.append('ignore')",
        ],
        [
            "mimetypes.guess_type('a.pdbx', strict=False), '.html' in mimetypes.types_map, mimetypes.guess_extension('chem/x-pdb', strict=False)",
            "'unix' in csv.list_dialects(), fractions.Fraction in copyreg.dispatch_table, copy.deepcopy(k)",
            "hasattr(builtins, 'ascii'), 'FrozenImporter' in [getattr(f, '__name__', '') for f in sys.meta_path]",
            "sys.getdlopenflags(), sys.warnoptions",
        ],
    ),
    Case(
        "what_fileinput_reads_and_breakpoints",
        [
            "import fileinput, pdb, bdb, io, string\nit = fileinput.input(['f1.txt']); _x = next(it)\np = pdb.Pdb(stdout=io.StringIO()); p.set_break(string.__file__, 5)"
        ],
        ["fileinput.lineno(), len(bdb.Breakpoint.bpbynumber)"],
        then=["next(it), fileinput.lineno(), fileinput.filename()"],
        files={"f1.txt": "a\nb\n"},
    ),
    Case(
        "shared_memory_of_multiprocessing",
        [
            "import multiprocessing as mp, ctypes\nclass P(ctypes.Structure): _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]\nv = mp.Value(P, 3, 2.5); i = mp.Value('i', 7); lk = i.get_lock(); ra = mp.Array('i', [1, 2, 3], lock=False); held = i.get_obj()",
            "import numpy as np\na = mp.Array('d', [1, 2]); view = np.frombuffer(a.get_obj()); ctx = mp.get_context('fork')\ndef work():\n    i.value += 1; ra[0] = 99; v.x = 5; a[1] = 7",
        ],
        ["v.x, v.y, i.value, list(ra), view", "i.get_lock() is lk, i.get_obj() is held"],
        then=["view[0] = 9; a[0]", "p = ctx.Process(target=work); p.start(); p.join(10); i.value, ra[0], v.x, view"],
        modules=["numpy"],
    ),
    Case(
        "descriptors_that_move_together",
        [
            "import os\nfd = os.open('o.txt', os.O_RDWR | os.O_CREAT); os.write(fd, b'hello'); os.lseek(fd, 1, 0); fd2 = os.dup(fd)\nfd3 = os.open('o.txt', os.O_RDWR); os.lseek(fd3, 1, 0); os.set_inheritable(fd3, True)"
        ],
        ["[os.get_inheritable(one) for one in (fd, fd2, fd3)]"],
        then=["os.read(fd, 2), os.lseek(fd2, 0, 1), os.lseek(fd3, 0, 1)"],
    ),
    Case(
        "compressed_streams_over_memory_and_names_of_compressed_files",
        [
            "import gzip, bz2, lzma, io\ndef begun(module, cls):\n    made = cls(io.BytesIO(module.compress(b'l1\\nl2\\n' * 9000))); made.readline()\n    return made\ng = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b'l1\\nl2\\n'))); under = g.fileobj; _x = g.readline()\nb, z = begun(bz2, bz2.BZ2File), begun(lzma, lzma.LZMAFile)",
            "gzip.open('n.gz', 'w').close(); n = gzip.open('n.gz')",
        ],
        ["g.tell(), b.tell(), z.tell(), n.name, g.fileobj is under"],
        then=["g.readline(), b.readline(), z.readline()", "len(b.read())"],
    ),
    Case(
        "files_on_devices_that_are_everywhere",
        [
            "nothing = open('/dev/null', 'w'); raw = open('/dev/null', 'wb'); zeros = open('/dev/zero', 'rb', 0)\nprint('x', file=nothing)"
        ],
        ["nothing.name, raw.mode, zeros.name"],
        then=["print('x', file=nothing, flush=True); raw.write(b'z'), zeros.read(3)"],
    ),
    Case(
        "streams_of_codecs",
        [
            "import codecs, io\nf = codecs.open('c.txt', 'r', encoding='utf-8'); _l = f.readline()\nw = codecs.open('d.txt', 'w', encoding='utf-16'); w.write('h')\nr = codecs.getreader('utf-8')(io.BytesIO(b'a\\nb\\n')); _l = r.readline()"
        ],
        then=["f.readline(), r.readline()", "w.write('x'); w.close(); open('d.txt', encoding='utf-16').read()"],
        files={"c.txt": "a\nb\n"},
    ),
    Case(
        "a_scanner_of_text_and_a_future_that_cells_set",
        [
            "import re\nfrom concurrent.futures import Future\nsc = re.Scanner([('[0-9]+', lambda s, t: int(t)), ('[a-z]+', None)], re.I); f = Future()"
        ],
        ["sc.scan('1A2'), f.done()"],
        then=["f.set_result(5); f.result()"],
    ),
    Case(
        "weak_references_of_classes_of_their_own",
        [
            "import weakref\nclass K: pass\nclass Ref(weakref.ref):\n    def __new__(cls, target, callback=None, tag=None): return super().__new__(cls, target, callback)\n    def __init__(self, target, callback=None, tag=None): super().__init__(target, callback); self.tag = tag\nk = K(); log = []; r = Ref(k, lambda one: log.append(one.tag), 't'); kr = weakref.KeyedRef(k, None, 'key')"
        ],
        ["r() is k, r.tag, kr() is k, kr.key"],
        then=["del k; log, r(), kr()"],
    ),
    Case(
        "cursors_of_sqlite_say_how_many_rows_they_changed",
        [
            "import sqlite3\ncon = sqlite3.connect('f.db'); con.execute('create table t (a)')\nc1 = con.execute('insert into t values (1)'); c2 = con.executemany('insert into t values (?)', [(i,) for i in range(10)]); c3 = con.execute('update t set a = 5 where a > 3'); c4 = con.execute('delete from t where 0'); con.commit(); c5 = con.execute('create table u (x)')",
            "mem = sqlite3.connect(':memory:'); mem.execute('create table t (a)'); mem.commit(); heard = []\ndef asked(*a): heard.append(a[:2]); return sqlite3.SQLITE_OK\nmem.set_trace_callback(heard.append); mem.set_authorizer(asked); m = mem.execute('insert into t values (1)'); heard.clear()",
        ],
        ["[(c.lastrowid, c.rowcount, c.description) for c in (c1, c2, c3, c4, c5, m)]", "heard, con.in_transaction"],
        then=[
            "con.execute('select count(*) from t').fetchone(), con.execute('select * from sqlite_temp_master').fetchall()"
        ],
    ),
    Case(
        "files_made_of_descriptors",
        [
            "import os, io\nfd = os.open('fd.txt', os.O_RDWR | os.O_CREAT); at = os.write(fd, b'hello fd'); at = os.lseek(fd, 2, 0); fd2 = os.dup(fd)\nother = open('o.txt', 'w'); w = open(fd, 'w', closefd=False)",
            "g = os.fdopen(os.open('g.txt', os.O_RDWR | os.O_CREAT | os.O_APPEND), 'a+'); n = g.write('app'); rw = open(os.open('g.txt', os.O_RDWR), 'r+b', buffering=0); n = rw.seek(1)",
        ],
        ["w.mode, w.closed, g.mode, rw.tell(), rw.closefd, w.name == fd"],
        then=[
            "print(os.read(fd, 2), os.read(fd2, 2)); at = os.lseek(fd, 0, 0); print(os.read(fd2, 3))",
            "n = w.write('W'); w.flush(); print(os.lseek(fd2, 0, 1), open('fd.txt').read()); w.close(); print(os.lseek(fd, 0, 1))",
            "n = g.write('2'); g.flush(); print(rw.read())",
        ],
    ),
    Case(
        "the_locale_of_all_categories",
        ["import locale\nlocale.setlocale(locale.LC_ALL, 'C.UTF-8')"],
        ["locale.setlocale(locale.LC_ALL)"],
    ),
    Case(
        "what_threads_waited_on_is_there_without_them",
        [
            "import threading, queue\nstop = threading.Event(); n = {'n': 0}\ndef work():\n    while not stop.wait(0.02): n['n'] += 1\nbg = threading.Thread(target=work, daemon=True); bg.start()",
            "jobs = queue.Queue(); done = []\ndef consume():\n    while (job := jobs.get()) is not None:\n        done.append(job); jobs.task_done()\nfor _ in range(2): threading.Thread(target=consume, daemon=True).start()\njobs.put('a'); jobs.join(); gate = threading.Barrier(2)\ndef pass_gate(): gate.wait()\nthreading.Thread(target=pass_gate, daemon=True).start()",
        ],
        ["stop.is_set(), done, jobs.qsize(), jobs.unfinished_tasks"],
        then=["stop.set(); print(stop.wait(1))"],
    ),
    Case(
        "a_lock_that_an_ended_thread_holds_and_futures_with_callbacks",
        [
            "import threading, concurrent.futures as cf\nkey = threading.RLock(); mine = threading.RLock(); taken = mine.acquire()\nex = cf.ThreadPoolExecutor(1); eight = ex.submit(pow, 2, 3).result(); got = []; f = cf.Future(); f.add_done_callback(lambda f: got.append(f.result()))\nt = threading.Thread(target=key.acquire); t.start(); t.join()"
        ],
        ["key.acquire(blocking=False), mine._is_owned(), eight"],
        then=["mine.release(); f.set_result(4); got"],
    ),
    Case(
        "modules_in_an_archive",
        [
            "import sys, zipfile, os\nwith zipfile.ZipFile('z.zip', 'w') as z: z.writestr('zmod.py', 'data = {1: 2}\\ncount = 0\\ndef f(): return data\\nclass Q: pass'); z.writestr('zgone.py', 'def g(): return 7')\nsys.path.insert(0, os.path.abspath('z.zip'))",
            "import zmod, zgone; from zmod import f as zf; zmod.data[3] = 4; zmod.count = 5; q = zmod.Q()",
        ],
        [
            "zmod.data, zf() is zmod.data, zmod.count, type(q) is zmod.Q, zgone.g()",
            "[name for name in __import__('sojourn_kernel').report().told if name.startswith('z')]",
        ],
    ),
    Case(
        "a_function_imported_from_what_a_finder_of_the_users_makes",
        [
            "import sys, importlib.abc, importlib.util\nclass Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):\n    sources = {'magicmod': 'val = 5\\ndef h(): return val'}\n    def find_spec(self, name, path, target=None):\n        return importlib.util.spec_from_loader(name, self) if name in self.sources else None\n    def create_module(self, spec): return None\n    def exec_module(self, module): exec(self.sources[module.__name__], module.__dict__)\nsys.meta_path.append(Finder())\nimport magicmod; magicmod.val = 6; from magicmod import h"
        ],
        ["h(), h is magicmod.h"],
    ),
    Case(
        "tokens_of_context_variables",
        [
            "import contextvars, sys; sys.path.insert(0, 'site-packages'); import strands\nlevel = contextvars.ContextVar('level', default=0); user = contextvars.ContextVar('user'); bound = strands.bind(job=7)",
            "t = level.set(5); u = user.set('ada'); used = level.set(6); level.reset(used); ctx = contextvars.copy_context(); inner = ctx.run(level.set, 9)",
        ],
        [
            "level.get(), user.get(), ctx[level], u.old_value is contextvars.Token.MISSING, inner.old_value",
            "strands.get(), bound['job'].var is strands.VARS['job']",
        ],
        then=[
            "ctx.run(level.reset, inner); print(ctx[level]); level.reset(t); user.reset(u); print(level.get(), user.get(None))",
            "for token, error in ((used, RuntimeError), (inner, (ValueError, RuntimeError))):\n    try: level.reset(token)\n    except error: print('refused')",
            "strands.unbind(bound); strands.get()",
        ],
        files={
            "site-packages/strands.py": "import contextvars\nVARS = {}\ndef bind(**given): return {n: VARS.setdefault(n, contextvars.ContextVar('s_' + n)).set(v) for n, v in given.items()}\ndef get(): return {n: var.get(None) for n, var in VARS.items()}\ndef unbind(tokens):\n    for token in tokens.values(): token.var.reset(token)\n"
        },
    ),
    Case(
        "what_runs_the_loops_blocking_calls",
        [
            "import asyncio, threading\nfrom concurrent.futures import ThreadPoolExecutor\nloop = asyncio.get_running_loop(); ex = ThreadPoolExecutor(1, thread_name_prefix='mine'); loop.set_default_executor(ex)\nname = lambda: threading.current_thread().name\nseen = await loop.run_in_executor(None, name)"
        ],
        ["seen"],
        then=["await loop.run_in_executor(None, name), await asyncio.to_thread(name)"],
    ),
    Case(
        "tasks_that_are_done_are_of_asyncios_own_class",
        [
            "import asyncio\nasync def double(x): return x * 2\nasync def fails(): raise ValueError('no')\nt = asyncio.create_task(double([4]), name='mine'); same = await t; f = asyncio.create_task(fails(), name='f'); c = asyncio.create_task(asyncio.sleep(9), name='c'); none = c.cancel()\nfor one in (f, c):\n    try: await one\n    except (ValueError, asyncio.CancelledError) as error: last = error"
        ],
        [
            "t",
            "f",
            "c",
            "isinstance(t, asyncio.Task), t.get_loop() is asyncio.get_event_loop(), t.result() is same, t in asyncio.all_tasks()",
        ],
        then=["print(await t, await asyncio.gather(t, asyncio.sleep(0, 3)), c.cancelled(), type(f.exception()))"],
    ),
    Case(
        "what_tasks_waited_on_is_there_without_them",
        [
            "import asyncio\nq = asyncio.Queue(); got = []; ev = asyncio.Event()\nasync def worker():\n    while True:\n        got.append(await q.get()); q.task_done()\nasync def waiter(): await ev.wait()\nw = asyncio.create_task(worker()); await q.put(1); await q.join(); wt = asyncio.create_task(waiter()); await asyncio.sleep(0)"
        ],
        ["got, q.qsize(), ev.is_set()"],
        then=["ev.set(); print(await ev.wait())", "await q.put(5); print(q._loop is asyncio.get_running_loop())"],
    ),
    Case(
        "hooks_of_asynchronous_generators",
        ["import sys\nseen = []\ndef first(g): seen.append(g.__name__)\nsys.set_asyncgen_hooks(firstiter=first)"],
        ["sys.get_asyncgen_hooks().firstiter is first"],
        then=["async def agen(): yield 1\nprint([one async for one in agen()], seen)"],
    ),
    Case(
        "processes_that_are_through_or_have_not_begun",
        [
            "import multiprocessing as mp, multiprocessing.shared_memory as sm\nval = mp.Value('i', 5); numbers = sm.ShareableList([1, 'a', None])\nclass Worker(mp.Process):\n    def __init__(self, v): super().__init__(name='wk', daemon=True); self.v = v\n    def run(self): self.v.value += 1\nnext_one = Worker(val); done = Worker(val); done.start(); done.join(); bad = mp.Process(target=exec, args=('raise SystemExit(3)',)); bad.start(); bad.join(); me = mp.current_process(); alive = bad.is_alive()"
        ],
        [
            "done.exitcode, done.is_alive(), done.pid > 0, bad.exitcode, next_one.v is val, next_one.daemon, next_one.exitcode, me is mp.current_process()",
            "list(numbers)",
        ],
        then=[
            "next_one.start(); next_one.join(); print(val.value, next_one.exitcode); done.join(); bad.close()",
            "numbers[0] = 9; print(list(numbers)); numbers.shm.close(); numbers.shm.unlink()",
        ],
    ),
    Case(
        "variables_that_programs_inherit_and_environ_does_not_show",
        [
            "import os, subprocess\nos.putenv('ONLY_C', 'v1'); os.putenv('API_TOKEN', 'hush'); os.environ['SEEN'] = '1'; os.environ['GONE'] = '1'; os.unsetenv('GONE')\ndef echo(): return subprocess.run('echo $ONLY_C-$SEEN-$GONE', shell=True, capture_output=True, text=True).stdout"
        ],
        ["'ONLY_C' in os.environ, os.environ['GONE'], echo()"],
    ),
    Case(
        "futures_that_wait_with_functions_of_the_sessions",
        [
            "import asyncio\ngot = []; pend = asyncio.get_running_loop().create_future(); pend.add_done_callback(lambda f: got.append(f.result()))"
        ],
        ["got, pend.done()"],
        ["pend.set_result(7); await asyncio.sleep(0); got"],
    ),
    Case(
        "text_over_a_buffer_over_bytes",
        [
            "import io\nraw = io.BytesIO(b'line one\\nline two\\n'); br = io.BufferedRandom(raw, 16); tw = io.TextIOWrapper(br, 'utf-8'); first = tw.readline(); out = io.TextIOWrapper(io.BufferedWriter(sink := io.BytesIO()), encoding='latin-1'); n = out.write('pending é')"
        ],
        ["first"],
        ["tw.readline(), tw.buffer is br, br.raw is raw", "out.flush(); sink.getvalue(), out.encoding"],
    ),
    Case(
        "cache_whose_keys_hold_the_users_own_markers",
        [
            "import functools\nMISSING = object()\n@functools.lru_cache\ndef f(x, given=MISSING):\n    return ('made', x, given is MISSING)\n_ = f(1, MISSING), f(2, given=5)"
        ],
        [],
        ["f(1), f.cache_info().misses", "f(1, MISSING), f(2, given=5), f.cache_info().hits"],
    ),
    Case(
        "files_open_to_append_and_read_go_on_reading_where_they_were",
        [
            "with open('log', 'w') as f: _ = f.write('a\\nb\\nc\\n')\nf = open('log', 'a+')\n_ = f.seek(0); first = f.readline()\ng = open('log', 'ab+'); _ = g.seek(2)"
        ],
        ["f.tell(), g.tell()"],
        ["f.readline(), g.read(2)", "_ = f.write('z'); f.flush(); open('log').read()"],
    ),
    Case(
        "doctests_in_the_first_cell_find_variables",
        ["import doctest\ntable = {1: 'a'}\ndef f():\n    '>>> table[number] == chr(97)\\nTrue'\nnumber = 1"],
        [],
        ["doctest.testmod()"],
    ),
    Case(
        "errors_of_the_users_whose_constructors_take_other_arguments",
        [
            "ran = []\nclass Gone(OSError):\n    def __init__(self, path):\n        ran.append(path); super().__init__(2, 'gone', path); self.path = [path]\n"
            "class Moved(FileNotFoundError):\n    def __new__(cls, a, b):\n        ran.append(a); return super().__new__(cls, 2, 'moved', a, None, b)\n    def __init__(self, a, b): self.b = b\n"
            "class Missing(ImportError):\n    def __init__(self, what):\n        ran.append(what); super().__init__('no ' + what, name=what)\n"
            "class Several(ExceptionGroup):\n    def __new__(cls, errors, code):\n        made = super().__new__(cls, 'many', errors); made.code = code; return made\n    def __init__(self, errors, code): pass\n    def derive(self, errors): return Several(errors, self.code)\n"
            "gone, moved, missing = Gone('f'), Moved('a', 'b'), Missing('m')\nseveral = Several([ValueError(1), gone], 5)"
        ],
        [
            "gone.filename, gone.errno, gone.path, gone.args, str(gone)",
            "moved.filename, moved.filename2, moved.b, moved.args",
            "missing.name, str(missing), missing.args",
            "several.code, several.message, several.exceptions[1] is gone",
            "ran",
        ],
        ["several.split(ValueError)[0].code, ran"],
    ),
    Case(
        "an_error_group_that_is_made_with_more_than_a_group_is",
        [
            "class G(ExceptionGroup):\n    def __new__(cls, message, errors, tag):\n        made = super().__new__(cls, message, errors); made.tag = tag; return made\n    def derive(self, errors): return G(self.message, errors, self.tag)\nclass H(ExceptionGroup):\n    def __new__(cls, errors, code):\n        made = super().__new__(cls, f'code {code}', errors); made.code = code; return made\n    def derive(self, errors): return H(errors, self.code)\ng = G('m', [KeyError('k'), OSError(2)], 't'); h = H([g, ValueError(1)], 3); g.add_note('n'); first = g.exceptions[0]"
        ],
        [
            "g.tag, g.message, g.args, g.exceptions[0] is first, g.__notes__, str(g)",
            "h.code, h.message, h.exceptions[0] is g, h.args[0][0] is g, str(h)",
        ],
        [
            "g.split(KeyError)[0].tag, h.subgroup(ValueError).code",
            "try: raise h\nexcept* ValueError as e: print(e.code, e.exceptions)\nexcept* Exception as e: print(e.code)",
        ],
    ),
    Case(
        "bases_that_super_gave",
        [
            "class A:\n    def f(self): return 'A'\nclass B(A):\n    def f(self): return 'B'\n    def above(self): return super()\nb = B(); s = b.above(); same = s; of_class = super(B, B); unbound = super(B)"
        ],
        ["s.f(), s.__self__ is b, same is s", "unbound.__self__, unbound.__thisclass__ is B, of_class.f(b)"],
    ),
    Case(
        "ctypes_of_the_other_byte_order_and_of_the_sessions_module",
        [
            "from ctypes import *\nclass Packet(BigEndianStructure):\n    _fields_ = [('x', c_long), ('y', c_int)]\npacket = Packet(1, 2); swapped = c_int.__ctype_be__",
            "i = c_int(42); p = pointer(i); Four = c_short * 4; null = POINTER(c_long)()\nclass Point(Structure):\n    _fields_ = [('x', c_int), ('y', c_int)]\n    def norm(self): return self.x\n    z = 3\npoints = (Point * 2)(); ToPoint = POINTER(Point)",
        ],
        [
            "bytes(packet), packet.x, packet.y, swapped is c_int.__ctype_be__, Packet._fields_[0][1] is c_long.__ctype_be__",
            "[one.__module__ for one in (type(p), Four, type(null), type(points), ToPoint)], type(null), Four is c_short * 4",
            "list(vars(Point))",
        ],
    ),
    Case(
        "parameters_of_typing_extensions",
        [
            "import typing, typing_extensions as te\nTs = te.TypeVarTuple('Ts'); T = te.TypeVar('T', default=int); P = te.ParamSpec('P'); I = te.TypeVar('I', bound=int, infer_variance=True)",
            "class Box(typing.Generic[T]): pass",
        ],
        [
            "Ts.has_default(), T.has_default(), T.__default__, P.has_default(), I.__bound__, I.__infer_variance__",
            "Box.__parameters__[0] is T",
        ],
        modules=["typing_extensions"],
    ),
    Case(
        "event_loops_that_wait_for_nothing",
        [
            "import asyncio\nloop = asyncio.new_event_loop(); loop.set_debug(True); ended = asyncio.new_event_loop(); ended.close()\nat_work = asyncio.new_event_loop(); timer = at_work.call_later(1000, print)",
            "current = asyncio.get_event_loop(); kept = {'loop': loop}",
        ],
        [
            "loop.is_closed(), loop.is_running(), loop.get_debug(), ended.is_closed(), kept['loop'] is loop",
            "current is asyncio.get_event_loop()",
        ],
        [
            "import threading\nt = threading.Thread(target=loop.run_forever); t.start()\nmade = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1, 'x'), loop).result(5); loop.call_soon_threadsafe(loop.stop); t.join(); made"
        ],
        told=["at_work"],
    ),
    Case(
        "dates_by_week_keep_their_names",
        [
            "import datetime\nday = datetime.date(2024, 5, 6).isocalendar(); days = [day, datetime.datetime(2020, 12, 31, 5).isocalendar()]"
        ],
        ["day, day.week, days[0] is day, days[1].year, type(days[1]).__name__"],
        ["year, week, weekday = day; datetime.date.fromisocalendar(*day)"],
    ),
    Case(
        "a_scanner_of_re_keeps_its_last_match",
        [
            "import re\ntok = re.Scanner([(r'\\d+', lambda s, t: int(t)), (r'\\w+', lambda s, t: t), (r'.', None)])",
            "tok.scan('a1 22')[0]",
            "tok.mine = 3",
        ],
        ["tok.match.span(), tok.mine, sorted(vars(tok))"],
        ["tok.scan('b 7')[0], tok.match.span()"],
    ),
    Case(
        "what_was_released_or_detached_stays_so",
        [
            "import io\nwith memoryview(b'abc') as mv: n = mv.nbytes\ntw = io.TextIOWrapper(io.BytesIO(b'abc'), encoding='latin-1'); under = tw.detach()\nbr = io.BufferedReader(io.BytesIO(b'x')); br.detach()",
            "d = {1: 2}; it = iter(d); d[2] = 3; s = {1}; among = iter(s); s.add(2)\nfor one in (it, among):\n    try: next(one)\n    except RuntimeError: pass",
            "def said(use):\n    try: return use()\n    except Exception as error: return type(error).__name__, str(error)\nuses = [lambda: mv.nbytes, lambda: tw.read(), lambda: br.read(), lambda: next(it), lambda: next(among)]",
        ],
        [
            "[said(use) for use in uses]",
            "[said(use) for use in uses]",
            "tw.encoding, tw.buffer, under.read(0), type(br).__name__, repr(mv)[:16]",
        ],
    ),
]
