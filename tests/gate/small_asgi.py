"""The gate and Streamlit around a script of a few lines."""

from pathlib import Path

from dashboard.asgi import AtlasApp
from dashboard.settings import load_settings

app = AtlasApp(load_settings(), Path(__file__).with_name("small_app.py"))
