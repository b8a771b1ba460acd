# ruff: noqa: B018, D100, INP001, T201  # a notebook shows what stands last in a cell
# %% [markdown]
# # The atlas in a notebook
# Run the cells in Jupyter or an editor that knows `# %%`, or the whole file with `python docs/notebook.py`.
# Nothing here needs a network. Write `load("folder or zip")` for a data package of your own.

# %%
import tempfile
from pathlib import Path

from dashboard import geocode, load

atlas = load()
atlas

# %% [markdown]
# ## Ask
# Filters have the names and codes of the pages' addresses. Events are those in the window; sites are as they
# stood at its end.

# %%
view = atlas.where(country=["MA", "IL"], q="drone").between("2020", "2025-11")
view.described, len(view)

# %% [markdown]
# ## Look
# A GeoDataFrame with one row a record: dates with the earliest and latest day they allow, places with their
# precision, sources.

# %%
table = view.table()
table[["name", "date", "earliest", "latest", "fit", "precision", "source_count"]].head()

# %% [markdown]
# How we know: the places, citations and dated statuses of one record.

# %%
evidence = atlas.record("st-bluebird-benslimane")
[(one.stance, one.field, atlas.library().sources[one.source_id].publisher) for one in evidence.citations]

# %% [markdown]
# ## Draw
# A folium map with its clock, which shows itself in a notebook.

# %%
drawing = view.map(selected="st-bluebird-benslimane")
drawing

# %% [markdown]
# ## Take away and cite

# %%
folder = Path(tempfile.mkdtemp())
written = view.export(folder / "drones.geojson", title="Drones")
written.rows, written.notes

# %%
print(view.cite().text)

# %% [markdown]
# ## Find places by name
# Offline, with the reason and the candidates of each decision. The gazetteer is built once by
# `arsenal-atlas db gazetteer`.

# %%
found = geocode(["Ben Slimane", "Tel Aviv", "Kirikkale"], places=atlas)
found[["name", "status", "country", "precision", "reason"]]
