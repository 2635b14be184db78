"""The user's modules: what importing them did, which is not done again, and what their functions and classes hold."""

from ..case import Case

CASES = [
    Case(
        "module_that_opens_a_file_for_writing",
        ["import report\nreport.w.writerow([1, 2]); report.f.flush()"],
        ["open('m.csv').read()"],
        ["report.w.writerow([3, 4]); report.f.flush(); open('m.csv').read()"],
        files={
            "report.py": "import csv\nf = open('m.csv', 'w', newline=''); w = csv.writer(f); w.writerow(['a', 'b'])\n"
        },
    ),
    Case(
        "module_that_counts_its_imports_in_a_file",
        ["import counted"],
        ["open('n.txt').read(), counted.N", "open('audit.txt').read()"],
        files={
            "counted.py": "import os\nN = int(open('n.txt').read()) + 1 if os.path.exists('n.txt') else 1\nopen('n.txt', 'w').write(str(N))\nopen('audit.txt', 'a').write('imported\\n')\n"
        },
    ),
    Case(
        "module_not_named_any_more_was_imported_once",
        ["import once\ndel once", "x = 1"],
        ["open('u.txt').read()"],
        ["import once; once.v, open('u.txt').read()"],
        files={"once.py": "v = [1]\nopen('u.txt', 'a').write('once')\n"},
    ),
    Case(
        "module_that_takes_a_way_round_errors",
        ["import careful"],
        ["careful.ok, careful.f.name, open('t.txt').read()", "careful.state()", "careful.seen"],
        files={
            "careful.py": "seen = []\ntry:\n    f = open('t.txt', 'a')\n    f.write('1'); f.flush()\n    ok = True\nexcept OSError:\n    ok = False\n    f = None\ntry:\n    open('t.txt', 'a').write('2')\nexcept:\n    ok = False\nseen.append(1)\ndef state(): return ok\n"
        },
    ),
    Case(
        "module_whose_class_opens_a_file",
        ["import lib\nc = lib.A(); lib.A.log.write('x'); lib.A.log.flush()"],
        ["open('a.txt').read()", "type(c) is lib.A, c.go(), lib.A.n", "lib.A.__qualname__, lib.__doc__"],
        ["lib.A.log.write('y'); lib.A.log.flush(); open('a.txt').read()"],
        files={
            "lib.py": "'''Doc.'''\nfrom __future__ import annotations\nclass A:\n    n = 1\n    log = open('a.txt', 'w')\n    def go(self): return self.n\n'''late text'''\n"
        },
    ),
    Case(
        "package_whose_submodule_writes_when_imported",
        ["import pkg.sub\npkg.sub.go()"],
        [
            "open('p.log').read()",
            "pkg.sub.helper.NAME, pkg.sub.__package__, pkg.sub.__spec__.name, type(pkg.sub.__loader__).__name__",
            "pkg.sub.__spec__.loader is pkg.sub.__loader__",
        ],
        ["pkg.sub.go(); open('p.log').read()"],
        files={
            "pkg/__init__.py": "from . import helper\n",
            "pkg/helper.py": "NAME = 'h'\nlog = open('p.log', 'a')\nlog.write('start\\n'); log.flush()\n",
            "pkg/sub.py": "from . import helper\nfrom .helper import log\ndef go():\n    log.write('go\\n'); log.flush()\n",
        },
    ),
    Case(
        "module_that_starts_a_thread_and_a_process",
        ["import beat, time\nbeat.t.join()"],
        ["open('h.txt').read(), beat.out"],
        files={
            "beat.py": "import threading, subprocess\ndef beat():\n    with open('h.txt', 'a') as f: f.write('beat\\n')\nt = threading.Thread(target=beat, daemon=True); t.start()\nsubprocess.run('echo 1 >> h2.txt', shell=True)\nout = subprocess.check_output(['echo', 'hi'])\n"
        },
        either=True,
    ),
    Case(
        "module_that_makes_folders_and_goes_there",
        ["import conf, os, shutil"],
        ["os.path.basename(os.getcwd())", "conf.here, conf.cfg.n"],
        ["conf.cfg.bump()"],
        files={
            "conf.py": "import os\nclass Cfg:\n    def __init__(self): os.makedirs('out/deep'); self.n = 1\n    def bump(self): self.n += 1; return self.n\ncfg = Cfg()\nos.chdir('out')\nhere = os.path.basename(os.getcwd())\n"
        },
    ),
    Case(
        "module_that_went_another_way",
        ["import first"],
        ["first.N, first.fresh()"],
        files={
            "first.py": "import os\nif not os.path.exists('st.txt'):\n    open('st.txt', 'w').write('1')\n    N = 'first'\n    def fresh(): return 'first'\nelse:\n    N = 'again'\n    def fresh(): return 'again'\n"
        },
        either=True,
    ),
    Case(
        "module_that_prints_and_keeps_streams",
        ["import talk"],
        [],
        ["print('b')", "talk.say('x')"],
        files={
            "talk.py": "import sys\nprint('loading')\ndef say(t, out=sys.stdout, w=sys.stdout.write): print(t, file=out); return w('w')\n"
        },
    ),
    Case(
        "module_with_a_logger",
        ["import applog", "applog.log.warning('one')"],
        ["open('a.log').read()"],
        ["applog.log.warning('two')", "open('a.log').read()"],
        files={
            "applog.py": "import logging, sys\nlog = logging.getLogger('app'); log.addHandler(logging.StreamHandler(sys.stdout)); log.propagate = False\nlog.addHandler(logging.FileHandler('a.log'))\n"
        },
    ),
    Case(
        "module_whose_handlers_were_taken_away",
        ["import applog, logging\napplog.log.handlers.clear()"],
        ["applog.log.handlers", "len(logging.root.handlers)"],
        files={
            "applog.py": "import logging, sys\nlog = logging.getLogger('app'); log.addHandler(logging.StreamHandler(sys.stdout)); logging.getLogger().addHandler(logging.NullHandler())\n"
        },
    ),
    Case(
        "module_that_adds_to_the_session",
        ["plugins = []", "import plug, sys", "del extra"],
        ["plugins, sys.path.count('/my/extra')", "'extra' in globals(), kept"],
        files={
            "plug.py": "import __main__, sys\n__main__.plugins.append('me')\nsys.path.append('/my/extra')\n__main__.extra = 1\n__main__.kept = [2]\n"
        },
    ),
    Case(
        "module_that_takes_from_the_session",
        ["base = [1]\ndef fun(): return base", "import taker"],
        ["taker.base is base, taker.fun is fun, taker.get()"],
        files={"taker.py": "from __main__ import base, fun\ndef get(): return fun() + base\n"},
    ),
    Case(
        "settings_of_a_module_that_cells_changed_later",
        [
            "import setup, os, sys\nos.environ['MODE'] = 'changed'; del os.environ['OTHER']; sys.setrecursionlimit(setup.before)"
        ],
        ["os.environ['MODE'], 'OTHER' in os.environ", "sys.getrecursionlimit() == setup.before"],
        files={
            "setup.py": "import os, sys\nos.environ['MODE'] = 'fresh'; os.environ['OTHER'] = '1'\nbefore = sys.getrecursionlimit()\nsys.setrecursionlimit(before + 50)\n"
        },
    ),
    Case(
        "module_with_a_callback_of_the_shell",
        ["import counts"],
        ["counts.n > 0"],
        ["a = counts.n", "counts.n - a"],
        files={
            "counts.py": "from IPython import get_ipython\nn = 0\ndef make():\n    def count(*_):\n        global n\n        n += 1\n    return count\nget_ipython().events.register('post_run_cell', make())\n"
        },
    ),
    Case(
        "module_whose_folder_left_the_path",
        ["import sys, os\nsys.path.insert(0, os.path.abspath('deep')); import lib2; sys.path.pop(0)\nlib2.s.append(1)"],
        ["lib2.s"],
        ["lib2.add()"],
        files={"deep/lib2.py": "s = []\ndef add(): s.append(2); return s\n"},
    ),
]
