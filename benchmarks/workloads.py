"""The sessions that are measured: their cells, what a first look touches, and a small change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """A session.

    cells: what makes it. touch: an expression over about 1 MB or less of it. whole: one whose value needs all of it,
    and must be the same after the restore.
    change: a cell that changes about ``changed`` bytes. words: what a reader needs to repeat it.
    """

    name: str
    words: str
    cells: tuple[str, ...]
    touch: str
    whole: str
    change: str
    changed: int


ARRAYS = Workload(
    "arrays",
    "1 GB of float64 in 8 arrays from an unseeded numpy Generator, and an array of 1 MB; the change: 1 MB inside one array",
    (
        "import numpy as np\nrng = np.random.default_rng()",
        "arrays = [rng.random(16_777_216) for _ in range(8)]",
        "small = rng.random(131_072)",
    ),
    "float(small[0]) >= 0",
    "[float(a[::1000].sum()) for a in arrays]",
    "arrays[3][:131_072] += 1",
    1 << 20,
)

FRAME = Workload(
    "frame",
    "a pandas frame of 1 GB: 11 million rows, 2 integer, 2 float and 3 string columns; the change: one new column of 1 MB in a small frame",
    (
        "import numpy as np, pandas as pd\nrng = np.random.default_rng()\nn = 11_000_000",
        "frame = pd.DataFrame({'a': rng.integers(0, 9_000_000, n), 'b': rng.integers(0, 50, n), 'x': rng.random(n), 'y': rng.random(n)})",
        "for name, column in (('s', 'a'), ('t', 'b'), ('u', 'a')):\n    frame[name] = frame[column].astype(str)",
        "head = frame.head(100_000).copy()",
    ),
    "len(head)",
    "(int(frame['a'].iloc[::1000].sum()), float(frame['x'].iloc[-1]), list(frame['s'].iloc[-3:]))",
    "head['z'] = rng.random(len(head))",
    800_000,
)

OBJECTS = Workload(
    "objects",
    "a list of 2 million dicts {id, name, tags} and a list of 1,000 integers; the change: 5,000 of the dicts",
    (
        "records = [{'id': i, 'name': f'n{i}', 'tags': (i, i + 1)} for i in range(2_000_000)]",
        "small = list(range(1000))",
    ),
    "small[10]",
    "(len(records), records[-1]['tags'])",
    "for r in records[1000:6000]:\n    r['name'] = r['name'] + '!'",
    150_000,
)

MODELS = Workload(
    "models",
    "50 random forests of 20 trees fitted on scikit-learn's breast-cancer data, with random_state 0 to 49; the change: one refitted",
    (
        "from sklearn.datasets import load_breast_cancer\nfrom sklearn.ensemble import RandomForestClassifier\nX, y = load_breast_cancer(return_X_y=True)",
        "models = {k: RandomForestClassifier(20, random_state=k).fit(X, y) for k in range(50)}",
        "best = max(models, key=lambda k: models[k].score(X[::2], y[::2]))",
    ),
    "best",
    "[int(m.predict(X[:1])[0]) for m in models.values()]",
    "models[7] = RandomForestClassifier(20, random_state=107).fit(X, y)",
    150_000,
)

MIX = Workload(
    "mix",
    "1 GB of which nine tenths are pure numpy expressions of 100 MB of unseeded data, each made in under a second; the change: 1 MB of the data's own array",
    (
        "import numpy as np\ndata = np.random.default_rng().random(13_107_200)",
        "doubled = data * 2",
        "squared = data * data",
        "shifted = data + 1.5",
        "roots = np.sqrt(data)",
        "steps = np.arange(13_107_200, dtype='f8')",
        "halves = steps / 2",
        "zeros = np.zeros(13_107_200)",
        "ones = np.ones(13_107_200)",
        "both = doubled + squared",
        "small = data[:1000].copy()",
    ),
    "float(small[0]) >= 0",
    "[float(a[-1]) for a in (data, doubled, squared, shifted, roots, steps, halves, zeros, ones, both)]",
    "small[:] = 0; extra = np.random.default_rng().random(131_072)",
    1 << 20,
)

WORKLOADS = {work.name: work for work in (ARRAYS, FRAME, OBJECTS, MODELS, MIX)}
