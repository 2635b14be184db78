# %% an analysis: 1 million orders, cleaned, joined, grouped, fitted
import numpy as np
import pandas as pd

rng = np.random.default_rng(11)
ORDERS = 1_000_000

# %%
orders = pd.DataFrame(
    {
        "customer": rng.integers(0, 40_000, ORDERS),
        "product": rng.integers(0, 800, ORDERS),
        "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 730, ORDERS), unit="D"),
        "quantity": rng.poisson(3, ORDERS),
        "price": rng.gamma(3.0, 12.0, ORDERS).round(2),
    }
)
orders.loc[rng.choice(ORDERS, 15_000, replace=False), "price"] = np.nan

# %%
customers = pd.DataFrame(
    {
        "customer": np.arange(40_000),
        "country": rng.choice(["DE", "FR", "IT", "PL", "SE"], 40_000),
        "since": pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 1800, 40_000), unit="D"),
        "name": [f"customer {i:05}" for i in range(40_000)],
    }
)
products = pd.DataFrame({"product": np.arange(800), "group": rng.choice(list("ABCDEFGH"), 800)})

# %%
orders.describe(include="all")

# %%
missing = orders["price"].isna()
orders["price"] = orders["price"].fillna(orders.groupby("product")["price"].transform("median"))
orders["revenue"] = orders["quantity"] * orders["price"]

# %%
full = orders.merge(customers, on="customer").merge(products, on="product")
full["country"] = full["country"].astype("category")
full["group"] = full["group"].astype("category")
full.head()


# %%
def share(column):
    """Each part of the whole, in per cent."""
    return (100 * column / column.sum()).round(2)


by_country = share(full.groupby("country", observed=True)["revenue"].sum())
by_country

# %%
monthly = full.set_index("day").groupby("group", observed=True)["revenue"].resample("MS").sum().unstack(0)
monthly.tail()

# %%
smooth = monthly.rolling(3).mean()
growth = monthly.pct_change().describe()
growth

# %%
full["tenure"] = (full["day"] - full["since"]).dt.days
full["bin"] = pd.cut(full["tenure"], [0, 365, 730, 1460, 4000])
full.pivot_table(index="bin", columns="group", values="revenue", aggfunc="mean", observed=True)

# %%
best = full.groupby("customer").agg(
    spent=("revenue", "sum"), orders=("revenue", "size"), last=("day", "max"), country=("country", "first")
)
best = best.sort_values("spent", ascending=False)
best.head(10)

# %%
words = full["name"].str.upper().str.split(" ").str[1]
digits = words.str[-1].value_counts()

# %%
recency = (full["day"].max() - best["last"]).dt.days
features = np.column_stack([recency, best["orders"], np.log1p(best["spent"])])
features = (features - features.mean(0)) / features.std(0)

# %%
from sklearn.cluster import KMeans

segments = KMeans(5, n_init=3, random_state=0).fit(features)
best["segment"] = segments.labels_
best.groupby("segment")["spent"].agg(["mean", "size"])

# %%
from sklearn.linear_model import LinearRegression

X = np.column_stack([full["tenure"], full["quantity"], full["price"]])
line = LinearRegression().fit(X, full["revenue"])
dict(zip(["tenure", "quantity", "price"], line.coef_.round(3), strict=True))

# %%
outliers = full[full["revenue"] > full["revenue"].mean() + 4 * full["revenue"].std()]
daily = full.groupby("day")["revenue"].sum()
spikes = daily[daily > daily.rolling(30).mean() * 1.1]
len(outliers), len(spikes)

# %%
summary = {
    country: part["revenue"].quantile([0.1, 0.5, 0.9]).tolist()
    for country, part in full.groupby("country", observed=True)
}
summary
