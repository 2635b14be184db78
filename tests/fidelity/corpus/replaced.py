"""What cells put in the place of other people's things: functions of libraries, standard streams, trace functions."""

from ..case import IDLE, Case

CASES = [
    Case(
        "a_c_function_replaced_and_the_original_held",
        ["import time\n_orig=time.time\ntime.time=lambda: 5.0\n"],
        ["time.time()"],
        then=["time.time(), _orig() > 100"],
    ),
    Case(
        "a_method_of_a_library_replaced",
        [
            "import pandas as pd\n_orig=pd.DataFrame.head\ndef head2(self, n=5): return _orig(self, 1)\npd.DataFrame.head=head2\ndf=pd.DataFrame({'a':[1,2]})"
        ],
        ["len(df.head())"],
        then=["len(df.head())", "len(_orig(df))"],
        modules=["pandas"],
    ),
    Case(
        "functions_replaced_by_wrappers_of_themselves",
        [
            "import textwrap\ndef wrap(f):\n    def g(*a): return ('w', f(*a))\n    return g\ntextwrap.dedent=wrap(textwrap.dedent)\nimport functools\nimport shlex\n@functools.wraps(shlex.split)\ndef sp(*a, _o=shlex.split): return ['x', *_o(*a)]\nshlex.split=sp"
        ],
        ["textwrap.dedent(' a')", "shlex.split('a b')"],
        then=["textwrap.dedent(' a')", "shlex.split('c d')", "sp._o if False else sp.__wrapped__('e f')"],
    ),
    Case(
        "a_class_of_a_library_replaced_by_a_subclass",
        [
            "import collections\nOld=collections.Counter\nclass Counter2(Old):\n    def top(self): return self.most_common(1)\ncollections.Counter=Counter2\nc=Old('aab'); d=collections.Counter('abb')"
        ],
        ["c", "d.top()", "isinstance(d, Old)", "type(c) is Old"],
        then=["collections.Counter('zz').top()"],
    ),
    Case(
        "a_function_of_numpy_replaced",
        ["import numpy as np\n_mean=np.mean\nnp.mean=lambda x: 42"],
        ["np.mean([1])"],
        then=["np.mean([2]), float(_mean([1,3]))"],
        modules=["numpy"],
    ),
    Case(
        "mock_patches_in_force",
        [
            "from unittest import mock\nimport shlex, textwrap\np=mock.patch('shlex.split', return_value=7); _=p.start()\nq=mock.patch.object(textwrap, 'indent', lambda *a: 'I'); _=q.start()"
        ],
        ["shlex.split('a')", "textwrap.indent('a','b')"],
        then=["shlex.split('c')", "_=p.stop(); shlex.split('c d')", "q.stop(); textwrap.indent('a','b')"],
        either=True,
    ),
    Case(
        "mock_patches_that_were_entered",
        [
            "import contextlib, shutil, textwrap\nfrom unittest import mock\nfrom unittest.mock import patch\nstack = contextlib.ExitStack(); given = []\ndef fake(*a, **k):\n    given.append(a)\n    return 'fake'",
            "which = stack.enter_context(mock.patch('shutil.which', return_value='mocked')); stack.enter_context(patch.object(textwrap, 'dedent', fake))\nfill = stack.enter_context(patch.object(textwrap.TextWrapper, 'fill', autospec=True, return_value='F')); stack.enter_context(patch('shutil.disk_usage', new=None)); copies = stack.enter_context(mock.patch.multiple('shutil', copyfile=mock.DEFAULT))",
            "with patch('shutil.rmtree') as gone: shutil.rmtree('x')",
            "shutil.copyfile(1, 2)",
        ],
        [
            "shutil.which is which",
            "shutil.copyfile is copies['copyfile'], copies['copyfile'].mock_calls",
            "shutil.disk_usage",
            "shutil.rmtree.__module__",
        ],
        [
            (
                "textwrap.dedent(' x'), given, textwrap.TextWrapper().fill('y'), shutil.which('sh')",
                "('fake', [(' x',)], 'F', 'mocked')",
            ),
            (
                "stack.close(); print(repr(textwrap.dedent(' x')), textwrap.TextWrapper().fill('y'), shutil.disk_usage.__name__, shutil.copyfile.__name__, which.call_count)",
                "'x' y disk_usage copyfile 1",
            ),
        ],
    ),
    Case(
        "mocks_of_what_a_checkpoint_says_of_its_machine",
        [
            "import platform, textwrap\nfrom unittest import mock\nmachine = mock.patch('platform.machine').start(); mock.patch('platform.platform').start(); version = mock.patch('platform.python_version', return_value='2.7').start()",
            "replace = mock.patch('dataclasses.replace').start(); dedent = mock.patch('textwrap.dedent').start()",
            IDLE,
            "x = 1",
        ],
        [
            "machine.call_count, version.call_count, replace.call_count, dedent.call_count",
            "platform.machine is machine",
        ],
        ["platform.machine() is machine.return_value, platform.python_version(), machine.call_count"],
    ),
    Case(
        "patches_by_the_monkeypatch_of_pytest",
        [
            "import calendar, pytest, shutil, textwrap\nmonkey = pytest.MonkeyPatch()\ndef fake(*a, **k): return 'fake'",
            "monkey.setattr('shutil.which', fake); monkey.setattr(textwrap, 'dedent', lambda text: 'other'); monkey.setattr(calendar.Calendar, 'extra', 3, raising=False); monkey.setenv('MINE', '1')",
        ],
        [
            "shutil.which is fake",
            "textwrap.dedent(' x')",
            "calendar.Calendar.extra",
            "__import__('os').environ['MINE']",
        ],
        [
            (
                "monkey.undo(); print(shutil.which is fake, repr(textwrap.dedent(' x')), hasattr(calendar.Calendar, 'extra'), 'MINE' in __import__('os').environ)",
                "False 'x' False False",
            )
        ],
        modules=["pytest"],
    ),
    Case(
        "mocks_of_what_saving_stands_on",
        [
            "from unittest import mock\nimport os, pathlib, threading, hashlib, concurrent.futures\np = [mock.patch(one) for one in ('os.replace', 'os.open', 'pathlib.Path.mkdir', 'hashlib.blake2b', 'threading.Thread.start', 'concurrent.futures.ThreadPoolExecutor.submit')]\nm = [one.start() for one in p]",
            "x = [1]; big = bytearray(9_000_000); os.replace('a', 'b')",
        ],
        [
            "x, len(big)",
            "os.replace is m[0], os.open is m[1], pathlib.Path.mkdir is m[2], hashlib.blake2b is m[3]",
            "m[0].mock_calls",
        ],
        then=[
            "os.replace('c', 'd'); m[0].call_count",
            "[one.stop() for one in p]; os.replace is m[0]",
            "os.open is m[1]",
        ],
    ),
    Case(
        "functions_put_where_saving_stands",
        [
            "import os, pathlib\nreal = pathlib.Path.open\ndef spy(self, *a, **k):\n    seen.append(self.name)\n    return real(self, *a, **k)\nseen = []\npathlib.Path.open = spy",
            "def nothing(*a, **k): calls.append(a)\ncalls = []\nos.replace = nothing",
        ],
        ["seen, calls", "os.replace is nothing, pathlib.Path.open is spy"],
        then=["pathlib.Path('f').open('w').close(); seen", "os.replace('f', 'g'); calls, os.path.exists('f')"],
    ),
    Case(
        "functions_put_where_noting_and_waiting_stand",
        [
            "import pathlib\nreal = pathlib.Path.open\ndef spy(self, *a, **k):\n    seen.append(self.name)\n    return real(self, *a, **k)\nseen = []\npathlib.Path.open = spy",
            "import helpers, graphlib\nx = helpers.f(2)",
            IDLE,
            "x += helpers.f(3)",
        ],
        ["seen, x"],
        then=["helpers.f(4), seen", "pathlib.Path('f').open('w').close(); seen"],
        files={"helpers.py": "def f(x): return x * 2\n"},
    ),
    Case(
        "a_mocked_clock_gives_its_values_to_cells_alone",
        [
            "import time\nfrom unittest import mock\nclock = mock.patch('time.perf_counter', side_effect=[1.0, 3.5, 7.0]).start()",
            "begin = time.perf_counter()",
            "took = time.perf_counter() - begin",
            "import sys; sys.path.insert(0, 'site-packages')\nimport sounds; sounds.loudness(3)",
            IDLE,
        ],
        ["took, clock.call_count", "sounds.level"],
        then=["clock.call_count", "time.perf_counter()"],
        files={"site-packages/sounds.py": "level = 1\ndef loudness(to):\n    global level\n    level = to\n"},
    ),
    Case(
        "a_function_replaced_by_its_cached_self",
        ["import functools, shlex\nshlex.quote=functools.lru_cache(shlex.quote)\n_=shlex.quote('a b')"],
        ["shlex.quote.cache_info().currsize"],
        then=["shlex.quote('c d')", "shlex.quote.__wrapped__('q r')"],
    ),
    Case(
        "a_function_of_ones_own_module_replaced",
        ["import helpers\n_orig=helpers.f\nhelpers.f=lambda x: _orig(x)+100"],
        ["helpers.f(1)"],
        then=["helpers.f(2), _orig(2)", "helpers.g(1)"],
        files={"helpers.py": "def f(x): return x\ndef g(x): return f(x)\n"},
    ),
    Case(
        "a_function_of_a_library_deleted_and_held",
        ["import shlex\nq=shlex.quote\ndel shlex.quote"],
        ["hasattr(shlex,'quote')"],
        then=["q('a b')", "hasattr(shlex,'quote')"],
    ),
    Case(
        "the_builtin_open_spied_on",
        [
            "import builtins\n_open=builtins.open\ndef spy(*a, **k):\n    seen.append(str(a[0])); return _open(*a, **k)\nseen=[]\nbuiltins.open=spy"
        ],
        ["builtins.open is spy"],
        then=["x=builtins.open('/dev/null').close(); seen[-1]"],
    ),
    Case(
        "clocks_that_stand_still",
        ["import time\ntime.time=lambda: 5.0; time.monotonic=lambda: 3.0"],
        ["time.time()"],
        then=["time.time()"],
    ),
    Case(
        "a_datetime_that_is_fixed",
        [
            "import datetime\nclass Fixed(datetime.datetime):\n    @classmethod\n    def now(cls, tz=None): return cls(2020,1,1)\ndatetime.datetime=Fixed\nx=datetime.datetime.now()"
        ],
        ["datetime.datetime.now()", "type(x).__name__"],
        then=["datetime.datetime.now().year, x.year"],
    ),
    Case(
        "sockets_forbidden",
        ["import socket\ndef guard(*a, **k): raise RuntimeError('no net')\nsocket.socket=guard"],
        [],
        then=["socket.socket()"],
    ),
    Case(
        "pickle_and_deepcopy_replaced",
        ["import pickle, copy\n_d=pickle.dumps\npickle.dumps=lambda *a, **k: b'x'\ncopy.deepcopy=lambda x: x"],
        ["pickle.dumps(1)"],
        then=["pickle.dumps(1), copy.deepcopy(4)"],
    ),
    Case(
        "the_thread_class_replaced",
        ["import threading\nclass T(threading.Thread):\n    pass\nthreading.Thread=T"],
        ["threading.Thread is T"],
        then=["threading.Thread is T"],
    ),
    Case(
        "a_path_function_that_returns_something_else",
        [
            "import os.path\ndef wrap(f):\n    def g(*a): return ('w', f(*a))\n    return g\nos.path.basename=wrap(os.path.basename)"
        ],
        ["os.path.basename('/a/b')"],
        then=["os.path.basename('/c/d')"],
    ),
    Case(
        "an_object_whose_every_method_raises",
        [
            "class B:\n    def __repr__(self): raise ValueError\n    def __eq__(self, o): raise ValueError\n    def __hash__(self): raise ValueError\n    def __bool__(self): raise ValueError\n    def __len__(self): raise ValueError\n    def __getattr__(self, n): raise ValueError(n)\nb=B(); l=[b,b]"
        ],
        ["type(b).__name__, l[0] is l[1] is b"],
        then=["type(l[1]).__name__"],
    ),
    Case(
        "an_import_finder_of_the_users",
        [
            "import sys\nclass F:\n    def find_spec(self, *a, **k): hits.append(1); return None\nhits=[]\nsys.meta_path.insert(0, F())"
        ],
        ["type(sys.meta_path[0]).__name__"],
        then=["type(sys.meta_path[0]).__name__"],
    ),
    Case(
        "a_trace_function",
        ["import sys\ncalls=[]\ndef tr(fr, ev, arg):\n    return None\nsys.settrace(tr)", "sys.gettrace() is tr"],
        [],
        then=["sys.gettrace()"],
        either=True,
    ),
    Case(
        "a_profile_function",
        ["import sys\ncalls=[]\ndef pr(fr, ev, arg):\n    pass\nsys.setprofile(pr)"],
        ["sys.getprofile() is pr"],
        then=["sys.getprofile() is pr; sys.setprofile(None)"],
    ),
    Case(
        "a_file_descriptor",
        ["import os\nfd=os.open('q.txt', os.O_CREAT|os.O_RDWR); _=os.write(fd,b'hi')"],
        ["isinstance(fd,int)"],
        then=["os.lseek(fd,0,0); os.read(fd,2)"],
        either=True,
    ),
    Case(
        "a_descriptor_of_mkstemp_and_one_in_a_list",
        [
            "import os, tempfile\nfd, path = tempfile.mkstemp(dir='.')\n_=os.write(fd,b'hello'); pair=[os.open(path, os.O_RDONLY), 5]",
            IDLE,
            "_=os.write(fd,b'!!')",
        ],
        ["isinstance(fd,int)"],
        then=["os.read(pair[0], 3); os.write(fd, b'end'); os.close(fd); open(path).read()"],
        either=True,  # the new process may have the number in use
    ),
    Case(
        "descriptors_that_functions_and_classes_hold",
        [
            "import os\n_fd = os.open('one.txt', os.O_CREAT|os.O_RDWR); _=os.write(_fd, b'one')",
            "def over(path):\n    fd = os.open(path, os.O_CREAT|os.O_RDWR)\n    def put(text): return os.write(fd, text)\n    return put\nput = over('two.txt'); _=put(b'tw')",
            "class Log:\n    fd = os.open('three.txt', os.O_CREAT|os.O_RDWR)",
        ],
        [],
        then=["os.lseek(_fd,0,0); os.read(_fd,3)", "put(b'o'); open('two.txt').read()", "os.write(Log.fd, b'3')"],
    ),
    Case(
        "a_descriptor_whose_file_is_gone",
        ["import os\nfd=os.open('z.txt', os.O_CREAT|os.O_RDWR)"],
        ["isinstance(fd, int)"],
        then=["os.fstat(fd).st_size"],
        either=True,
        between={"z.txt": None},
    ),
    Case(
        "the_ends_of_a_pipe", ["import os\nr, w = os.pipe()"], [], then=["os.write(w, b'x'); os.read(r,1)"], either=True
    ),
    Case(
        "the_standard_output_held_over_background_saves",
        ["import sys\nold=sys.stdout\nd={'o': old}", IDLE, "1", IDLE],
        ["old is sys.stdout", "d['o'] is old"],
    ),
    Case(
        "the_standard_error_replaced",
        ["import sys, io\nsys.stderr=io.StringIO(); _=sys.stderr.write('e')"],
        ["sys.stderr.getvalue()"],
        then=["_=sys.stderr.write('f'); sys.stderr.getvalue()"],
    ),
    Case(
        "a_module_under_another_name",
        ["import sys, json\nsys.modules['myjson']=json\nimport myjson"],
        ["myjson is json"],
        then=["import myjson; myjson is json"],
        either=True,
    ),
    Case(
        "a_stand_in_for_a_module",
        [
            "import sys, types\nfrom unittest import mock\nsys.modules['torch_x']=mock.MagicMock(name='tx'); sys.modules['none_x']=None\nimport torch_x"
        ],
        ["type(torch_x).__name__"],
        then=["import torch_x as t2; t2 is torch_x", "try:\n    import none_x\nexcept ImportError as e: print('no')"],
        either=True,
    ),
    Case(
        "a_profile_that_notes_what_it_sees",
        ["import sys\nseen = []\ndef note(frame, event, arg): seen.append(event)", "sys.setprofile(note)", "x = [1]"],
        ["type(seen).__name__, set(seen) <= {'call', 'return', 'c_call', 'c_return', 'c_exception'}", "x"],
        then=["sys.getprofile() is note", "sys.setprofile(None); before = len(seen); sorted(x); len(seen) == before"],
    ),
    Case(
        "a_trace_that_looks_for_variables",
        [
            "import sys\ncount = [0]\ndef note(frame, event, arg): count[0] += 1",
            "sys.settrace(note)",
            IDLE,
            "x = [1]",
            IDLE,
        ],
        ["count[0] > 0, x"],
        then=["sys.gettrace() is note", "sys.settrace(None); before = count[0]; sorted(x); count[0] == before"],
    ),
    Case(
        "random_bytes_that_are_always_the_same",
        [
            "import os\nos.urandom = lambda n: bytes(n)\na = list(range(5000))",
            IDLE,
            "b = os.urandom(3); a.append(b)",
            IDLE,
        ],
        ["a[-2:], len(a), b"],
        then=["os.urandom(2)"],
    ),
    Case(
        "a_loader_of_the_users_that_finds_no_extension",
        [
            "import sys\nfrom importlib.machinery import FileFinder, SourceFileLoader\nclass Loader(SourceFileLoader):\n    def get_data(self, path): return super().get_data(path).replace(b'MAGIC', b'42')\nhook = FileFinder.path_hook((Loader, ['.py'])); sys.path_hooks.insert(0, hook); sys.path_importer_cache.clear()"
        ],
        ["sys.path_hooks[0] is hook"],
    ),
    Case(
        "dictionaries_of_modules_that_a_mock_patches_until_it_is_stopped",
        [
            "import http.client, mimetypes, sys, types\nfrom unittest import mock\nfake = types.ModuleType('fakelib')\nfake.v = 3",
            "named = mock.patch.dict('http.client.responses', {299: 'Fancy'}, clear=True)\nnamed.start()\nmodules = mock.patch.dict(sys.modules, fakelib=fake)\n_ = modules.start()\nimport fakelib",
        ],
        [
            "http.client.responses, named.in_dict is http.client.responses",
            "fakelib is fake, sys.modules['fakelib'] is fake",
        ],
        [
            "named.stop()\nmodules.stop()\n299 in http.client.responses, len(http.client.responses) > 10, 'fakelib' in sys.modules"
        ],
    ),
    Case(
        "mockers_of_requests_that_were_started",
        [
            "import requests, requests_mock\na = requests_mock.Mocker(); a.start(); _ = a.get('http://x.test/', text='a')\nb = requests_mock.Mocker(real_http=True); b.start(); _ = b.get('http://y.test/', text='b')",
            "s = requests.Session(); c = requests_mock.Mocker(session=s); c.start(); _ = c.get('http://z.test/', json={'z': 1})\nd = requests_mock.Mocker(); _ = requests.get('http://y.test/')",
        ],
        ["a.called, b.called, b.call_count, d._last_send"],
        [
            "requests.get('http://x.test/').text, requests.get('http://y.test/').text, s.get('http://z.test/').json(), b.call_count",
            "b.stop()\ntry: requests.get('http://y.test/')\nexcept requests.RequestException as e: print(type(e).__name__)\nprint(requests.get('http://x.test/').text); a.stop(); requests.Session.send.__qualname__",
        ],
        modules=["requests_mock"],
    ),
]
