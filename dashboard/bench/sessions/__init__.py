"""How many people one process serves: sessions that speak Streamlit's own protocol and behave like analysts.

A browser is too heavy to open a hundred times on the machine that is measured. What it sends and receives is
not: protocol buffers over a websocket, of which `screen` keeps what a browser would show and `client` sends
what it would send.
"""
