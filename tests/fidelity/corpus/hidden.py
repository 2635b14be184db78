"""Changes that no cell names, after a background checkpoint. What is asked before the save is looked at again, so the checks are cells after it."""

from ..case import IDLE, RAISES, Case

CASES = [
    Case(
        "what_the_interpreter_calls_changes_what_no_cell_names",
        ["import signal, logging, weakref\nlog, notes = [], []\ndef handler(number, frame):\n    log.append('signal')\nsignal.signal(signal.SIGUSR1, handler)\n"
         "class Memory(logging.Handler):\n    def emit(self, record):\n        notes.append(record.getMessage())\nlogging.getLogger('shop').addHandler(Memory())",
         "class Resource:\n    def __del__(self): log.append('gone')\nclass Plain: pass\nr, a, b = Resource(), Plain(), Plain()\n"
         "seen = weakref.ref(a, lambda _: log.append('dead'))\nend = weakref.finalize(b, notes.append, 'final')",
         IDLE, "signal.raise_signal(signal.SIGUSR1)", "logging.getLogger('shop').warning('low')", "r = None", "del a", "b = 0"],
        then=[("log", "['signal', 'gone', 'dead']"), ("notes, end.alive", "(['low', 'final'], False)"), ("signal.raise_signal(signal.SIGUSR1)\nlog[-1]", "'signal'")],
    ),
    Case(
        "hooks_of_ipython_change_what_no_cell_names",
        ["ran, shown, made = [], [], []\nip = get_ipython()\ndef after(result):\n    ran.append(1)\nip.events.register('post_run_cell', after)\n"
         "class Card:\n    def _repr_html_(self):\n        shown.append(1)\n        return '<b>card</b>'\n    def __repr__(self): return 'card'\ncard = Card()\n"
         "ip.display_formatter.formatters['text/plain'].for_type(frozenset, lambda v, p, c: (made.append(len(v)), p.text('a set')))\nNone",
         IDLE, "card", "frozenset('ab')", "x = 1"],
        then=[("len(ran) > 3, shown, made", "(True, [1], [2])")],
    ),
    Case(
        "whoever_keeps_the_namespace_changes_anything",
        ["import __main__ as me, sys\ntables = {}\nt_1, t_2, t_3, t_4 = [1], [2], [3], [4]\nns = globals()\nrun = exec\nip = get_ipython()",
         "class Tool:\n    def __init__(self, ns): self.ns = ns\n    def add(self, name): self.ns[name].append('tool')\ntool = Tool(ns)\nkeys = ['t_' + str(n) for n in range(1, 5)]\ncode = keys[3] + '.append(0)'",
         IDLE, "ns[keys[0]].append('ns')", "getattr(me, keys[1]).append('main')", "tool.add(keys[2])", "run(code)", IDLE, "frame = sys._getframe()\nlist(map(lambda k: frame.f_globals[k].append(9), keys))\ndel frame"],
        then=[("t_1, t_2, t_3, t_4", "([1, 'ns', 9], [2, 'main', 9], [3, 'tool', 9], [4, 0, 9])"), ("tool.add('t_1')\nt_1[-1], ns is globals()", "('tool', True)")],
    ),
    Case(
        "a_function_that_is_replaced_by_the_cell_that_called_it",
        ["log, handlers = [], []\ndef f(): log.append('f')\ndef g(): pass", "%%time\nhandlers.append(lambda: log.append('timed'))", IDLE, "f(); f = g", IDLE, "handlers[0]()"],
        then=[("log", "['f', 'timed']")],
    ),
    Case(
        "what_can_not_be_kept_changes_what_it_holds",
        ["import io, pickle, sqlite3\nbuffer = io.BytesIO()\npickler = pickle.Pickler(buffer)\nclass Count:\n    n = 0\n    def one(self, x):\n        self.n += 1\n        return x\n"
         "count = Count()\ndb = sqlite3.connect(':memory:', isolation_level='DEFERRED')\ndb.create_function('one', 1, count.one)\ndb.execute('create table t(x)')\ndb.execute('insert into t values (1)')\nNone",
         IDLE, "pickler.dump([1])", "db.execute('select one(5)').fetchone()"],
        then=[("pickle.loads(buffer.getvalue())", "[1]"), ("count.n", "1")],
    ),
    Case(
        "a_module_of_the_users_changes_variables_that_it_was_not_given",
        ["import helpers\nfrom helpers import outer\nlog, seen = [], []", IDLE, "helpers.note()", "outer()"],
        then=[("log, seen", "([1], [2])")],
        files={"helpers.py": "import sys\nimport __main__\ndef note():\n    __main__.log.append(1)\ndef outer():\n    inner()\ndef inner():\n    sys._getframe(2).f_globals['seen'].append(2)\n"},
    ),
    Case(
        "a_thread_goes_on_after_the_checkpoint_and_ends",
        ["import threading, time\nlog = []\ndef work():\n    time.sleep(1.0)\n    log.append('done')\nthreading.Thread(target=work).start()", IDLE, IDLE],
        then=[("log", "['done']")],
    ),
    Case(
        "a_thread_that_python_does_not_list_goes_on_and_ends",
        ["import _thread, time\nlog = []\ndef work(out):\n    time.sleep(1.2)\n    out.append('done')\nnumber = _thread.start_new_thread(work, (log,))", IDLE, IDLE],
        then=[("log", "['done']")],
    ),
    Case(
        "a_timer_thread_calls_what_no_function_of_the_cells_names",
        ["import threading\nlog = []\nthreading.Timer(1.2, log.append, ('rang',)).start()", IDLE, IDLE],
        then=[("log", "['rang']")],
    ),
    Case(
        "an_alarm_rings_between_cells",
        ["import signal\nlog = []\ndef ring(number, frame):\n    log.append(number)\nbefore = signal.signal(signal.SIGALRM, ring)\nleft = signal.alarm(1)", IDLE, IDLE],
        then=[("log", "[14]")],
    ),
    Case(
        "the_loop_calls_between_cells_what_it_was_given",
        ["from tornado.ioloop import IOLoop, PeriodicCallback\nlog = []\ndef tick():\n    log.append('tick')\n    ticking.stop()\nticking = PeriodicCallback(tick, 1200)\nticking.start()", IDLE, "x = 1", IDLE],
        then=[("log", "['tick']")],
        modules=["tornado"],
    ),
    Case(
        "a_reader_of_a_descriptor_is_called_between_cells",
        ["import asyncio, os, subprocess\nlog = []\nr, w = os.pipe()\nasyncio.get_running_loop().add_reader(r, lambda: log.append(os.read(r, 9)))\n"
         "p = subprocess.Popen(['sh', '-c', 'sleep 1.2; echo hi'], stdout=w)", IDLE, IDLE],
        then=[("log", "[b'hi\\n']")],
    ),
    Case(
        "a_timer_of_the_loop_that_waits_is_told",
        ["import asyncio\nlog = []\nlater = asyncio.get_running_loop().call_later(600, lambda: log.append(1))"],
        ["log"],
        told=["timer <lambda>"],
    ),
    Case(
        "an_agent_based_model_with_state_in_classes_and_defaults",
        ["import operator, functools\nclass Agent:\n    registry = {}\n    def __init__(self, n):\n        self.n, self.friends = n, []\n        Agent.registry[n] = self\n    def step(self, world):\n        world['t'] += 1\n        for one in self.friends: one.hear(self.n)\n"
         "    def hear(self, x, log=[]):\n        log.append(self.n + x)\n        self.heard = log",
         "world = {'t': 0}\na, b = Agent('a'), Agent('b')\na.friends.append(b); b.friends.append(a)", IDLE, "for agent in Agent.registry.values(): agent.step(world)", IDLE,
         "operator.methodcaller('step', world)(a)\nfunctools.reduce(lambda acc, one: one.step(world) or acc, [a, b], 0)", IDLE, "Agent.hear.__defaults__[0].pop()\ngetattr(b, 'st' + 'ep')(world)\nAgent.registry['b'].tag = 'x'"],
        then=[("world, a.heard is Agent.hear.__defaults__[0], a.heard", "({'t': 6}, True, ['ba', 'ab', 'ba', 'ba', 'ab'])"), ("b.tag, a.friends[0] is b", "('x', True)")],
    ),
    Case(
        "cells_that_failed_changed_what_they_changed",
        ["x = [1]", IDLE, RAISES + "\nx.append(2)\n1 / 0", IDLE, RAISES + "\ndef f(v):\n    v.append(3)\n    raise ValueError(v)\nf(x)", "try:\n    f(x)\nexcept ValueError as error:\n    kept = error", "del x", IDLE, RAISES + "\nfor i in range(5):\n    kept.args[0].append(i)\n    assert i < 1"],
        then=[("kept.args[0]", "[1, 2, 3, 3, 0, 1]")],
    ),
    Case(
        "library_knows_the_sessions_objects",
        ["import sys\nsys.path.insert(0, 'site-packages')\nimport hub\nfirst = hub.Client('a')\nlast = hub.Client('b')", "last.name = 'c'"],
        ["hub.default is last", "[one.name for one in hub.made]", "hub.by_id[0] is first", "sorted(one.name for one in hub.weak)", "hub.by_name['a'] is first",
         "hub.Client.current is last", "len(hub.Client.instances)", "hub.Client.known['b'].name"],
        then=["del first\nimport gc\n_ = gc.collect()\nsorted(hub.by_name)", "third = hub.Client('d')\n[one.name for one in hub.made], third.id"],
        files={"site-packages/hub.py": """\
import itertools, weakref
default, made, by_id, weak, by_name = None, [], {}, weakref.WeakSet(), weakref.WeakValueDictionary()
class Client:
    instances, current, known, ids = [], None, {}, itertools.count()
    def __init__(self, name):
        global default
        default, self.name, self.id = self, name, next(self.ids)
        made.append(self), weak.add(self), self.instances.append(self)
        by_id[self.id] = by_name[name] = self.known[name] = Client.current = self
"""},
    ),
]  # fmt: skip
