# %% training: the digits that come with scikit-learn, a network in numpy, trees, a search
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

rng = np.random.default_rng(3)

# %%
images, labels = load_digits(return_X_y=True)
noisy = np.vstack([images + rng.normal(0, 2, images.shape) for _ in range(6)])
target = np.tile(labels, 6)
X, X_test, y, y_test = train_test_split(noisy, target, random_state=0)
X.shape

# %%
scale = StandardScaler().fit(X)
X, X_test = scale.transform(X), scale.transform(X_test)
onehot = np.eye(10)[y]


# %%
class Network:
    """Two layers, trained by stochastic gradient descent with momentum."""

    def __init__(self, inside=256):
        self.weights = [rng.normal(0, 0.1, (64, inside)), rng.normal(0, 0.1, (inside, 10))]
        self.speed = [np.zeros_like(w) for w in self.weights]
        self.history = []

    def forward(self, batch):
        hidden = np.maximum(batch @ self.weights[0], 0)
        scores = hidden @ self.weights[1]
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return hidden, scores / scores.sum(1, keepdims=True)

    def step(self, batch, wanted, rate):
        hidden, found = self.forward(batch)
        error = (found - wanted) / len(batch)
        inner = (error @ self.weights[1].T) * (hidden > 0)
        for k, slope in enumerate((batch.T @ inner, hidden.T @ error)):
            self.speed[k] = 0.9 * self.speed[k] - rate * slope
            self.weights[k] += self.speed[k]
        return -np.log((found * wanted).sum(1) + 1e-12).mean()


def epoch(network, rate=0.05, size=32):
    order = rng.permutation(len(X))
    losses = [network.step(X[part], onehot[part], rate) for part in np.array_split(order, len(X) // size)]
    network.history.append(float(np.mean(losses)))
    return network.history[-1]


network = Network()

# %%
for _ in range(10):
    epoch(network)

# %%
accuracy = (network.forward(X_test)[1].argmax(1) == y_test).mean()
accuracy

# %%
for _ in range(10):
    epoch(network, rate=0.02)
network.history[-3:]

# %%
forest = RandomForestClassifier(80, random_state=0).fit(X, y)
forest.score(X_test, y_test)

# %%
boosted = GradientBoostingClassifier(n_estimators=3, max_depth=3, random_state=0).fit(X[:4000], y[:4000])
boosted.score(X_test, y_test)

# %%
search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 5], "svc__gamma": [0.005, 0.01]}, cv=3)
search.fit(X[:1500], y[:1500])
search.best_params_

# %%
snapshots = []
for rate in (0.02, 0.01, 0.005):
    for _ in range(4):
        epoch(network, rate=rate)
    snapshots.append([w.copy() for w in network.weights])

# %%
votes = np.stack([forest.predict_proba(X_test), network.forward(X_test)[1]]).mean(0)
errors = np.flatnonzero(votes.argmax(1) != y_test)
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (y_test, votes.argmax(1)), 1)
confusion.diagonal().sum() / confusion.sum()
