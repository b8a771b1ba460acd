"""The pages: one thin script each, run by Streamlit, importing no other page."""
