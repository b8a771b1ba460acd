"""What stands in front of every page, route and socket: who is there, how many, how fast, from where.

Each module is one plain ASGI class; `dashboard.asgi` says in which order they stand. A login that a script
draws protects nothing but the script, so all of it happens before Streamlit hears of a request.
"""
