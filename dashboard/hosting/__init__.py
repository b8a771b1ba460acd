"""How the app is served: under uvicorn, with one log, measures, and an end that loses nothing."""
