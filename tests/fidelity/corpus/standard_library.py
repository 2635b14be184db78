"""What modules of the standard library hold and remember beyond the values of variables."""

from ..case import Case

CASES = [
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
]
