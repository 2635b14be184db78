"""What can't be kept, or need not be: made again by running safe cells, and checked; never anything with an effect."""

from ..case import IDLE, Case

CASES = [
    Case(
        "marked_cell_whose_last_line_is_shown",
        ["# sojourn: replay\ngen = (i for i in open('n.txt'))\nnext(gen)"],
        then=["list(gen)"],
        files={"n.txt": "a\nb\n"},
    ),
    Case(
        "half_consumed_generator_expression",
        ["squares = (i * i for i in range(100))", "a = next(squares)\nb = next(squares)"],
        ["a, b"],
        [("next(squares), next(squares)", "(4, 9)")],
    ),
    Case(
        "half_consumed_generator_function",
        ["def walk(n, step=2):\n    total = 0\n    while total < n:\n        total += step\n        yield total", "w = walk(50)",
         "first = [next(w) for _ in range(3)]"],
        ["first"],
        [("next(w), sum(w)", "(8, 630)")],
    ),
    Case(
        "generator_that_reads_a_global_reads_the_live_one",
        ["k = 2", "g = (i * k for i in range(100))", "next(g), next(g)"],
        ["k"],
        [("k = 10\nnext(g)", "20")],
    ),
    Case(
        "hash_under_way",
        ["import hashlib", "h = hashlib.sha256()\nh.update(b'one')", "h.update(b'two')"],
        ["h.hexdigest()", "h.name"],
        [("h.update(b'three'); h.hexdigest() == hashlib.sha256(b'onetwothree').hexdigest()", "True")],
    ),
    Case(
        "generator_beside_what_it_fills",
        ["seen = []\ndef gen(out):\n    for i in range(5):\n        out.append(i)\n        yield i", "g = gen(seen)", "next(g); next(g)"],
        ["seen"],
        [("next(g), seen", "(2, [0, 1, 2])")],
    ),
    Case(
        "generator_moved_on_through_an_alias_is_not_wound_back",
        ["g = (i for i in range(10))", "alias = g", "next(alias)", "def hidden():\n    return next(alias)", "hidden()"],
        [],
        [("next(g)", "2")],
        either=True,
    ),
    Case(
        "generator_over_random_numbers_is_told",
        ["import random", "g = (random.random() for _ in range(5))", "a = next(g)"],
        ["a"],
        ["1 + 1"],
        either=True,
    ),
    Case(
        "generator_of_a_cell_with_an_effect_is_told_and_the_effect_not_repeated",
        ["with open('log.txt', 'a') as f:\n    n = f.write('line\\n')\ng = (i for i in range(5))\na = next(g)"],
        ["a", "open('log.txt').read()"],
        [("open('log.txt').read()", "'line\\n'")],
        either=True,
    ),
    Case(
        "large_arrays_that_are_cheap_to_make",
        ["import numpy as np", "zeros = np.zeros((3000, 1000))\nramp = np.arange(2_000_000)", "ramp[7] = -1", IDLE, "total = int(ramp.sum())"],
        ["ramp[7], ramp.dtype, len(ramp)", "zeros.shape, float(zeros.sum())", "total"],
    ),
    Case(
        "large_array_changed_behind_an_alias",
        ["import numpy as np", "big = np.zeros(1_000_000)", IDLE, "view = big[10:20]", "view[:] = 5", "del view", IDLE],
        ["float(big.sum())", "big[12]"],
    ),
    Case(
        "large_array_of_a_marked_cell_that_differs_is_stored",
        ["import numpy as np", "# sojourn: replay\nnoise = np.random.rand(500_000)", IDLE],
        ["float(noise[3])", "noise.shape"],
    ),
    Case(
        "a_cell_marked_never_is_not_run_again",
        ["# sojourn: never\ng = (i for i in range(5))\na = next(g)"],
        ["a"],
        ["1 + 1"],
        either=True,
    ),
    Case(
        "listening_socket_on_a_free_port",
        ["import socket", "s = socket.socket()\ns.settimeout(3)"],
        ["s.family, s.type, s.gettimeout()"],
        [("s.close(); s.fileno()", "-1")],
    ),
    Case(
        "generator_in_a_loop_over_a_list_that_grows",
        ["data = [1, 2, 3]", "def walk():\n    for x in data:\n        yield x * 10", "g = walk()\nnext(g)"],
        ["data"],
        [("data.append(4)\nlist(g)", "[20, 30, 40]")],
    ),
    Case(
        "worker_thread_on_a_queue_is_told",
        ["import queue, threading", "q = queue.Queue()\ndone = []",
         "def work():\n    while True:\n        item = q.get()\n        if item is None:\n            return\n        done.append(item * 2)",
         "t = threading.Thread(target=work, daemon=True)\nt.start()\nq.put(1)\nimport time\ntime.sleep(0.3)"],
        ["done"],
        [("q.put(2)\nq.put(None)\nt.join(3)\ndone", "[2, 4]")],
        either=True,
    ),
    Case(
        "frame_iterator_half_way",
        ["import pandas as pd", "df = pd.DataFrame({'a': range(5)})", "rows = df.iterrows()", "i, row = next(rows)"],
        ["i, int(row.a)"],
        [("next(rows)[0]", "1")],
        either=True,
        modules=["pandas"],
    ),
    Case(
        "generator_pipeline",
        ["lines = ['a 1', 'b 2', 'c 3', 'd 4']", "def parse(source):\n    for line in source:\n        k, v = line.split()\n        yield k, int(v)",
         "def only(pairs):\n    for k, v in pairs:\n        if v % 2 == 0:\n            yield k", "p = only(parse(lines))", "first = next(p)"],
        ["first"],
        [("list(p)", "['d']")],
    ),
]  # fmt: skip
